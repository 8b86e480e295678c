/** Daemons that are started at the same moment, stopped in the middle, or killed there: one runs, and nothing is left of the others. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { withLock } from '@ar-registry/io/lock';
import { projectStateDir } from '@ar-registry/io/project';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pidsOf } from './support/processes.ts';
import { createProject, dataDir, removeWorkDir, workDir, type TestProject } from './support/project.ts';
import { RELAY_DIR } from './support/relay-dir.ts';
import { connectClient, nextMessage, silenceRelay } from './support/relay.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const REGISTER = fileURLToPath(new URL('../src/register.ts', import.meta.url));
const SERVER = pathToFileURL(join(RELAY_DIR, 'dist/daemon/server.js')).href;
const run = promisify(execFile);

interface Host {
  readonly child: ChildProcess;
  readonly exit: Promise<unknown>;
  readonly stderr: Promise<string>;
  readonly ready: Promise<void>;
}

function startHost(project: TestProject, flags: readonly string[] = []): Host {
  const args = ['--conditions=ar-source', ...flags, MAIN, '--project', project.dir];
  const child = spawn(process.execPath, args, { env: { ...process.env, ...project.env } });
  const exit = once(child, 'exit').then(([code, signal]) => (code ?? signal) as unknown);
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  let seen = '';
  child.stdout.on('data', (chunk) => {
    if (/^ready$/m.test((seen += String(chunk)))) resolve();
  });
  return { child, exit, ready, stderr: text(child.stderr) };
}

/** Of a process: `T` while it is stopped. */
function stateOf(pid: number | undefined): string | undefined {
  return /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
}

async function expectMessages(socketPath: string): Promise<void> {
  const alice = await connectClient(socketPath, 'Alice');
  const bob = await connectClient(socketPath, 'Bob');
  const received = nextMessage(bob);
  alice.sendMessage('Bob', 'hello');
  expect((await received).body).toBe('hello');
  for (const client of [alice, bob]) client.destroy();
}

test('a host that was stopped while it started does not take the socket of one that was started meanwhile', async () => {
  const project = createProject();
  project.write('ar.config.json', '{"plugins": []}');
  // As Ctrl-Z at the worst moment: the lock is taken, the socket was looked at, and the daemon is about to listen.
  project.write(
    'stop.mjs',
    `const { Daemon } = await import(${JSON.stringify(SERVER)});
    const { initStorage } = Daemon.prototype;
    Daemon.prototype.initStorage = async function () { await initStorage.call(this); process.kill(process.pid, 'SIGSTOP'); };`,
  );
  const stopped = startHost(project, ['--import', join(project.dir, 'stop.mjs')]);
  await expect.poll(() => stateOf(stopped.child.pid), { timeout: 20_000 }).toBe('T');
  const other = startHost(project);
  await other.ready;
  stopped.child.kill('SIGCONT');
  expect(await stopped.exit).toBe(1);
  expect(await stopped.stderr).toMatch(/^DAEMON_RUNNING /);
  const [folder = ''] = readdirSync(dataDir).filter((name) => /^[0-9a-f]{12}$/.test(name));
  await expectMessages(join(dataDir, folder, 'relay.sock'));
  other.child.kill('SIGTERM');
  expect(await other.exit).toBe(0);
});

/** Runs a script in the project, with the loader in it. @returns what it printed */
async function runScript(project: TestProject, script: string): Promise<readonly string[]> {
  const head = `import { Daemon } from 'agent-relay/dist/daemon/server.js';
    const daemon = new Daemon({ socketPath: ${JSON.stringify(join(workDir, 'own.sock'))}, storageConfig: { type: 'memory' } });\n`;
  project.write('host.mjs', head + script);
  const { stdout } = await run(
    process.execPath,
    ['--conditions=ar-source', '--import', REGISTER, join(project.dir, 'host.mjs')],
    { cwd: project.dir, env: { ...process.env, ...project.env, AGENT_RELAY_LOG_LEVEL: 'NONE' } },
  );
  return stdout
    .trim()
    .split('\n')
    .filter((line) => !line.startsWith('[storage]'));
}

function projectThatTells(): TestProject {
  const project = createProject();
  const code = `export default { async onLoad() { console.log('loaded'); }, async onUnload() { console.log('unloaded'); } };`;
  project.addFolder('p', { name: '@test/p', code });
  project.write('ar.config.json', JSON.stringify({ plugins: ['./p'] }));
  return project;
}

