import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, lstatSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { controlSocketPath } from '@ar-registry/core/layout';
import { createControlClient } from '@ar-registry/io/control-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProject, removeWorkDir, type TestProject } from './support/project.ts';
import { nextMessage, silenceRelay, startTestRelay, type TestRelay } from './support/relay.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

const NO = `{ allowed: false, reason: 'no tools', policySource: 'local' }`;

function projectWithPlugins(): TestProject {
  const project = createProject();
  const health = `async health() { return { status: 'degraded', message: 'slow' }; }`;
  project.addFolder('h', {
    name: '@test/hook',
    code: `export default { onLoad: async ({ logger }) => logger.info('hello'), onMessage() {}, ${health} };`,
  });
  project.addFolder('b', { name: '@test/broken', code: `export default { onLoad() { throw new Error('boom'); } };` });
  const yes = `{ allowed: true, reason: 'ok', policySource: 'local' }`;
  project.addFolder('p', {
    name: '@test/policy',
    type: 'policy',
    code: `export default { canMessage: async () => (${yes}), canSpawn: async () => (${yes}), canUseTool: async () => (${NO}) };`,
  });
  project.write('ar.config.json', JSON.stringify({ plugins: ['./h', './b', './p'] }));
  return project;
}

const socketOf = (relay: TestRelay): string => controlSocketPath(dirname(relay.socketPath));

test('a client asks about health, status, logs, metrics and decisions, and has a plugin reloaded', async () => {
  await using relay = await startTestRelay(projectWithPlugins());
  const client = createControlClient({ socketPath: socketOf(relay) });
  const life = { loadMs: expect.any(Number) as number, uptimeMs: expect.any(Number) as number, restarts: 0 };
  expect(await client.request('health', {})).toMatchObject({
    pid: process.pid,
    uptimeMs: expect.any(Number) as number,
    memoryBytes: expect.any(Number) as number,
    plugins: [
      {
        name: '@test/hook',
        version: '1.0.0',
        status: 'active',
        health: { status: 'degraded', message: 'slow' },
        ...life,
      },
      { name: '@test/broken', status: 'error', error: { code: 'PLUGIN_LOAD_FAILED' }, restarts: 0 },
      { name: '@test/policy', status: 'active', health: { status: 'healthy' }, ...life },
    ],
  });
  const status = await client.request('status', {});
  expect(status).toMatchObject({
    pid: process.pid,
    plugins: [{ name: '@test/hook', type: 'hook' }, { error: { code: 'PLUGIN_LOAD_FAILED' } }, {}],
  });
  expect((await client.request('reload', { plugin: '@test/hook' })).plugin).toMatchObject({ status: 'active' });
  expect((await client.request('metrics', {})).text).toContain('ar_plugin_load_seconds{plugin="@test/hook"}');
  const question = { action: 'tool', agent: 'Alice', tool: 'Bash' } as const;
  expect(await client.request('decide', { question })).toEqual({
    decision: { allowed: false, reason: 'no tools', policySource: 'local' },
  });
  const { lines } = await client.request('logs', { plugin: '@test/broken', lines: 1 });
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    { level: 'error', extra: { code: 'PLUGIN_LOAD_FAILED' } },
  ]);
  expect((await client.request('logs', { plugin: '@test/unknown' })).lines).toEqual([]);
});

test('what goes wrong comes back with its code', async () => {
  await using relay = await startTestRelay(createProject());
  const client = createControlClient({ socketPath: socketOf(relay) });
  await expect(client.request('reload', { plugin: '@test/none' })).rejects.toMatchObject({
    code: 'CONTROL_REFUSED',
    facts: { code: 'PLUGIN_NOT_LOADED' },
  });
  const stopped = createControlClient({ socketPath: `${socketOf(relay)}.none` });
  await expect(stopped.request('status', {})).rejects.toMatchObject({ code: 'CONTROL_UNREACHABLE' });
  await expect(client.request('status', {}, AbortSignal.abort())).rejects.toMatchObject({ code: 'ABORTED' });
});

