import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withLock } from '@ar-registry/io/lock';
import { projectStateDir } from '@ar-registry/io/project';
import { createProject, dataDir, removeWorkDir, type TestProject } from './support/project.ts';
import { connectClient, nextMessage, silenceRelay } from './support/relay.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

interface Host {
  readonly child: ChildProcess;
  readonly stdout: Promise<string>;
  readonly stderr: Promise<string>;
  readonly exit: Promise<number | null>;
  /** Settles when the host has printed `ready`. */
  readonly ready: Promise<void>;
}

function startHost(project: TestProject, args: readonly string[] = []): Host {
  const env = { ...process.env, ...project.env };
  delete env['AGENT_RELAY_LOG_LEVEL'];
  const child = spawn(process.execPath, ['--conditions=ar-source', MAIN, '--project', project.dir, ...args], { env });
  const exit = once(child, 'exit').then(([code]) => code as number | null);
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  let seen = '';
  child.stdout.on('data', (chunk) => {
    seen += String(chunk);
    if (/^ready$/m.test(seen)) resolve();
  });
  return { child, exit, ready, stdout: text(child.stdout), stderr: text(child.stderr) };
}

test.each(['SIGTERM', 'SIGINT'] as const)('the host reports its plugins, runs, and exits 0 on %s', async (signal) => {
  const project = createProject();
  const code = `export default { async onLoad() { console.log('\\u001b[31mprinted by a plugin'); }, async onUnload() { console.log('unloaded'); } };`;
  project.addFolder('p', { name: '@test/p', code });
  project.write('ar.config.ts', `export default { plugins: ['./p', '@test/absent'] };`);
  const readyFile = join(project.dir, 'ready.json');
  const host = startHost(project, ['--ready-file', readyFile]);
  await host.ready;
  await expect.poll(() => existsSync(readyFile)).toBe(true);
  const ready = JSON.parse(readFileSync(readyFile, 'utf8')) as { pid: number; socketPath: string };
  expect(ready).toMatchObject({
    pid: host.child.pid,
    plugins: [
      { name: '@test/p', version: '1.0.0', type: 'hook', status: 'active' },
      { name: '@test/absent', status: 'error', code: 'PLUGIN_NOT_INSTALLED' },
    ],
  });
  // What `agent-relay down` does: a signal to the process that the pid file names.
  process.kill(Number(readFileSync(`${ready.socketPath}.pid`, 'utf8')), signal);
  expect(await host.exit).toBe(0);
  const lines = (await host.stdout).trim().split('\n');
  expect(lines[0]).toBe('@test/p@1.0.0 hook active');
  expect(lines[1]).toMatch(/^@test\/absent error PLUGIN_NOT_INSTALLED /);
  expect(lines[2]).toMatch(/^ {2}\S/);
  expect(lines.slice(3)).toEqual(['ready']);
  expect(await host.stderr).toBe('printed by a plugin\nunloaded\n');
  expect(existsSync(ready.socketPath)).toBe(false);
  expect(existsSync(`${ready.socketPath}.pid`)).toBe(false);
});

test('the host survives what a plugin leaves uncaught, and never prints messages of agents', async () => {
  const project = createProject();
  const code = `export default {
    async onLoad({ client }) {
      Promise.reject(new Error('not awaited'));
      client.onMessage = (from) => { setTimeout(() => { throw new Error('in a timer'); }, 1); client.sendMessage(from, 'answer'); };
    },
  };`;
  project.addFolder('p', { name: '@test/p', type: 'bridge', code });
  project.write('ar.config.json', JSON.stringify({ plugins: ['./p'] }));
  const readyFile = join(project.dir, 'ready.json');
  const host = startHost(project, ['--ready-file', readyFile]);
  await host.ready;
  await expect.poll(() => existsSync(readyFile)).toBe(true);
  const { socketPath } = JSON.parse(readFileSync(readyFile, 'utf8')) as { socketPath: string };
  const alice = await connectClient(socketPath, 'Alice');
  const received = nextMessage(alice);
  alice.sendMessage('p', 'a secret');
  expect(await received).toEqual({ from: 'p', body: 'answer' });
  // The exception takes the plugin out of service: its connection ends, the daemon's do not.
  const bob = await connectClient(socketPath, 'Bob');
  const hello = nextMessage(bob);
  alice.sendMessage('Bob', 'hello');
  await hello;
  alice.destroy();
  bob.destroy();
  host.child.kill('SIGTERM');
  expect(await host.exit).toBe(0);
  const printed = (await host.stdout) + (await host.stderr);
  expect(printed).toContain('not awaited');
  expect(printed).toContain('in a timer');
  expect(printed).not.toContain('a secret');
});