test('a daemon that is started twice at once is started once, and stopped once', async () => {
  const told = await runScript(
    projectThatTells(),
    `await Promise.all([daemon.start(), daemon.start()]);
    console.log('runs', daemon.isRunning);
    await Promise.all([daemon.stop(), daemon.stop()]);
    console.log('runs', daemon.isRunning);
    await daemon.start();
    const stopping = daemon.stop();
    await daemon.start();
    await stopping;
    console.log('runs', daemon.isRunning);
    await daemon.stop();`,
  );
  const first = ['loaded', 'runs true', 'unloaded', 'runs false'];
  expect(told).toEqual([...first, 'loaded', 'unloaded', 'loaded', 'runs true', 'unloaded']);
});

test('a daemon that is stopped while it starts does not run afterwards', async () => {
  const told = await runScript(
    projectThatTells(),
    `const starting = daemon.start().then(() => 'started', (error) => error.name);
    await daemon.stop();
    await starting;
    console.log('runs', daemon.isRunning);
    await daemon.start();
    console.log('runs', daemon.isRunning);
    await daemon.stop();`,
  );
  expect(told.filter((line) => line.startsWith('runs'))).toEqual(['runs false', 'runs true']);
});

test('the daemon of a script, with a socket of its own, waits for none of the project in whose folder it runs', async () => {
  const project = projectThatTells();
  const folder = join(await projectStateDir(project.dir, dataDir), 'up');
  const start = `await daemon.start(); console.log('runs', daemon.isRunning); await daemon.stop();`;
  const told = await withLock({ folder, resource: 'The daemon', holder: 'a start that takes long' }, () =>
    runScript(project, start),
  );
  expect(told).toContain('runs true');
  // It waits for one that starts on its own socket, from whatever folder.
  const own = join(await projectStateDir(join(workDir, 'own.sock'), dataDir), 'up');
  let isFree = false;
  const holding = withLock({ folder: own, resource: 'The daemon', holder: 'another script' }, async () => {
    await delay(1_500);
    isFree = true;
  });
  await runScript(createProject(), start);
  expect(isFree).toBe(true);
  await holding;
});

/** Parts of the time that a start takes at which it is killed: with the lock, the socket, a plugin's process that starts or runs. */
const MOMENTS = [0.3, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95, 1.1];

/** As it stands in a command line, and in no other. */
const SLEEP = 'sleep\u000086399';

test.runIf(process.platform === 'linux')(
  'a host that is killed at any moment of its start keeps the next from nothing, and leaves nothing',
  { timeout: 180_000 },
  async () => {
    const project = createProject();
    const code = `import { spawn } from 'node:child_process'; import { createServer } from 'node:net';
      export default { async onLoad() { spawn('sleep', ['86399'], { stdio: 'ignore', detached: true }); } };`;
    const permissions = { childProcess: ['sleep'] };
    await project.install(
      { name: '@test/guest', code, manifest: `permissions: ${JSON.stringify(permissions)}\n` },
      { trust: 'community', wanted: { enabled: true, permissions } },
    );
    const began = performance.now();
    const first = startHost(project);
    await first.ready;
    const wholeMs = performance.now() - began;
    expect(pidsOf(SLEEP)).toHaveLength(1);
    first.child.kill('SIGKILL');
    await first.exit;
    for (const moment of MOMENTS) {
      const host = startHost(project);
      await delay(wholeMs * moment);
      host.child.kill('SIGKILL');
      expect(await host.exit).toBe('SIGKILL');
      // All that it started is gone with it, its namespaces with that: the plugin, and what that started.
      await expect.poll(() => pidsOf(workDir), { timeout: 10_000 }).toEqual([]);
      await expect.poll(() => pidsOf(SLEEP), { timeout: 10_000 }).toEqual([]);
    }
    const last = startHost(project);
    await last.ready;
    expect(pidsOf(workDir).length).toBeGreaterThan(1);
    last.child.kill('SIGTERM');
    expect(await last.exit).toBe(0);
    const state = await projectStateDir(project.dir, dataDir);
    const files = readdirSync(dataDir, { recursive: true, encoding: 'utf8' });
    expect(files.filter((file) => /\.lock$|\.sock$|\.pid$|\.tmp$|(^|\/)\.c\w{6}$/.test(file))).toEqual([]);
    expect(readdirSync(state)).toEqual(['up']);
    expect(readdirSync(join(state, 'up'))).toEqual([]);
  },
);
