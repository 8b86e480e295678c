/** One plugin of each type, each in a process of its own, beside four that misbehave: agents notice nothing. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PluginType } from '@ar-registry/schemas';
import { connectInbox } from './support/inbox.ts';
import { createProject, removeWorkDir } from './support/project.ts';
import { silenceRelay, startTestRelay, type TestRelay } from './support/relay.ts';
import { RUNTIMES } from './support/sandbox.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

const MESSAGES = 300;
const YES = `{ allowed: true, reason: 'ok', policySource: 'local' }`;
/** What a plugin noted is read from its health. */
const NOTED = `const notes = []; const health = async () => ({ status: 'healthy', details: { notes } });`;

const PLUGINS: readonly (readonly [type: PluginType, manifest: string, code: string])[] = [
  [
    'storage',
    '',
    `${NOTED} const rows = new Map(); export default { health,
    async init() {}, async getMessages({ to } = {}) { return [...rows.values()].filter((row) => !to || row.to === to); },
    async saveMessage(message) { rows.set(message.id, message); if (message.to === 'Bob') notes.push(message.body); } };`,
  ],
  [
    'memory',
    '',
    `const kept = []; export default { type: 'test', async init() {},
    async add(content) { kept.push(content); return { success: true, id: String(kept.length) }; },
    async search() { return kept.map((content, n) => ({ id: String(n), content, createdAt: 1 })); },
    async get() { return null; }, async delete() { return { success: false }; } };`,
  ],
  [
    'policy',
    '',
    `export default {
    async canMessage(sender) { return sender === 'Mallory' ? { allowed: false, reason: 'blocked', policySource: 'local' } : ${YES}; },
    async canSpawn() { return ${YES}; }, async canUseTool() { return ${YES}; } };`,
  ],
  [
    'hook',
    'hooks: { beforeMessage: true, onMessage: true }\n',
    `${NOTED} export default { health,
    beforeMessage({ to, body }) { if (to === 'Bob') return { change: { body: body + '!' } }; },
    onMessage({ to, body }) { if (to === 'Bob') notes.push(body); } };`,
  ],
  [
    'bridge',
    'provides: [{ bidirectional: true, external: test, internal: relay }]\n',
    `export default { async onLoad({ client }) { client.onMessage = (from, { body }) => client.sendMessage(from, 'echo ' + body); } };`,
  ],
  [
    'widget',
    'displays: [{ type: metric, data: agents }]\n',
    `let daemon; export default { async onLoad(context) { daemon = context.daemon; },
    async getData() { return { type: 'metric', value: daemon.getAgents().length }; } };`,
  ],
];

const FAULTY: readonly (readonly [name: string, code: string])[] = [
  ['crashes', `export default { onMessage() { throw setTimeout(() => { throw new Error('late'); }); } };`],
  ['hangs', `export default { onLoad: () => new Promise(() => {}) };`],
  [
    'floods',
    `export default { async onLoad({ logger }) { setInterval(() => { for (let i = 0; i < 1000; i += 1) logger.info('x'); }, 10); } };`,
  ],
  ['exits', `export default { onMessage() { process.exit(3); } };`],
];

/** On Node.js 22 there is nothing that the escapes would not show. */
const SOME = RUNTIMES.filter(([name]) => name !== 'Node 22');
const TITLE =
  'six sandboxed plugins work at once while others crash, hang, flood and exit: nothing is lost, all is in order';

