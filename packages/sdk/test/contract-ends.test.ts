// `await using` needs these types.
/// <reference lib="esnext.disposable" />
/**
 * Whatever an adapter does, the `node --test` of its author ends, and names the method. Real processes: a runner of tests
 * that waits for ever waits for a process, not for a promise.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PluginType } from '@ar-registry/schemas';
import { describe, expect, it } from 'vitest';

const SDK = fileURLToPath(new URL('..', import.meta.url));
/** Of each call; far more than an honest one takes on a busy machine. */
const CALL_MS = 1_000;
/** In which a run that ends has ended. */
const PATIENCE_MS = 45_000;

/** Plugins that keep their contracts, and the method of each that is to misbehave. */
const TYPES: Readonly<
  Record<PluginType, { readonly method: string; readonly plugin: string; readonly cases: string }>
> = {
  storage: {
    method: 'getMessages',
    plugin: `{ init: async () => {}, saveMessage: async () => {}, getMessages: async () => [] }`,
    cases: 'storageContract(create, limits)',
  },
  memory: {
    method: 'search',
    plugin: `{ type: 't', init: async () => {}, add: async () => ({ success: true, id: '1' }), search: async () => [],
      get: async () => null, delete: async () => ({ success: false }) }`,
    cases: 'memoryContract(create, limits)',
  },
  policy: {
    method: 'canMessage',
    plugin: `{ canMessage: allow, canSpawn: allow, canUseTool: allow }`,
    cases: 'policyContract(create, limits)',
  },
  hook: { method: 'onMessage', plugin: `{ onMessage() {} }`, cases: 'hookContract({ create, ...limits })' },
  bridge: { method: 'onLoad', plugin: `{ async onLoad() {} }`, cases: 'bridgeContract({ create, ...limits })' },
  widget: {
    method: 'getData',
    plugin: `{ async getData(name) { if (name !== 'one') throw new RangeError(name); return { type: 'text', text: '' } } }`,
    cases: `widgetContract({ create, displays: { one: 'text' }, ...limits })`,
  },
};

/** Bodies of the method, and what is said of them. `honest` is the method that keeps the contract. */
const FAULTS: Readonly<Record<string, { readonly body: string; readonly said: (method: string) => string }>> = {
  'never answers': {
    body: 'return new Promise(() => undefined);',
    said: (method) => `\`${method}\` did not answer within ${CALL_MS} ms`,
  },
  'answers very late': {
    body: `return new Promise((resolve) => setTimeout(resolve, 3_600_000));`,
    said: (method) => `\`${method}\` did not answer within ${CALL_MS} ms`,
  },
  'throws at once': {
    body: `throw new Error('no database');`,
    said: (method) => `\`${method}\` throws where it should reject: no database`,
  },
  'keeps a timer': {
    body: `setInterval(() => undefined, 1_000); return honest(...args);`,
    said: () => 'it still holds a timer (from',
  },
  'keeps a connection': {
    body: `const socket = connect(port, '127.0.0.1').on('error', () => undefined); await once(socket, 'connect'); return honest(...args);`,
    said: () => 'it still holds a connection (from',
  },
  'never gives the thread back': { body: 'for (;;);', said: (method) => `\`${method}\` blocks the thread` },
};

describe.each(Object.keys(TYPES) as PluginType[])('tests of a %s', (type) => {
  it.concurrent.each(Object.keys(FAULTS))(
    'end, and say what is wrong with a method that %s',
    { timeout: PATIENCE_MS },
    async (fault) => {
      await using project = await createProject(type, fault);
      const { ended, text } = await runTests(project.path);
      expect(ended).toBe('with a failure');
      expect(text).toContain(FAULTS[fault]?.said(TYPES[type].method));
    },
  );
});

async function createProject(type: PluginType, fault: string): Promise<AsyncDisposable & { path: string }> {
  const { method, plugin, cases } = TYPES[type];
  const path = await mkdtemp(join(tmpdir(), 'ar-contract-'));
  await mkdir(join(path, 'node_modules/@ar-registry'), { recursive: true });
  await symlink(SDK, join(path, 'node_modules/@ar-registry/sdk'));
  const contract = cases.slice(0, cases.indexOf('('));
  await writeFile(
    join(path, 'plugin.test.mjs'),
    `import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { test } from 'node:test';
import { ${contract} } from '@ar-registry/sdk/testing';

const server = createServer((socket) => void socket.on('error', () => undefined).unref()).listen(0, '127.0.0.1').unref();
await once(server, 'listening');
const { port } = server.address();
const limits = { timeoutMs: ${CALL_MS} };
const allow = async () => ({ allowed: true, reason: 'ok', policySource: 'default' });
function create() {
  const plugin = ${plugin};
  const honest = plugin.${method};
  plugin.${method} = ${fault.startsWith('keeps a connection') ? 'async ' : ''}function (...args) { ${FAULTS[fault]?.body ?? ''} };
  return plugin;
}
for (const { title, run } of ${cases}) test(title, run);
`,
  );
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

interface Run {
  readonly ended: 'well' | 'with a failure' | 'not';
  readonly text: string;
}

/** As an author does, without an option. */
function runTests(cwd: string): Promise<Run> {
  const { NODE_OPTIONS: _, NODE_ENV: __, NODE_TEST_CONTEXT: ___, ...env } = process.env;
  const args = ['--conditions=ar-source', '--disable-warning=ExperimentalWarning', '--test'];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd, env, timeout: PATIENCE_MS - 5_000 }, (error, stdout, stderr) => {
      const text = `${stdout}${stderr}`;
      if (!error) resolve({ ended: 'well', text });
      else resolve({ ended: error.killed ? 'not' : 'with a failure', text });
    });
  });
}