test('a reload takes what changed into service: turned off, turned on, and installed meanwhile', async () => {
  const project = createProject();
  const code = 'export default { onMessage() {} };';
  await project.install({ name: '@test/old', code });
  await using relay = await startTestRelay(project);
  const client = createControlClient({ socketPath: socketOf(relay) });
  const reload = async (plugin: string): Promise<unknown> => (await client.request('reload', { plugin })).plugin;
  await project.install({ name: '@test/old', code }, { wanted: { enabled: false } });
  expect(await reload('@test/old')).toMatchObject({ status: 'disabled' });
  await project.install({ name: '@test/old', version: '2.0.0', code }, { wanted: { enabled: true } });
  expect(await reload('@test/old')).toMatchObject({ status: 'active', version: '2.0.0' });
  await project.install({ name: '@test/new', code });
  expect(await reload('@test/new')).toMatchObject({ status: 'active' });
  await expect(reload('@test/none')).rejects.toMatchObject({ facts: { code: 'PLUGIN_NOT_LOADED' } });
  await reload('@test/old');
  expect(relay.loader.getLoaded().map(({ name }) => name)).toEqual(['@test/old', '@test/new']);
});

test('only its user may use the socket, and it goes with the daemon', async () => {
  let path: string;
  {
    await using relay = await startTestRelay(createProject());
    path = socketOf(relay);
    const info = lstatSync(path);
    expect(info.isSocket()).toBe(true);
    expect(info.mode & 0o777).toBe(0o600);
  }
  expect(existsSync(path)).toBe(false);
});

async function connectTo(
  path: string,
): Promise<{ readonly socket: Socket; readonly closed: Promise<unknown>; lines(count: number): Promise<unknown[]> }> {
  const socket = connect(path);
  const closed = once(socket, 'close');
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += String(chunk);
    socket.emit('grown');
  });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return {
    socket,
    closed,
    async lines(count) {
      while (text.split('\n').length <= count) await once(socket, 'grown');
      return text
        .split('\n')
        .slice(0, count)
        .map((line) => JSON.parse(line) as unknown);
    },
  };
}

test.each([
  ['no JSON', 'hello', null],
  ['no object', '[]', null],
  ['an unknown method', '{"id":7,"method":"exit"}', 7],
  ['what is no plugin name', '{"id":8,"method":"logs","params":{"plugin":"../../etc/passwd"}}', 8],
  ['more than it may', '{"id":9,"method":"status","params":{},"extra":1}', 9],
  ['an id that is none', '{"id":1e400,"method":"status"}', null],
])('a client that sends %s is told, and may go on', async (_, line, id) => {
  await using relay = await startTestRelay(createProject());
  const client = await connectTo(socketOf(relay));
  client.socket.write(`${line}\n{"id":1,"method":"status"}\n`);
  expect(await client.lines(2)).toMatchObject([
    { id, error: { code: 'CONTROL_REQUEST_INVALID' } },
    { id: 1, result: { plugins: [] } },
  ]);
  client.socket.destroy();
});

test('requests of one connection are answered in order, however they are cut', async () => {
  await using relay = await startTestRelay(createProject());
  const client = await connectTo(socketOf(relay));
  for (const piece of [
    '{"id":1,"met',
    'hod":"status"}\n{"id":2,',
    '"method":"health"}\n{"id":3,"method":"metrics"}\n',
  ]) {
    client.socket.write(piece);
    await nextTurn();
  }
  expect(await client.lines(3)).toMatchObject([
    { id: 1, method: 'status' },
    { id: 2, method: 'health' },
    { id: 3, method: 'metrics' },
  ]);
  client.socket.destroy();
});

test('a client that never ends its line is cut off', async () => {
  await using relay = await startTestRelay(createProject());
  const flooder = await connectTo(socketOf(relay));
  flooder.socket.write('x'.repeat(200_000));
  expect(await flooder.lines(1)).toMatchObject([{ id: null, error: { code: 'CONTROL_REQUEST_INVALID' } }]);
  flooder.socket.destroy();
  await flooder.closed;
  const alice = await relay.connect('Alice');
  const received = nextMessage(await relay.connect('Bob'));
  alice.sendMessage('Bob', 'not disturbed');
  expect((await received).body).toBe('not disturbed');
});

/** Opens connections that say nothing, and opens another for each that is closed, for as long as it lives. */
const CROWD = `
const { connect } = require('node:net');
const [path, count] = process.argv.slice(1);
let left = Number(count), told = 0;
function open() {
  if (left === 0) { if (told++ === 0) console.log('all were there'); return; }
  left -= 1;
  connect(path).on('error', () => {}).on('close', open);
}
for (let one = 0; one < 400; one += 1) open();
process.stdin.resume().on('end', () => process.exit());
`;

