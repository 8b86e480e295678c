/** Widgets that observe messages, in the real daemon: in its process, and in one of their own. */
import type { MessageObservation } from '@ar-registry/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectInbox } from './support/inbox.ts';
import { createProject, removeWorkDir, type TestProject } from './support/project.ts';
import { nextMessage, silenceRelay, startTestRelay, type TestRelay } from './support/relay.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

const MANIFEST = 'displays: [{ type: text, data: seen }]\n';
const OBSERVES = `${MANIFEST}observes: [messages]\n`;
const SECRET = 'the-secret-of-the-body';

/** What it was told is read from its health. */
const RECORDS = `const seen = []; let dropped = 0;
export default {
  async getData() { return { type: 'text', text: '' }; },
  onMessages(batch) { seen.push(...batch.observations); dropped += batch.dropped; },
  async health() { return { status: 'healthy', details: { seen, dropped } }; },
};`;

const POLICY = `const yes = { allowed: true, reason: 'ok', policySource: 'local' };
export default {
  async canMessage(sender) { return sender === 'Mallory' ? { ...yes, allowed: false, reason: 'blocked' } : yes; },
  async canSpawn() { return yes; }, async canUseTool() { return yes; } };`;

async function projectWith(isolation: 'none' | 'process', code: string, manifest = OBSERVES): Promise<TestProject> {
  const project = createProject();
  const trust = isolation === 'none' ? 'official' : 'community';
  await project.install({ name: '@test/widget', type: 'widget', manifest, code }, { trust });
  return project;
}

interface Told {
  readonly seen: readonly MessageObservation[];
  readonly dropped: number;
}

async function toldOf(relay: TestRelay): Promise<Told> {
  const health = await relay.loader.health();
  return health.find(({ name }) => name === '@test/widget')?.health?.details as unknown as Told;
}

function isDelivered({ kind, to }: MessageObservation): boolean {
  return kind === 'delivered' && to === 'Mallory';
}

describe.each(['none', 'process'] as const)('with isolation %s', (isolation) => {
  test('a widget is told who wrote to whom, how much, how fast and what failed, and never what', async () => {
    const project = await projectWith(isolation, RECORDS);
    await project.install({ name: '@test/policy', type: 'policy', code: POLICY });
    await using relay = await startTestRelay(project);
    using alice = await connectInbox(relay.socketPath, 'Alice');
    using bob = await connectInbox(relay.socketPath, 'Bob');
    using mallory = await connectInbox(relay.socketPath, 'Mallory');
    alice.client.sendMessage('Bob', SECRET, 'message', { token: SECRET });
    await bob.inbox.waitFor(({ body }) => body === SECRET);
    mallory.client.sendMessage('Bob', SECRET);
    await mallory.inbox.waitFor(({ from }) => from === '_system');
    alice.client.sendMessage('Nobody', SECRET);
    alice.client.sendChannelMessage('#general', SECRET);
    alice.client.broadcast(SECRET);
    await mallory.inbox.waitFor(({ from, body }) => from === 'Alice' && body === SECRET);
    await expect.poll(async () => (await toldOf(relay)).seen.some(isDelivered)).toBe(true);
    const { seen, dropped } = await toldOf(relay);
    const bodyBytes = SECRET.length;
    expect(seen.filter(({ from }) => from === 'Alice')).toEqual(
      expect.arrayContaining([
        { kind: 'sent', at: expect.any(Number), from: 'Alice', to: 'Bob', bodyBytes },
        { kind: 'delivered', at: expect.any(Number), from: 'Alice', to: 'Bob', latencyMs: expect.any(Number) },
        { kind: 'sent', at: expect.any(Number), from: 'Alice', to: 'Nobody', bodyBytes },
        { kind: 'failed', at: expect.any(Number), from: 'Alice', to: 'Nobody', reason: 'unreachable' },
        { kind: 'sent', at: expect.any(Number), from: 'Alice', channel: '#general', bodyBytes },
        { kind: 'sent', at: expect.any(Number), from: 'Alice', to: '*', bodyBytes },
      ]),
    );
    expect(seen.filter(({ from }) => from === 'Mallory')).toEqual([
      { kind: 'sent', at: expect.any(Number), from: 'Mallory', to: 'Bob', bodyBytes },
      { kind: 'failed', at: expect.any(Number), from: 'Mallory', to: 'Bob', reason: 'denied' },
    ]);
    expect(dropped).toBe(0);
    expect(JSON.stringify(seen)).not.toContain(SECRET);
  });

  test('a widget that hangs delays no message, and is told how much it missed', async () => {
    const code = RECORDS.replace(
      'onMessages(batch) {',
      'async onMessages(batch) { if (seen.length === 0) { seen.push(0); await new Promise(() => {}); }',
    );
    const limits = { eventTimeoutMs: 1_000, maxQueuedEvents: 10 };
    await using relay = await startTestRelay(await projectWith(isolation, code), { limits });
    using alice = await connectInbox(relay.socketPath, 'Alice');
    using bob = await connectInbox(relay.socketPath, 'Bob');
    for (let count = 0; count < 200; count += 1) alice.client.sendMessage('Bob', String(count));
    await bob.inbox.waitFor(({ body }) => body === '199');
    // It is still stuck in its first batch.
    expect(relay.loader.metrics.toPrometheus()).toMatch(
      /events_dropped_total\{hook="onMessages",plugin="@test\/widget"\} [1-9]/,
    );
    await expect.poll(async () => (await toldOf(relay)).dropped, { timeout: 5_000 }).toBeGreaterThan(0);
    expect(relay.loader.metrics.toPrometheus()).toContain(
      'ar_plugin_event_errors_total{hook="onMessages",plugin="@test/widget",reason="timed-out"} 1',
    );
  });

  test('a widget whose manifest does not say that it observes is told nothing', async () => {
    await using relay = await startTestRelay(await projectWith(isolation, RECORDS, MANIFEST));
    const alice = await relay.connect('Alice');
    const bob = await relay.connect('Bob');
    const received = nextMessage(bob);
    alice.sendMessage('Bob', 'hello');
    expect((await received).body).toBe('hello');
    expect(await toldOf(relay)).toEqual({ seen: [], dropped: 0 });
  });
});

test('a widget that throws is counted, and messages go on', async () => {
  const code = RECORDS.replace(
    'onMessages(batch) {',
    `onMessages(batch) { if (seen.push(1) < 3) throw new Error('broken');`,
  );
  await using relay = await startTestRelay(await projectWith('none', code));
  using alice = await connectInbox(relay.socketPath, 'Alice');
  using bob = await connectInbox(relay.socketPath, 'Bob');
  for (const body of ['one', 'two', 'three']) {
    alice.client.sendMessage('Bob', body);
    await bob.inbox.waitFor((message) => message.body === body);
  }
  await expect
    .poll(() => relay.loader.metrics.toPrometheus())
    .toContain('ar_plugin_event_errors_total{hook="onMessages",plugin="@test/widget",reason="threw"} 2');
  expect(relay.loader.getLoaded().find(({ name }) => name === '@test/widget')).toMatchObject({ status: 'active' });
});
