import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { RelayClient } from '../../tools/agent-relay/node_modules/agent-relay/dist/wrapper/client.js';
import { connectInbox, inboxOf } from './support/inbox.ts';
import { createProbe, type Probe } from './support/probe.ts';
import { createProject, removeWorkDir, type TestProject } from './support/project.ts';
import { CLIENT_URL, nextMessage, silenceRelay, startTestRelay, type TestRelay } from './support/relay.ts';

beforeAll(() => {
  silenceRelay();
  // A client prints what the daemon says of a session that it cannot take up.
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
});
afterAll(removeWorkDir);

type Note = readonly [method: string, ...args: unknown[]];

/** A whole storage in memory that notes every call. `overrides` come last in the object. */
function storageCode(probe: Probe, overrides = ''): string {
  return `${probe.source}
const rows = new Map();
const plugin = {
  async init() { note(['init']); },
  async saveMessage(message) { rows.set(message.id, message); note(['saveMessage', message.from, message.to, message.body, message.id]); },
  async getMessages(query) {
    const found = [...rows.values()].filter((row) => (!query.to || row.to === query.to) && (!query.unreadOnly || row.status === 'unread'));
    note(['getMessages', query.to]);
    return found.sort((a, b) => a.ts - b.ts);
  },
  async getMessageById(id) { return rows.get(id) ?? null; },
  async updateMessageStatus(id, status) { const row = rows.get(id); if (row) row.status = status; note(['updateMessageStatus', status, row?.body]); },
  async startSession({ id, agentName, projectId, resumeToken }) { note(['startSession', agentName, typeof projectId, typeof resumeToken]); },
  async endSession(id, { closedBy, summary }) { note(['endSession', closedBy, summary]); },
  async incrementSessionMessageCount() { note(['incrementSessionMessageCount']); },
  async saveAgentSummary({ agentName, currentTask, files }) { note(['saveAgentSummary', agentName, currentTask, files]); },
  deadLetters: { async add(id, { from, to, body }, reason, attempts) { note(['deadLetter', from, to, body, reason, attempts]); } },
  async close() { note(['close']); },
  ${overrides}
};
export default plugin;`;
}

function projectWithStorage(...codes: readonly string[]): TestProject {
  const project = createProject();
  const plugins = codes.map((code, index) => {
    project.addFolder(`s${index}`, {
      name: `@test/s${index}`,
      type: 'storage',
      manifest: 'implements: [StorageAdapter]\n',
      code,
    });
    return `./s${index}`;
  });
  project.write('ar.config.json', JSON.stringify({ plugins }));
  return project;
}

/** The notes of some methods, once there are `count`. */
async function notesOf(probe: Probe, methods: readonly string[], count: number): Promise<readonly Note[]> {
  const found = (): readonly Note[] => (probe.notes as readonly Note[]).filter(([method]) => methods.includes(method));
  while (found().length < count) await probe.waitFor(probe.notes.length + 1);
  return found();
}

test('a plugin stores what the daemon stores, between init and close', async () => {
  const probe = createProbe();
  {
    await using relay = await startTestRelay(projectWithStorage(storageCode(probe)));
    const alice = await relay.connect('Alice');
    const received = nextMessage(await relay.connect('Bob'));
    alice.sendMessage('Bob', 'hello', 'message', { n: 1 });
    await received;
    const saved = await notesOf(probe, ['updateMessageStatus'], 1);
    expect(saved).toEqual([['updateMessageStatus', 'acked', 'hello']]);
    expect(probe.notes).toContainEqual(['saveMessage', 'Alice', 'Bob', 'hello', expect.any(String)]);
    // agent-relay keeps who is in a channel as messages.
    expect(probe.notes).toContainEqual(['saveMessage', '__system__', '#general', 'join:Alice', expect.any(String)]);
    expect(probe.notes[0]).toEqual(['init']);
  }
  expect(probe.notes.at(-1)).toEqual(['close']);
  expect((probe.notes as Note[]).filter(([method]) => method === 'init' || method === 'close')).toHaveLength(2);
});

test('sessions, their messages and how they end are told to a plugin', async () => {
  const probe = createProbe();
  await using relay = await startTestRelay(projectWithStorage(storageCode(probe)));
  const alice = await relay.connect('Alice');
  await notesOf(probe, ['startSession'], 1);
  alice.sendMessage('Nobody', 'counted');
  await notesOf(probe, ['incrementSessionMessageCount'], 1);
  alice.destroy();
  await notesOf(probe, ['endSession'], 1);
  const sessions = (probe.notes as Note[]).filter(([method]) => /Session/.test(method));
  expect(sessions).toEqual([
    ['startSession', 'Alice', 'string', 'string'],
    ['incrementSessionMessageCount'],
    ['endSession', 'disconnect', undefined],
  ]);
});

