import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectInbox } from './support/inbox.ts';
import { createProject, removeWorkDir } from './support/project.ts';
import { silenceRelay, startTestRelay } from './support/relay.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

const YES = `{ allowed: true, reason: 'ok', policySource: 'local' }`;
const CODES: Readonly<Record<string, string>> = {
  storage: `export default { async init() {}, async saveMessage() {}, async getMessages() { return []; } };`,
  memory: `export default { type: 'test', async init() {}, async add() { return { success: true }; }, async search() { return []; }, async get() { return null; }, async delete() { return { success: true }; } };`,
  policy: `export default { canMessage: async () => (${YES}), canSpawn: async () => (${YES}), canUseTool: async () => (${YES}) };`,
  hook: `export default { beforeMessage() {}, onMessage() {} };`,
  widget: `export default { getData: async () => ({ type: 'metric', value: 1 }) };`,
};
const MANIFESTS: Readonly<Record<string, string>> = {
  hook: 'hooks: { beforeMessage: true, onMessage: true }\n',
  widget: 'displays: [{ type: metric, data: one }]\n',
};
const CYCLES = 25;

/** Sockets, servers, files and children of this process. */
function resources(): number {
  return process.getActiveResourcesInfo().filter((name) => name !== 'Timeout').length;
}

test('plugins of all types come and go, and leave nothing in the daemon or the process', async () => {
  const project = createProject();
  const types = Object.keys(CODES);
  for (const type of types)
    project.addFolder(type, { name: `@test/${type}`, type, manifest: MANIFESTS[type] ?? '', code: CODES[type] ?? '' });
  project.write('ar.config.json', JSON.stringify({ plugins: types.map((type) => `./${type}`) }));
  await using relay = await startTestRelay(project);
  using alice = await connectInbox(relay.socketPath, 'Alice');
  using bob = await connectInbox(relay.socketPath, 'Bob');
  const exchange = async (body: string): Promise<void> => {
    alice.client.sendMessage('Bob', body);
    await bob.inbox.waitFor((message) => message.body === body);
  };
  const reloadAll = async (): Promise<void> => {
    // Each in its turn, so that layers around the router go in another order than they came.
    for (const type of types) await relay.loader.reload(`@test/${type}`);
  };
  await reloadAll();
  await exchange('before');
  const atFirst = resources();
  for (let cycle = 0; cycle < CYCLES; cycle += 1) {
    await reloadAll();
    await exchange(`cycle ${cycle}`);
  }
  expect(relay.loader.getLoaded().map(({ status }) => status)).toEqual(types.map(() => 'active'));
  expect(bob.inbox.messages).toHaveLength(CYCLES + 1);
  await expect.poll(resources).toBeLessThanOrEqual(atFirst + 2);
  const { router } = relay.daemon as unknown as { router: object };
  for (const type of types) await relay.loader.unload(`@test/${type}`);
  const { storage } = relay.daemon as unknown as { storage: object };
  expect(storage.constructor.name).toBe('SqliteStorageAdapter');
  await relay.stop();
  for (const method of ['register', 'unregister', 'route', 'routeChannelMessage', 'sendDirect', 'handleChannelJoin'])
    expect(Object.hasOwn(router, method)).toBe(false);
});
