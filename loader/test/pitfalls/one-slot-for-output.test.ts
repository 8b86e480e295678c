/** `daemon.onLogOutput` is one slot, and agent-relay's dashboard puts its own function there whenever it likes. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProbe } from '../support/probe.ts';
import { createProject, removeWorkDir } from '../support/project.ts';
import { silenceRelay, startTestRelay } from '../support/relay.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

test('the dashboard and plugins hear what agents print, whoever came first, and the slot is the dashboard’s in the end', async () => {
  const probe = createProbe();
  const project = createProject();
  const nothing = `async () => undefined`;
  const code = `${probe.source}export default { init: ${nothing}, saveMessage: ${nothing}, getMessages: async () => [], saveAgentSummary: async ({ currentTask }) => note(currentTask) };`;
  project.addFolder('s', { name: '@test/s', type: 'storage', manifest: 'implements: [StorageAdapter]\n', code });
  project.write('ar.config.json', JSON.stringify({ plugins: ['./s'] }));
  await using relay = await startTestRelay(project);
  const heard: string[] = [];
  const daemon = relay.daemon as { onLogOutput?: ((agent: string, data: string) => void) | undefined };
  const dashboard = (agent: string, data: string): void => void heard.push(`${agent}: ${data}`);
  daemon.onLogOutput = dashboard;
  const alice = await relay.connect('Alice');
  const summary = '[[SUMMARY]]{"currentTask":"login"}[[/SUMMARY]]';
  alice.sendLog(summary);
  expect(await probe.waitFor(1)).toEqual(['login']);
  expect(heard).toEqual([`Alice: ${summary}`]);
  await relay.stop();
  expect(daemon.onLogOutput).toBe(dashboard);
});