test('summaries in the output of an agent are told, and a session that the agent ends itself', async () => {
  const probe = createProbe();
  await using relay = await startTestRelay(projectWithStorage(storageCode(probe)));
  const alice = await relay.connect('Alice');
  await notesOf(probe, ['startSession'], 1);
  alice.sendLog('working… [[SUMMARY]]{"currentTask":"login","fi');
  alice.sendLog('les":["a.ts",7],"secret":1}[[/SUMMARY]] and on');
  alice.sendLog('[[SUMMARY]]not json[[/SUMMARY]]');
  alice.sendLog('[[SESSION_END]]{"summary":"all done"}[[/SESSION_END]]');
  await notesOf(probe, ['endSession'], 1);
  alice.destroy();
  const told = (probe.notes as Note[]).filter(([method]) => method === 'saveAgentSummary' || method === 'endSession');
  expect(told).toEqual([
    ['saveAgentSummary', 'Alice', 'login', ['a.ts']],
    ['endSession', 'agent', 'all done'],
  ]);
});

test('a message to a name that nobody has is a dead letter', async () => {
  const probe = createProbe();
  await using relay = await startTestRelay(projectWithStorage(storageCode(probe)));
  const alice = await relay.connect('Alice');
  alice.sendMessage('Nobody', 'lost');
  expect(await notesOf(probe, ['deadLetter'], 1)).toEqual([
    ['deadLetter', 'Alice', 'Nobody', 'lost', 'target_not_found', 1],
  ]);
});

test('a message that the daemon gives up on is a dead letter', async () => {
  const probe = createProbe();
  await using relay = await startTestRelay(projectWithStorage(storageCode(probe)));
  const alice = await relay.connect('Alice');
  const received = nextMessage(await relay.connect('Bob'));
  alice.sendMessage('Bob', 'hello');
  await received;
  await notesOf(probe, ['updateMessageStatus'], 1);
  const [, , , , id] = (probe.notes as Note[]).find(([method, , to]) => method === 'saveMessage' && to === 'Bob') ?? [
    '',
    '',
    '',
    '',
    '',
  ];
  // What the daemon calls after five attempts, some 25 s later.
  const { storage } = relay.daemon as unknown as {
    storage: { updateMessageStatus(id: unknown, status: string): Promise<void> };
  };
  await storage.updateMessageStatus(id, 'failed');
  expect(await notesOf(probe, ['deadLetter'], 1)).toEqual([
    ['deadLetter', 'Alice', 'Bob', 'hello', 'max_retries_exceeded', 5],
  ]);
});

test('what was sent to an agent while it was away is delivered from a plugin, also right after it was stored', async () => {
  const probe = createProbe();
  const slow =
    'async saveMessage(message) { await new Promise((resolve) => setTimeout(resolve, 100)); rows.set(message.id, message); },';
  await using relay = await startTestRelay(projectWithStorage(storageCode(probe, slow)));
  const alice = await relay.connect('Alice');
  (await relay.connect('Bob')).destroy();
  await notesOf(probe, ['endSession'], 1);
  alice.sendMessage('Bob', 'while you were away');
  using bob = await connectInbox(relay.socketPath, 'Bob');
  expect((await bob.inbox.waitFor(() => true)).body).toBe('while you were away');
});

test.each([
  ['throws at once', `() => { throw new Error('boom'); }`],
  ['rejects', `async () => { throw new Error('boom'); }`],
  ['hangs', `() => new Promise(() => {})`],
  ['answers with nonsense', `async () => 'nonsense'`],
])('a storage plugin that %s breaks no handshake and loses no message', async (_, method) => {
  const probe = createProbe();
  const names = [
    'saveMessage',
    'getMessages',
    'updateMessageStatus',
    'startSession',
    'endSession',
    'getSessionByResumeToken',
    'getMessageById',
    'close',
  ];
  const overrides = names.map((name) => `${name}: ${method},`).join('\n');
  const limits = { storageTimeoutMs: 50, unloadTimeoutMs: 100 };
  await using relay = await startTestRelay(projectWithStorage(storageCode(probe, overrides)), { limits });
  const startedMs = performance.now();
  const alice = await relay.connect('Alice');
  const bob = inboxOf(await relay.connect('Bob'));
  for (let count = 0; count < 100; count += 1) alice.sendMessage('Bob', String(count));
  await bob.waitFor(({ body }) => body === '99');
  expect(bob.messages.map(({ body }) => body)).toEqual(Array.from({ length: 100 }, (__, count) => String(count)));
  // The handshake of agent-relay has 5 s; a broken storage takes all of them.
  expect(performance.now() - startedMs).toBeLessThan(4_000);
  expect(relay.loader.getLoaded()).toMatchObject([{ status: 'active' }]);
});