test('of 10,000 connections that say nothing none keeps a client from its answer', async () => {
  await using relay = await startTestRelay(createProject());
  const crowd = spawn(process.execPath, ['-e', CROWD, socketOf(relay), '10000'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const all = once(crowd.stdout, 'data');
  const client = createControlClient({ socketPath: socketOf(relay), timeoutMs: 10_000 });
  let answers = 0;
  for (let over = false; !over; answers += 1) {
    expect(await client.request('health', {})).toMatchObject({ pid: process.pid });
    over = await Promise.race([all.then(() => true), nextTurn(false)]);
  }
  expect(answers).toBeGreaterThan(1);
  // Those that came last are there still.
  expect(await client.request('status', {})).toMatchObject({ pid: process.pid });
  crowd.stdin.end();
  await once(crowd, 'exit');
});

test('whoever waits for an answer is not sent away for those who say nothing', async () => {
  const project = createProject();
  const code = `export default { onMessage() {}, health: () => new Promise((resolve) => setTimeout(resolve, 1500, { status: 'healthy' })) };`;
  project.addFolder('slow', { name: '@test/slow', code });
  project.write('ar.config.json', JSON.stringify({ plugins: ['./slow'] }));
  await using relay = await startTestRelay(project);
  const client = createControlClient({ socketPath: socketOf(relay) });
  const answer = client.request('health', {});
  const crowd = await Promise.all(Array.from({ length: 200 }, () => connectTo(socketOf(relay))));
  expect(await answer).toMatchObject({ plugins: [{ health: { status: 'healthy' } }] });
  for (const { socket } of crowd) socket.destroy();
});

test('a client that asks nothing is let go of after some seconds', async () => {
  await using relay = await startTestRelay(createProject());
  const silent = await connectTo(socketOf(relay));
  const sinceMs = performance.now();
  await silent.closed;
  expect(performance.now() - sinceMs).toBeLessThan(20_000);
});

test('what a daemon that was killed left of making its socket is removed', async () => {
  const project = createProject();
  const before = await startTestRelay(project);
  const { socketPath } = before;
  await before.stop();
  const [old, new_] = ['.cAAAAAA', '.cBBBBBB'].map((name) => join(dirname(socketPath), name)) as [string, string];
  for (const path of [old, new_]) mkdirSync(path);
  utimesSync(old, 0, 0);
  await using relay = await startTestRelay(project);
  expect(relay.daemon.isRunning).toBe(true);
  expect([existsSync(old), existsSync(new_)]).toEqual([false, true]);
});

test('a socket that a killed daemon left is replaced', async () => {
  const project = createProject();
  let path: string;
  {
    await using relay = await startTestRelay(project);
    path = socketOf(relay);
  }
  // As after a kill: a socket file on which nobody listens.
  const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', script]);
  expect(lstatSync(path).isSocket()).toBe(true);
  await using relay = await startTestRelay(project);
  const client = createControlClient({ socketPath: socketOf(relay) });
  expect(await client.request('status', {})).toMatchObject({ pid: process.pid });
});

test('a file in the place of the socket stays, and the daemon runs without one', async () => {
  const project = createProject();
  let path: string;
  {
    await using relay = await startTestRelay(project);
    path = socketOf(relay);
  }
  writeFileSync(path, 'mine');
  await using relay = await startTestRelay(project);
  expect(relay.daemon.isRunning).toBe(true);
  expect(readFileSync(path, 'utf8')).toBe('mine');
  const log = join(dirname(path), 'plugins', 'logs', 'loader.log');
  await expect.poll(() => existsSync(log) && readFileSync(log, 'utf8')).toContain('CONTROL_FAILED');
});

test('a socket on which another loader answers is not taken over', async () => {
  const project = createProject();
  let path: string;
  {
    await using relay = await startTestRelay(project);
    path = socketOf(relay);
  }
  const other = createServer((socket) => socket.on('error', () => undefined).end('other\n')).listen(path);
  await once(other, 'listening');
  {
    await using relay = await startTestRelay(project);
    expect(relay.daemon.isRunning).toBe(true);
    const socket = connect(path);
    expect(String(((await once(socket, 'data')) as [Buffer])[0])).toBe('other\n');
    socket.destroy();
  }
  other.close();
});