test.each(SOME)(`${TITLE} (%s)`, async (_, node) => {
  const project = createProject();
  const options = { trust: 'community' } as const;
  for (const [type, manifest, code] of PLUGINS)
    await project.install({ name: `@test/${type}`, type, manifest, code }, options);
  for (const [name, code] of FAULTY) await project.install({ name: `@test/${name}`, code }, options);
  project.write(
    'ar.config.json',
    JSON.stringify({
      plugins: PLUGINS.map(([type]) => ({ name: `@test/${type}`, loadTimeoutMs: 30_000 })),
      sandbox: { node },
    }),
  );
  await using relay = await startTestRelay(project, { limits: { restartDelayMs: 20, maxCrashes: 2 } });
  expect(relay.loader.getLoaded().map(({ status, error }) => error?.code ?? status)).toEqual(
    PLUGINS.map(() => 'active'),
  );

  const version = (await promisify(execFile)(node, ['--version'])).stdout.trim().slice(1);
  expect((await relay.loader.health()).map(({ sandbox }) => sandbox?.node)).toEqual(PLUGINS.map(() => version));

  using alice = await connectInbox(relay.socketPath, 'Alice');
  using bob = await connectInbox(relay.socketPath, 'Bob');
  using mallory = await connectInbox(relay.socketPath, 'Mallory');
  const bodies: string[] = [];
  /** Sends, and waits until the last of it has arrived. */
  const sendSome = async (): Promise<void> => {
    for (let count = 0; count < 20; count += 1) {
      bodies.push(String(bodies.length));
      alice.client.sendMessage('Bob', bodies.at(-1) ?? '');
      mallory.client.sendMessage('Bob', `from Mallory ${count}`);
    }
    await bob.inbox.waitFor(({ body }) => body === `${bodies.at(-1)}!`);
  };
  await sendSome();
  const progress: { faults?: unknown } = {};
  void relay.loader
    .loadAll(FAULTY.map(([name]) => ({ name: `@test/${name}`, loadTimeoutMs: name === 'hangs' ? 1_000 : 30_000 })))
    .then(() => failAll(relay))
    .then(
      (seen) => (progress.faults = seen),
      (error: unknown) => (progress.faults = error),
    );
  while (progress.faults === undefined || bodies.length < MESSAGES) await sendSome();
  expect(progress.faults).toEqual({
    crashes: 'PLUGIN_CRASHED',
    hangs: 'PLUGIN_LOAD_TIMEOUT',
    exits: 'PLUGIN_CRASHED',
    lost: true,
  });
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
  expect(await answer.json()).toMatchObject({ displays: [{ plugin: '@test/widget', data: { type: 'metric' } }] });
  await expect.poll(() => notesOf(relay, '@test/hook')).toEqual(expected);
  await expect.poll(async () => (await notesOf(relay, '@test/storage')).toSorted(byNumber)).toEqual(expected);
  const six = relay.loader.getLoaded().filter(({ type }) => type !== 'hook');
  expect(six.map(({ status }) => status)).toEqual(['active', 'active', 'active', 'active', 'active']);
});

/** Waits until each of the faulty ones has failed in its way. @returns how, and whether lines of the log were lost */
async function failAll({ loader }: TestRelay): Promise<Readonly<Record<string, unknown>>> {
  const codeOf = (name: string): string | undefined => {
    const error = loader.getLoaded().find((plugin) => plugin.name === `@test/${name}`)?.error;
    const isGivenUp = (error?.facts as { readonly restartMs?: number } | undefined)?.restartMs === undefined;
    return isGivenUp ? error?.code : undefined;
  };
  const lost = /ar_plugin_log_lines_lost_total\{plugin="@test\/floods"\} [1-9]/;
  for (const name of ['crashes', 'hangs', 'exits'])
    await expect.poll(() => codeOf(name), { timeout: 30_000 }).toBeDefined();
  await expect.poll(() => loader.metrics.toPrometheus(), { timeout: 30_000 }).toMatch(lost);
  return { crashes: codeOf('crashes'), hangs: codeOf('hangs'), exits: codeOf('exits'), lost: true };
}

async function notesOf(relay: TestRelay, plugin: string): Promise<readonly string[]> {
  const found = (await relay.loader.health()).find(({ name }) => name === plugin);
  return (found?.health?.details as { readonly notes: readonly string[] } | undefined)?.notes ?? [];
}

function byNumber(a: string, b: string): number {
  return Number.parseInt(a, 10) - Number.parseInt(b, 10);
}
