import { afterAll, beforeAll, expect, test } from 'vitest';
import { inboxOf } from './support/inbox.ts';
import { createProbe, type Probe } from './support/probe.ts';
import { createProject, removeWorkDir, type TestProject } from './support/project.ts';
import { silenceRelay, startTestRelay } from './support/relay.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

function projectWithBridge(probe: Probe, provides: string): TestProject {
  const code = `${probe.source}export default { async onLoad({ client }) {
    client.onMessage = (from, { body }) => { note(['got', body]); if (body === 'send') note(['sent', client.sendMessage('Alice', 'from outside'), client.broadcast('to all')]); };
    globalThis.arSend = () => note(['sent', client.sendMessage('Alice', 'from outside'), client.broadcast('to all')]);
  } };`;
  const project = createProject();
  project.addFolder('b', { name: '@test/bridge', type: 'bridge', manifest: provides, code });
  project.write('ar.config.json', JSON.stringify({ plugins: ['./b'] }));
  return project;
}

const sendFromOutside = (): void => (globalThis as unknown as { arSend(): void }).arSend();

test('a bridge that only brings in may send, and does not read what agents write', async () => {
  const probe = createProbe();
  const provides = 'provides: [{ bidirectional: false, external: slack, internal: relay }]\n';
  await using relay = await startTestRelay(projectWithBridge(probe, provides));
  const alice = await relay.connect('Alice');
  const inbox = inboxOf(alice);
  alice.sendMessage('bridge', 'secret');
  alice.broadcast('secret too');
  alice.sendMessage('Alice', 'these have been routed');
  await inbox.waitFor(({ body }) => body === 'these have been routed');
  sendFromOutside();
  await inbox.waitFor(({ body }) => body === 'to all');
  expect(probe.notes).toEqual([['sent', true, true]]);
});

test('a bridge that only carries out reads, and cannot send', async () => {
  const probe = createProbe();
  const provides = 'provides: [{ direction: out, external: slack, internal: relay }]\n';
  await using relay = await startTestRelay(projectWithBridge(probe, provides));
  const alice = await relay.connect('Alice');
  const inbox = inboxOf(alice);
  alice.sendMessage('bridge', 'send');
  expect(await probe.waitFor(2)).toEqual([
    ['got', 'send'],
    ['sent', false, false],
  ]);
  alice.sendMessage('Alice', 'last');
  await inbox.waitFor(({ body }) => body === 'last');
  expect(inbox.messages).toHaveLength(1);
});

test.each([
  ['is bidirectional', 'provides: [{ bidirectional: true, external: slack, internal: relay }]\n'],
  ['declares nothing', ''],
])('a bridge that %s carries both ways', async (_, provides) => {
  const probe = createProbe();
  await using relay = await startTestRelay(projectWithBridge(probe, provides));
  const alice = await relay.connect('Alice');
  const inbox = inboxOf(alice);
  alice.sendMessage('bridge', 'send');
  await inbox.waitFor(({ body }) => body === 'from outside');
  expect(probe.notes).toEqual([
    ['got', 'send'],
    ['sent', true, true],
  ]);
});
