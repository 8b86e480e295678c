import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectInbox, inboxOf } from './support/inbox.ts';
import { createProbe, type Probe } from './support/probe.ts';
import { createProject, removeWorkDir, type TestProject } from './support/project.ts';
import { nextMessage, silenceRelay, startTestRelay } from './support/relay.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

/** A memory that finds every entry, and notes each call. `overrides` come last in the object. */
function memoryCode(probe: Probe, overrides = ''): string {
  return `${probe.source}
const entries = new Map();
export default {
  type: 'test',
  async init() { note(['init']); },
  async add(content, options) { const id = String(entries.size + 1); entries.set(id, { id, content, createdAt: 1, ...options }); note(['add', content, options?.source]); return { success: true, id }; },
  async search({ query, agentId }) { note(['search', agentId]); return [...entries.values()]; },
  async get(id) { return entries.get(id) ?? null; },
  async delete(id) { return { success: entries.delete(id), id }; },
  async list() { return [...entries.values()]; },
  async close() { note(['close']); },
  ${overrides}
};`;
}

function projectWithMemory(...codes: readonly string[]): TestProject {
  const project = createProject();
  const plugins = codes.map((code, index) => {
    project.addFolder(`m${index}`, {
      name: `@test/m${index}`,
      type: 'memory',
      manifest: 'implements: [MemoryAdapter]\n',
      code,
    });
    return `./m${index}`;
  });
  project.write('ar.config.json', JSON.stringify({ plugins }));
  return project;
}

test('an agent saves and searches by messages to _memory, and is told when it connects', async () => {
  const probe = createProbe();
  {
    await using relay = await startTestRelay(projectWithMemory(memoryCode(probe)));
    const alice = await relay.connect('Alice');
    const inbox = inboxOf(alice);
    alice.sendMessage('_memory', 'save the deploy key is in the vault');
    expect(await inbox.waitFor(({ body }) => body.includes('Saved'))).toMatchObject({
      from: '_memory',
      data: { _isSystemMessage: true },
    });
    alice.sendMessage('_memory', '@memory:search deploy');
    expect((await inbox.waitFor(({ body }) => body.includes('Found 1'))).body).toContain(
      'the deploy key is in the vault',
    );
    using bob = await connectInbox(relay.socketPath, 'Bob');
    expect((await bob.inbox.waitFor(({ from }) => from === '_memory')).body).toContain(
      'the deploy key is in the vault',
    );
    const { memory } = relay.loader;
    expect(await memory?.search('deploy')).toMatchObject([{ content: 'the deploy key is in the vault' }]);
    expect(memory?.isAvailable()).toBe(true);
    await relay.loader.unload('@test/m0');
    expect(relay.loader.memory).toBeUndefined();
  }
  expect(probe.notes[0]).toEqual(['init']);
  expect(probe.notes.at(-1)).toEqual(['close']);
});

test('what an agent prints is searched for commands and learnings', async () => {
  const probe = createProbe();
  await using relay = await startTestRelay(projectWithMemory(memoryCode(probe)));
  const alice = await relay.connect('Alice');
  const inbox = inboxOf(alice);
  alice.sendLog('@memory:save tests run with vitest');
  await inbox.waitFor(({ body }) => body.includes('Saved'));
  expect(probe.notes).toContainEqual(['add', 'tests run with vitest', 'agent-command']);
});

test('what is sent to _memory and is no command gets no answer, and nobody else gets it', async () => {
  const probe = createProbe();
  await using relay = await startTestRelay(projectWithMemory(memoryCode(probe)));
  const alice = await relay.connect('Alice');
  const inbox = inboxOf(alice);
  alice.sendMessage('_memory', 'thank you');
  alice.sendMessage('_memory', 'list');
  expect((await inbox.waitFor(() => true)).body).toContain('No memories');
  expect(inbox.messages).toHaveLength(1);
});

test.each([
  ['throws at once', `() => { throw new Error('boom'); }`],
  ['hangs', `() => new Promise(() => {})`],
  ['answers with nonsense', `async () => [{ id: 1 }, 'x', null]`],
  ['answers with nothing', `async () => undefined`],
])('a memory that %s holds up no handshake and no message', async (_, method) => {
  const probe = createProbe();
  const overrides = ['add', 'search', 'get', 'delete', 'list', 'close'].map((name) => `${name}: ${method},`).join('\n');
  const limits = { memoryTimeoutMs: 50, unloadTimeoutMs: 100 };
  await using relay = await startTestRelay(projectWithMemory(memoryCode(probe, overrides)), { limits });
  const alice = await relay.connect('Alice');
  const inbox = inboxOf(alice);
  const received = nextMessage(await relay.connect('Bob'));
  alice.sendMessage('_memory', 'save something');
  alice.sendMessage('Bob', 'hello');
  expect((await received).body).toBe('hello');
  expect((await inbox.waitFor(({ from }) => from === '_memory')).body).toContain('Failed to save');
  expect(await relay.loader.memory?.search('x')).toEqual([]);
  expect(await relay.loader.memory?.add('x')).toMatchObject({ success: false });
});

test('a memory that answers with very much fills no agent', async () => {
  const probe = createProbe();
  const much = `async search() { return Array.from({ length: 1000 }, (_, n) => ({ id: String(n), content: '\\u001b[31m' + 'x'.repeat(100_000), createdAt: 1 })); },`;
  await using relay = await startTestRelay(projectWithMemory(memoryCode(probe, much)));
  using alice = await connectInbox(relay.socketPath, 'Alice');
  const { body } = await alice.inbox.waitFor(({ from }) => from === '_memory');
  expect(body.length).toBeLessThanOrEqual(32 * 1024);
  expect(body).not.toContain('\u001b');
  expect(alice.client.state).toBe('READY');
});

test('of two memory plugins the first is active and the second an error', async () => {
  await using relay = await startTestRelay(projectWithMemory(memoryCode(createProbe()), memoryCode(createProbe())));
  expect(relay.loader.getLoaded()).toMatchObject([{ status: 'active' }, { error: { code: 'PLUGIN_TYPE_TAKEN' } }]);
});