test('the host goes on, and ends cleanly when asked to, whenever a plugin exits', async () => {
  const project = createProject();
  const plugins = {
    load: 'export default { onLoad() { process.exit(0); } };',
    import: `import { exit } from 'node:process'; exit(0); export default {};`,
    abort: 'await 1; process.abort(); export default {};',
    timer: `export default { onLoad() { setTimeout(() => process.exit(0), 1); }, onUnload() { console.log('timer unloaded'); } };`,
    // What libraries do that think the process is theirs.
    listener: `export default { onLoad() {
      process.on('uncaughtException', () => process.exit(7));
      process.on('unhandledRejection', () => process.exit(7));
      setTimeout(() => { void Promise.reject(new Error('not awaited')); }, 1);
    } };`,
    hook: `export default { onMessage() { process.kill(process.pid, 'SIGKILL'); }, onUnload() { console.log('hook unloaded'); } };`,
  };
  for (const [name, code] of Object.entries(plugins)) project.addFolder(name, { name: `@test/${name}`, code });
  project.write('ar.config.json', JSON.stringify({ plugins: Object.keys(plugins).map((name) => `./${name}`) }));
  const readyFile = join(project.dir, 'ready.json');
  const host = startHost(project, ['--ready-file', readyFile]);
  let stderr = '';
  host.child.stderr?.on('data', (chunk) => (stderr += String(chunk)));
  await host.ready;
  const { socketPath, plugins: loaded } = JSON.parse(readFileSync(readyFile, 'utf8')) as {
    socketPath: string;
    plugins: unknown;
  };
  expect(loaded).toMatchObject([
    { name: '@test/load', status: 'error', code: 'PLUGIN_LOAD_FAILED' },
    { name: '@test/import', status: 'error', code: 'PLUGIN_IMPORT_FAILED' },
    { name: '@test/abort', status: 'error', code: 'PLUGIN_IMPORT_FAILED' },
    { name: '@test/timer', status: 'active' },
    { name: '@test/listener', status: 'active' },
    { name: '@test/hook', status: 'active' },
  ]);
  // The exit in its timer has taken it out of service.
  await expect.poll(() => stderr).toContain('timer unloaded');
  const alice = await connectClient(socketPath, 'Alice');
  const bob = await connectClient(socketPath, 'Bob');
  for (const body of ['first', 'second']) {
    const received = nextMessage(bob);
    alice.sendMessage('Bob', body);
    expect(await received).toEqual({ from: 'Alice', body });
  }
  alice.destroy();
  bob.destroy();
  host.child.kill('SIGTERM');
  expect(await host.exit).toBe(0);
  expect(stderr).toContain('hook unloaded');
});

test.each([
  ['ar.config.ts', 'process.exit(3); export default { plugins: [] };', 'exit\\(3\\)'],
  ['ar.config.js', `import { exit } from 'node:process'; exit(); export default { plugins: [] };`, 'exit\\(\\)'],
  ['ar.config.mjs', `await import('./other.mjs'); export default { plugins: [] };`, 'abort\\(\\)'],
  ['ar.config.ts', `process.kill(process.pid, 'SIGKILL'); export default { plugins: [] };`, 'kill\\(\\d+, SIGKILL\\)'],
])('a configuration in %s that ends the process, by %s, is told of, and the daemon runs', async (file, code, call) => {
  const project = createProject();
  project.write(file, code);
  project.write('other.mjs', 'await 1; process.abort();');
  const host = startHost(project);
  await Promise.race([host.ready, host.exit]);
  host.child.kill('SIGTERM');
  expect(await host.exit).toBe(0);
  expect(await host.stdout).toMatch(
    new RegExp(
      `^CONFIG_FILE_INVALID \\S+${file} cannot be used: it throws: it called process\\.${call}\\.\\n {2}\\S.*\\nready\\n$`,
    ),
  );
});

test('what a configuration leaves behind and that ends the process or fails later is told of, and the daemon runs', async () => {
  const project = createProject();
  project.addFolder('p', { name: '@test/p', code: 'export default { onMessage() {} };' });
  project.write(
    'ar.config.mjs',
    `setTimeout(() => process.exit(3), 1); setTimeout(() => { throw new Error('stray'); }, 1); void Promise.reject(new Error('not awaited'));
    export default { plugins: ['./p'] };`,
  );
  const host = startHost(project);
  let told = '';
  host.child.stderr?.on('data', (chunk) => (told += String(chunk)));
  await Promise.race([host.ready, host.exit]);
  const file = join(project.dir, 'ar.config.mjs');
  for (const what of ['it called process.exit(3)', 'stray', 'not awaited'])
    await expect.poll(() => told).toContain(`${file} failed where nothing caught it: ${what}\n`);
  host.child.kill('SIGTERM');
  expect(await host.exit).toBe(0);
  expect(await host.stdout).toBe('@test/p@1.0.0 hook active\nready\n');
});