function counted(method: string, reason: string): string {
  return `ar_plugin_call_errors_total{method="${method}",plugin="@test/s0",reason="${reason}"}`;
}

test('what a storage plugin does wrong is counted', async () => {
  const probe = createProbe();
  const throws = `saveMessage() { throw new Error('boom'); }, async getMessages() { return 7; },`;
  await using relay = await startTestRelay(projectWithStorage(storageCode(probe, throws)), {
    limits: { unloadTimeoutMs: 50 },
  });
  await relay.connect('Alice');
  await expect.poll(() => relay.loader.metrics.toPrometheus()).toContain(counted('saveMessage', 'threw'));
  await expect.poll(() => relay.loader.metrics.toPrometheus()).toContain(counted('getMessages', 'unusable'));
});

test('rows that cannot be sent are left out; the others are delivered', async () => {
  const probe = createProbe();
  const rows = `async getMessages(query) {
    const row = { id: 'r1', ts: 1, from: 'Alice', to: query.to, kind: 'message', body: 'fine', thread: null, status: 'unread', is_urgent: false, data: { _offlineQueued: true } };
    const circle = { ...row }; circle.data = { _offlineQueued: true, circle };
    return [null, 'text', { ...row, body: 7 }, { ...row, data: [1] }, circle, { ...row, body: 'x'.repeat(2 ** 20) }, row];
  },`;
  await using relay = await startTestRelay(projectWithStorage(storageCode(probe, rows)));
  using bob = await connectInbox(relay.socketPath, 'Bob');
  expect((await bob.inbox.waitFor(() => true)).body).toBe('fine');
  const alice = await relay.connect('Alice');
  alice.sendMessage('Bob', 'still connected');
  await bob.inbox.waitFor(({ body }) => body === 'still connected');
  expect(bob.client.state).toBe('READY');
});

test('a write that fails is tried again', async () => {
  const probe = createProbe();
  const flaky = `async saveMessage(message) { if (message.to === 'Bob') { note(['try', message.body]); if (!plugin.failed) { plugin.failed = true; throw new Error('once'); } } },`;
  await using relay = await startTestRelay(projectWithStorage(storageCode(probe, flaky)));
  const alice = await relay.connect('Alice');
  await relay.connect('Bob');
  alice.sendMessage('Bob', 'hello');
  expect(await notesOf(probe, ['try'], 2)).toEqual([
    ['try', 'hello'],
    ['try', 'hello'],
  ]);
});

test('writes that a full queue cannot take are dropped and counted', async () => {
  const probe = createProbe();
  const hangs = `saveMessage: () => new Promise(() => {}),`;
  const limits = { maxQueuedEvents: 10, unloadTimeoutMs: 50, storageTimeoutMs: 200 };
  await using relay = await startTestRelay(projectWithStorage(storageCode(probe, hangs)), { limits });
  const alice = await relay.connect('Alice');
  const bob = inboxOf(await relay.connect('Bob'));
  for (let count = 0; count < 20; count += 1) alice.sendMessage('Bob', String(count));
  await bob.waitFor(({ body }) => body === '19');
  expect(relay.loader.metrics.toPrometheus()).toMatch(
    /ar_plugin_writes_dropped_total\{method="saveMessage",plugin="@test\/s0",reason="full"\} \d/,
  );
});

test('of two storage plugins the first is active and the second an error', async () => {
  const [first, second] = [createProbe(), createProbe()];
  await using relay = await startTestRelay(projectWithStorage(storageCode(first), storageCode(second)));
  expect(relay.loader.getLoaded()).toMatchObject([
    { status: 'active' },
    { status: 'error', error: { code: 'PLUGIN_TYPE_TAKEN' } },
  ]);
  const alice = await relay.connect('Alice');
  const received = nextMessage(await relay.connect('Bob'));
  alice.sendMessage('Bob', 'hello');
  await received;
  await notesOf(first, ['updateMessageStatus'], 1);
  expect(second.notes).toEqual([]);
  await relay.loader.unload('@test/s0');
  expect(await relay.loader.reload('@test/s1')).toMatchObject({ status: 'active' });
});

