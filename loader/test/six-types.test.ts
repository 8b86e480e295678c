/** One plugin of each type at work in one daemon, beside others that fail. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectInbox } from './support/inbox.ts';
import { createProbe } from './support/probe.ts';
import { createProject, removeWorkDir } from './support/project.ts';
import { silenceRelay, startTestRelay } from './support/relay.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

const MESSAGES = 300;

test('six plugins of six types work at once while a seventh throws and an eighth hangs: nothing is lost, all is in order', async () => {
  const probe = createProbe();
  const project = createProject();
  const yes = `{ allowed: true, reason: 'ok', policySource: 'local' }`;
  const plugins: readonly [type: string, manifest: string, code: string][] = [
    [
      'storage',
      '',
      `const rows = new Map(); export default {
      async init() {}, async getMessages({ to } = {}) { return [...rows.values()].filter((row) => !to || row.to === to); },
      async saveMessage(message) { rows.set(message.id, message); if (message.from === 'Alice' && message.to === 'Bob') note(['stored', message.body]); },
      async startSession({ agentName }) { note(['session', agentName]); } };`,
    ],
    [
      'memory',
      '',
      `const kept = []; export default { type: 'test', async init() {}, async add(content) { kept.push(content); return { success: true, id: String(kept.length) }; },
      async search() { return kept.map((content, n) => ({ id: String(n), content, createdAt: 1 })); }, async get() { return null; }, async delete() { return { success: false }; } };`,
    ],
    [
      'policy',
      '',
      `export default { async canMessage(sender) { return sender === 'Mallory' ? { allowed: false, reason: 'blocked', policySource: 'local' } : ${yes}; },
      async canSpawn() { return ${yes}; }, async canUseTool() { return ${yes}; } };`,
    ],
    [
      'hook',
      'hooks: { beforeMessage: true, onMessage: true }\n',
      `export default {
      beforeMessage({ to, body }) { if (to === 'Bob') return { change: { body: body + '!' } }; },
      onMessage({ from, to, body }) { if (to === 'Bob') note(['seen', body]); } };`,
    ],
    [
      'bridge',
      'provides: [{ bidirectional: true, external: test, internal: relay }]\n',
      `export default { async onLoad({ client }) { client.onMessage = (from, { body }) => { note(['bridged', body]); client.sendMessage(from, 'echo ' + body); }; } };`,
    ],
    [
      'widget',
      'displays: [{ type: metric, data: agents }]\n',
      `let daemon; export default { async onLoad(context) { daemon = context.daemon; }, async getData() { return { type: 'metric', value: daemon.getAgents().length }; } };`,
    ],
  ];
  for (const [type, manifest, code] of plugins)
    project.addFolder(type, { name: `@test/${type}`, type, manifest, code: `${probe.source}${code}` });
  project.addFolder('throws', {
    name: '@test/throws',
    code: `export default { onLoad() { throw new Error('boom'); } };`,
  });
  project.addFolder('hangs', { name: '@test/hangs', code: `export default { onLoad: () => new Promise(() => {}) };` });
  const entries = [...plugins.map(([type]) => `./${type}`), './throws', { name: './hangs', loadTimeoutMs: 300 }];
  project.write('ar.config.json', JSON.stringify({ plugins: entries }));

  await using relay = await startTestRelay(project);
  expect(relay.loader.getLoaded().map(({ status, error }) => error?.code ?? status)).toEqual([
    ...plugins.map(() => 'active'),
    'PLUGIN_LOAD_FAILED',
    'PLUGIN_LOAD_TIMEOUT',
  ]);

  using alice = await connectInbox(relay.socketPath, 'Alice');
  using bob = await connectInbox(relay.socketPath, 'Bob');
  using mallory = await connectInbox(relay.socketPath, 'Mallory');
  const bodies = Array.from({ length: MESSAGES }, (_, count) => String(count));
  for (const body of bodies) {
    alice.client.sendMessage('Bob', body);
    mallory.client.sendMessage('Bob', `from Mallory ${body}`);
  }
  await bob.inbox.waitFor(({ body }) => body === `${MESSAGES - 1}!`);
  const expected = bodies.map((body) => `${body}!`);
  expect(bob.inbox.messages.map(({ from, body }) => [from, body])).toEqual(expected.map((body) => ['Alice', body]));
  expect((await mallory.inbox.waitFor(({ from }) => from === '_system')).data).toMatchObject({
    _denied: { reason: 'blocked' },
  });

  alice.client.sendMessage('bridge', 'over there');
  await alice.inbox.waitFor(({ from, body }) => from === 'bridge' && body === 'echo over there');
  alice.client.sendMessage('_memory', 'save the sky is blue');
  await alice.inbox.waitFor(({ from, body }) => from === '_memory' && body.includes('Saved'));
  expect(await relay.loader.memory?.search('sky')).toMatchObject([{ content: 'the sky is blue' }]);
  const answer = await fetch(new URL('api/widgets', await relay.loader.widgetsUrl));
  expect(await answer.json()).toMatchObject({ displays: [{ plugin: '@test/widget', data: { value: 4 } }] });

  const notes = (kind: string): unknown[] =>
    (probe.notes as [string, string][]).filter(([name]) => name === kind).map(([, body]) => body);
  while (notes('stored').length < MESSAGES || notes('seen').length < MESSAGES)
    await probe.waitFor(probe.notes.length + 1);
  expect(notes('seen')).toEqual(expected);
  expect(new Set(notes('stored'))).toEqual(new Set(expected));
  expect(new Set(notes('session'))).toEqual(new Set(['Alice', 'Bob', 'Mallory', 'bridge']));
});