test('a plugin that hangs while it loads does not keep the host from ending', async () => {
  const project = createProject();
  const code = `export default { onLoad() { console.log('loading'); return new Promise(() => {}); } };`;
  project.addFolder('p', { name: '@test/p', code });
  project.write('ar.config.json', JSON.stringify({ plugins: [{ name: './p', loadTimeoutMs: 60000 }] }));
  const host = startHost(project);
  await once(host.child.stderr ?? host.child, 'data');
  host.child.kill('SIGTERM');
  expect(await host.exit).toBe(0);
});

test('values of `.env` reach plugins, but not the process', async () => {
  const project = createProject();
  const manifest = 'config: { required: [FROM_DOTENV] }\n';
  const code = `export default { async onLoad({ config }) { console.log(config.fromDotenv === 'yes' && !('FROM_DOTENV' in process.env)); } };`;
  project.addFolder('p', { name: '@test/p', manifest, code });
  project.write('.env', 'FROM_DOTENV=yes\nAGENT_RELAY_DATA_DIR=/nowhere\n');
  project.write('ar.config.json', JSON.stringify({ plugins: ['./p'] }));
  const host = startHost(project);
  await host.ready;
  host.child.kill('SIGTERM');
  expect(await host.exit).toBe(0);
  expect(await host.stderr).toBe('true\n');
});

test('a data folder that makes the socket path too long ends with SOCKET_PATH_TOO_LONG, not with a crash', async () => {
  const project = createProject();
  const env = { AGENT_RELAY_DATA_DIR: join(project.dir, 'x'.repeat(100)) };
  const host = startHost({ ...project, env });
  expect(await host.exit).toBe(4);
  expect(await host.stderr).toMatch(/^SOCKET_PATH_TOO_LONG /);
});

test('of several hosts that start at the same moment one runs, and the others are told of it', async () => {
  const project = createProject();
  const hosts = Array.from({ length: 3 }, () => startHost(project));
  // None takes the socket away from another: whoever is ready stays the only one.
  const first = await Promise.race(hosts.map((host) => host.ready.then(() => host)));
  const others = hosts.filter((host) => host !== first);
  expect(await Promise.all(others.map(({ exit }) => exit))).toEqual([1, 1]);
  // On a busy machine they say before for whom they wait.
  for (const { stderr } of others) expect(await stderr).toMatch(/^(?:Waiting for .*\n)?DAEMON_RUNNING /);
  first.child.kill('SIGTERM');
  expect(await first.exit).toBe(0);
});

test('a host that waits for another says on stderr for whom, and starts once that has ended', async () => {
  const project = createProject();
  project.write('ar.config.json', '{"plugins": []}');
  const folder = join(await projectStateDir(project.dir, dataDir), 'up');
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
  const lock = { folder, resource: 'The daemon', holder: 'ar up\u001b[31m (pid 1)' };
  const holding = withLock(lock, () => held);
  const host = startHost(project);
  let told = '';
  host.child.stderr?.on('data', (chunk) => (told += String(chunk)));
  await expect
    .poll(() => told, { timeout: 10_000 })
    .toBe(`Waiting for ar up (pid 1), which starts the daemon of ${project.dir} …\n`);
  letGo();
  await holding;
  await host.ready;
  host.child.kill('SIGTERM');
  expect(await host.exit).toBe(0);
});

test('a host that waits for whoever writes `.env` says so', async () => {
  const project = createProject();
  project.write('ar.config.json', '{"plugins": []}');
  execFileSync('mkfifo', [join(project.dir, '.env')]);
  const host = startHost(project);
  let told = '';
  host.child.stderr?.on('data', (chunk) => (told += String(chunk)));
  await expect
    .poll(() => told, { timeout: 10_000 })
    .toBe(`Waiting for whoever writes ${join(project.dir, '.env')} …\n`);
  host.child.kill('SIGTERM');
  expect(await host.exit).toBe(0);
});

test('a data folder that cannot be made ends with FILE_ACCESS', async () => {
  const project = createProject();
  const folder = join(project.dir, 'package.json');
  const host = startHost({ ...project, env: { AGENT_RELAY_DATA_DIR: folder } });
  expect(await host.exit).toBe(4);
  expect(await host.stderr).toMatch(/^FILE_ACCESS /);
  // The folder that is at fault, and not the project.
  expect(await host.stderr).toContain(folder);
});

test.each([
  [['--port', '1'], 2, 'USAGE'],
  [['--project', '/nowhere/at/all'], 4, 'FILE_ACCESS'],
])('%j exits with %d', async (args, code, name) => {
  const host = startHost(createProject(), args);
  expect(await host.exit).toBe(code);
  expect(await host.stderr).toMatch(new RegExp(`^${name} `));
});