test.each([
  ['init throws', `init() { throw new Error('no database'); },`, 'PLUGIN_LOAD_FAILED'],
  ['init hangs', `init: () => new Promise(() => {}),`, 'PLUGIN_LOAD_TIMEOUT'],
  ['onLoad throws', `onLoad() { throw new Error('no'); },`, 'PLUGIN_LOAD_FAILED'],
  ['it lacks saveMessage', `saveMessage: undefined,`, 'PLUGIN_EXPORT_INVALID'],
])('the daemon goes on with its own storage when %s', async (_, overrides, code) => {
  const probe = createProbe();
  const project = projectWithStorage(storageCode(probe, overrides));
  project.write('ar.config.json', JSON.stringify({ plugins: [{ name: './s0', loadTimeoutMs: 300 }] }));
  await using relay = await startTestRelay(project);
  expect(relay.loader.getLoaded()).toMatchObject([{ status: 'error', error: { code } }]);
  const alice = await relay.connect('Alice');
  (await relay.connect('Bob')).destroy();
  const carol = nextMessage(await relay.connect('Carol'));
  alice.sendMessage('Bob', 'queued by the daemon itself');
  alice.sendMessage('Carol', 'the first has been routed');
  await carol;
  using bob = await connectInbox(relay.socketPath, 'Bob');
  expect((await bob.inbox.waitFor(() => true)).body).toBe('queued by the daemon itself');
});

test('the daemon has its own storage back after unloading, and a session ends there', async () => {
  const probe = createProbe();
  await using relay = await startTestRelay(projectWithStorage(storageCode(probe)));
  const alice = await relay.connect('Alice');
  await notesOf(probe, ['startSession'], 1);
  await relay.loader.unload('@test/s0');
  expect(probe.notes.slice(-2)).toEqual([['endSession', 'disconnect', undefined], ['close']]);
  const { length } = probe.notes;
  const received = nextMessage(await relay.connect('Bob'));
  alice.sendMessage('Bob', 'hello');
  await received;
  expect(probe.notes).toHaveLength(length);
  const { storage } = relay.daemon as unknown as {
    storage: { getMessages(query: object): Promise<{ body: string }[]> };
  };
  expect((await storage.getMessages({ to: 'Bob' })).map(({ body }) => body)).toEqual(['hello']);
});

/** A client that comes back by itself; its connection is cut, and it is connected again. @returns its two sessions */
async function reconnect(
  relay: TestRelay,
): Promise<{ readonly before: string | undefined; readonly after: string | undefined }> {
  const { RelayClient: Client } = (await import(/* @vite-ignore */ CLIENT_URL)) as { RelayClient: typeof RelayClient };
  const client = new Client({ socketPath: relay.socketPath, agentName: 'Alice', quiet: true, reconnectDelayMs: 1 });
  await client.connect();
  const before = client.currentSessionId;
  const ready = Promise.withResolvers<void>();
  client.onStateChange = (state) => state === 'READY' && ready.resolve();
  // Private: no method of a client loses a connection.
  client['socket']?.destroy();
  await ready.promise;
  const after = client.currentSessionId;
  client.destroy();
  return { before, after };
}

test('an agent takes up its session again if the plugin knows it', async () => {
  const probe = createProbe();
  const resume = `sessions: new Map(),
  async startSession(session) { plugin.sessions.set(session.resumeToken, session); note(['startSession', session.id]); },
  async getSessionByResumeToken(token) { return plugin.sessions.get(token) ?? null; },`;
  await using relay = await startTestRelay(projectWithStorage(storageCode(probe, resume)));
  const { before, after } = await reconnect(relay);
  expect([typeof before, after]).toEqual(['string', before]);
});

test.each([
  ['hangs', '() => new Promise(() => {})'],
  ['throws', `() => { throw new Error('boom'); }`],
  ['answers with nonsense', `async () => ({ id: 7, agentName: 'Alice' })`],
  ['names a token that is none', `async () => ({ id: 'forged', agentName: 'Alice', resumeToken: 7 })`],
])('an agent that comes back gets a new session if the plugin %s', async (_, method) => {
  const probe = createProbe();
  const project = projectWithStorage(storageCode(probe, `getSessionByResumeToken: ${method},`));
  // Longer than a handshake may take: of this question the loader itself must not wait for the answer.
  await using relay = await startTestRelay(project, { limits: { storageTimeoutMs: 6_000 } });
  const { before, after } = await reconnect(relay);
  expect(typeof after).toBe('string');
  expect([before, 'forged']).not.toContain(after);
});
