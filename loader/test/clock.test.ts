/** The clock of the system is set, by people and by time servers, forwards and back: nothing may be due for hours by that. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createProject, removeWorkDir, type PluginSource } from './support/project.ts';
import { nextMessage, silenceRelay, startTestRelay, type TestRelay } from './support/relay.ts';

beforeAll(silenceRelay);
afterEach(() => clock.mockRestore());
afterAll(removeWorkDir);

const HOUR_MS = 3_600_000;
const now = Date.now.bind(Date);
const clock = vi.spyOn(Date, 'now');

function setClock(byMs: number): void {
  clock.mockImplementation(() => now() + byMs);
}

function startWith(plugin: PluginSource, options: Parameters<typeof startTestRelay>[1] = {}): Promise<TestRelay> {
  const project = createProject();
  project.addFolder('p', plugin);
  project.write('ar.config.json', JSON.stringify({ plugins: ['./p'] }));
  return startTestRelay(project, options);
}

test('set back, it makes no time negative: not of a call, not of a plugin’s life', async () => {
  const code = `export default { async onMessage() { await new Promise((done) => setTimeout(done, 100)); globalThis.told?.(); } };`;
  const { promise, resolve } = Promise.withResolvers<void>();
  Object.assign(globalThis, { told: resolve });
  await using relay = await startWith({ name: '@test/p', code });
  const [alice, bob] = [await relay.connect('Alice'), await relay.connect('Bob')];
  const received = nextMessage(bob);
  alice.sendMessage('Bob', 'hello');
  await received;
  setClock(-HOUR_MS);
  await promise;
  const seconds = (): number =>
    Number(/^ar_plugin_event_seconds_sum\{hook="onMessage".*\} (.+)$/m.exec(relay.loader.metrics.toPrometheus())?.[1]);
  await expect.poll(seconds).toBeGreaterThan(0.05);
  expect(seconds()).toBeLessThan(60);
  const [health] = await relay.loader.health();
  expect(health?.uptimeMs).toBeGreaterThan(0);
});

const asked = (): unknown => (globalThis as { asked?: number }).asked;

/** A policy that never answers. After three messages in a row it is left alone for ten seconds. */
test('set forward, it does not end the rest of a plugin that hangs', async () => {
  const code = `globalThis.asked = 0;
    const decide = async () => ({ allowed: true, reason: 'ok', policySource: 'local' });
    export default { canSpawn: decide, canUseTool: decide, canMessage: () => new Promise(() => void (globalThis.asked += 1)) };`;
  await using relay = await startWith({ name: '@test/p', type: 'policy', code }, { limits: { decisionTimeoutMs: 20 } });
  const alice = await relay.connect('Alice');
  await relay.connect('Bob');
  const denied = async (): Promise<void> => {
    const notice = nextMessage(alice);
    alice.sendMessage('Bob', 'hello');
    await notice;
  };
  for (let count = 0; count < 3; count += 1) await denied();
  expect(asked()).toBe(3);
  setClock(HOUR_MS);
  await denied();
  expect(asked()).toBe(3);
});
