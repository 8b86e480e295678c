import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProbe } from './support/probe.ts';
import { createProject, removeWorkDir } from './support/project.ts';
import { nextMessage, silenceRelay, startTestRelay } from './support/relay.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

test('a hook sees connects, a message and a disconnect of two real clients, in order', async () => {
  const project = createProject();
  const probe = createProbe();
  project.addFolder('audit', {
    name: '@test/audit',
    code: `${probe.source}export default {
      onConnect: ({ agent }) => note(['connect', agent]),
      onMessage: ({ from, to, body, kind }) => note(['message', from, to, body, kind]),
      onDisconnect: ({ agent }) => note(['disconnect', agent]),
    };`,
  });
  project.write('ar.config.ts', `export default { plugins: ['./audit'] };`);
  await using relay = await startTestRelay(project);
  console.error(relay.loader.getLoaded(), relay.configError);
  const alice = await relay.connect('Alice');
  const bob = await relay.connect('Bob');
  const received = nextMessage(bob);
  alice.sendMessage('Bob', 'hello');
  expect(await received).toEqual({ from: 'Alice', body: 'hello' });
  await probe.waitFor(3);
  bob.destroy();
  await probe.waitFor(4);
  expect(probe.notes).toEqual([
    ['connect', 'Alice'],
    ['connect', 'Bob'],
    ['message', 'Alice', 'Bob', 'hello', 'message'],
    ['disconnect', 'Bob'],
  ]);
});
