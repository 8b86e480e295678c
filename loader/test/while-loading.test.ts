/** The daemon takes connections before its plugins are loaded: nothing may slip past a policy, or be lost to a storage. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { importRelay } from '../src/relay/import.ts';
import { locateRelay } from '../src/relay/locate.ts';
import { connectInbox } from './support/inbox.ts';
import { createProbe, type Probe } from './support/probe.ts';
import { createProject, dataDir, removeWorkDir, type TestProject } from './support/project.ts';
import { silenceRelay, startTestRelay, type TestRelay } from './support/relay.ts';

beforeAll(() => {
  silenceRelay();
  // agent-relay reads it when it is imported.
  process.env['AGENT_RELAY_DATA_DIR'] = dataDir;
});
afterAll(removeWorkDir);

interface Loading {
  readonly probe: Probe;
  readonly socketPath: string;
  /** Lets `onLoad` go on, and waits for the daemon. */
  finish(): Promise<TestRelay>;
}

/** Starts a daemon whose only plugin waits in `onLoad`. @param members of the plugin */
async function startLoading(type: string, members: string): Promise<Loading> {
  const probe = createProbe();
  const project: TestProject = createProject();
  const released = Promise.withResolvers<void>();
  Object.assign(globalThis, { arReleased: released.promise });
  const onLoad = `async onLoad() { note('loading'); await globalThis.arReleased; }`;
  project.addFolder('p', { name: '@test/p', type, code: `${probe.source}export default { ${onLoad}, ${members} };` });
  project.write('ar.config.json', JSON.stringify({ plugins: ['./p'] }));
  const starting = startTestRelay(project);
  await probe.waitFor(1);
  const { ensureProjectDir, findProjectRoot } = await importRelay(await locateRelay(project.dir));
  const { socketPath } = ensureProjectDir(findProjectRoot(project.dir));
  return {
    probe,
    socketPath,
    finish: () => {
      released.resolve();
      return starting;
    },
  };
}

test('what is stored while a storage plugin loads is kept for it', async () => {
  const members = `async init() {}, async getMessages() { return []; },
    async saveMessage({ from, to, body }) { if (to === 'Bob') note([from, to, body]); }`;
  const loading = await startLoading('storage', members);
  const { probe, socketPath } = loading;
  using alice = await connectInbox(socketPath, 'Alice');
  using bob = await connectInbox(socketPath, 'Bob');
  alice.client.sendMessage('Bob', 'early');
  await bob.inbox.waitFor(({ body }) => body === 'early');
  await using relay = await loading.finish();
  expect(relay.loader.getLoaded()).toMatchObject([{ status: 'active' }]);
  expect(await probe.waitFor(2)).toEqual(['loading', ['Alice', 'Bob', 'early']]);
});

test('what is sent while a policy loads waits for its decision', async () => {
  const yes = `{ allowed: true, reason: 'ok', policySource: 'local' }`;
  const members = `async canMessage(sender) { return sender === 'Mallory' ? { allowed: false, reason: 'no', policySource: 'local' } : ${yes}; },
    canSpawn: async () => (${yes}), canUseTool: async () => (${yes})`;
  const loading = await startLoading('policy', members);
  const { socketPath } = loading;
  using mallory = await connectInbox(socketPath, 'Mallory');
  using alice = await connectInbox(socketPath, 'Alice');
  using bob = await connectInbox(socketPath, 'Bob');
  mallory.client.sendMessage('Bob', 'quick, before it loads');
  alice.client.sendMessage('Bob', 'patient');
  expect(bob.inbox.messages).toEqual([]);
  await using relay = await loading.finish();
  expect(relay.loader.getLoaded()).toMatchObject([{ status: 'active' }]);
  await bob.inbox.waitFor(({ body }) => body === 'patient');
  await mallory.inbox.waitFor(({ from }) => from === '_system');
  expect(bob.inbox.messages.map(({ body }) => body)).toEqual(['patient']);
});
