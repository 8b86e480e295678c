import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readdirSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProject, removeWorkDir, workDir, type TestProject } from './support/project.ts';
import { RELAY_DIR } from './support/relay-dir.ts';
import { connectClient, nextMessage, silenceRelay } from './support/relay.ts';

beforeAll(silenceRelay);
afterAll(removeWorkDir);

const REGISTER = fileURLToPath(new URL('../src/register.ts', import.meta.url));
const FLAGS = ['--conditions=ar-source', '--import', REGISTER];
const run = promisify(execFile);

/** A plugin that tells on stderr what it sees. */
const TELLING = `export default {
  async onLoad() { console.error('loaded'); },
  async onUnload() { console.error('unloaded'); },
  onMessage: ({ from, body }) => console.error(from + ': ' + body),
};`;

function addTellingPlugin(project: TestProject): void {
  project.addFolder('p', { name: '@test/p', code: TELLING });
  project.write('ar.config.json', JSON.stringify({ plugins: ['./p', '@test/absent'] }));
}

/**
 * Makes the stock command runnable without native builds: a copy of agent-relay beside its dependencies, of which
 * node-pty alone, that `up --no-dashboard` never calls, is an empty module.
 */
function installRunnableRelay(project: TestProject): string {
  const modules = join(project.dir, 'node_modules');
  unlinkSync(join(modules, 'agent-relay'));
  cpSync(RELAY_DIR, join(modules, 'agent-relay'), {
    recursive: true,
    filter: (path) => !path.endsWith('.map') && !path.startsWith(join(RELAY_DIR, 'bin')),
  });
  const installed = dirname(RELAY_DIR);
  for (const name of readdirSync(installed))
    if (!['agent-relay', 'node-pty', '.bin', '.package-lock.json'].includes(name))
      symlinkSync(join(installed, name), join(modules, name));
  project.write('node_modules/node-pty/package.json', '{"main":"index.js"}');
  project.write('node_modules/node-pty/index.js', '');
  mkdirSync(join(modules, '.bin'));
  const command = join(modules, '.bin', 'agent-relay');
  symlinkSync('../agent-relay/dist/cli/index.js', command);
  return command;
}

/** The environment of a user who was told of updates just now: agent-relay asks npm otherwise. */
function environment(project: TestProject): NodeJS.ProcessEnv {
  const home = join(workDir, 'home');
  mkdirSync(join(home, '.agent-relay'), { recursive: true });
  const cache = { lastCheck: Date.now(), latestVersion: '1.6.0' };
  writeFileSync(join(home, '.agent-relay', 'update-cache.json'), JSON.stringify(cache));
  return { ...process.env, ...project.env, HOME: home };
}

test('the stock command loads plugins, and `status` and `down` work as ever', async () => {
  const project = createProject();
  addTellingPlugin(project);
  const command = installRunnableRelay(project);
  const options = { cwd: project.dir, env: environment(project) };
  const up = spawn(process.execPath, [...FLAGS, command, 'up', '--no-dashboard'], options);
  const exit = once(up, 'exit').then(([code]) => code as number | null);
  const [stdout, stderr] = [text(up.stdout), text(up.stderr)];
  const { promise: socket, resolve } = Promise.withResolvers<string>();
  let seen = '';
  up.stdout.on('data', (chunk) => {
    seen += String(chunk);
    const path = /^Socket: +(\S+)$/m.exec(seen)?.[1];
    if (path !== undefined && seen.includes('Daemon started.')) resolve(path);
  });
  const socketPath = await Promise.race([socket, stderr.then((output) => Promise.reject(new Error(output)))]);
  const alice = await connectClient(socketPath, 'Alice');
  const bob = await connectClient(socketPath, 'Bob');
  const received = nextMessage(bob);
  alice.sendMessage('Bob', 'hello');
  await received;
  alice.destroy();
  bob.destroy();
  const status = await run(process.execPath, [command, 'status'], options);
  expect(status.stdout).toContain('Status: RUNNING');
  const down = await run(process.execPath, [command, 'down'], options);
  expect(down.stdout).toContain('Stopped');
  expect(await exit).toBe(0);
  const told = (await stderr).split('\n').filter((line) => !line.includes('[ERROR] [daemon]'));
  expect(told.slice(0, 2)).toEqual(['loaded', '[plugins] @test/p@1.0.0 hook active']);
  expect(told[2]).toMatch(/^\[plugins\] @test\/absent error PLUGIN_NOT_INSTALLED/);
  expect(told.slice(-3, -1)).toEqual(['Alice: hello', 'unloaded']);
  await stdout;
});

/** Starts the stock command with the loader in it. */
function startUp(project: TestProject, command: string) {
  const child = spawn(process.execPath, [...FLAGS, command, 'up', '--no-dashboard'], {
    cwd: project.dir,
    env: environment(project),
  });
  const exit = once(child, 'exit').then(([code]) => code as number | null);
  const { promise: started, resolve } = Promise.withResolvers<void>();
  let seen = '';
  child.stdout.on('data', (chunk) => {
    if ((seen += String(chunk)).includes('Daemon started.')) resolve();
  });
  return { child, exit, started, stderr: text(child.stderr) };
}

test('of several stock commands at the same moment one runs, and the others are told of it without a stack trace', async () => {
  const project = createProject();
  project.write('ar.config.json', '{"plugins": []}');
  const command = installRunnableRelay(project);
  const all = Array.from({ length: 3 }, () => startUp(project, command));
  const first = await Promise.race(all.map((one) => one.started.then(() => one)));
  const others = all.filter((one) => one !== first);
  expect(await Promise.all(others.map(({ exit }) => exit))).toEqual([1, 1]);
  for (const { stderr } of others)
    expect((await stderr).replace(/^\[plugins\] Waiting for .*\n/, '')).toMatch(
      /^Failed: DAEMON_RUNNING A daemon is already running on \S+\n {2}\S.*\n$/,
    );
  // The first one still has its socket, and is told from one that is gone.
  const options = { cwd: project.dir, env: environment(project) };
  expect((await run(process.execPath, [...FLAGS, command, 'status'], options)).stdout).toContain('Status: RUNNING');
  const late = startUp(project, command);
  expect(await late.exit).toBe(1);
  expect((await run(process.execPath, [...FLAGS, command, 'down'], options)).stdout).toContain('Stopped');
  expect(await first.exit).toBe(0);
});

test('a script that runs a daemon of its own gets plugins too, and a stray exception of one does not end it', async () => {
  const project = createProject();
  project.addFolder('p', {
    name: '@test/p',
    code: `export default { async onLoad() { setTimeout(() => { throw new Error('stray'); }, 1); }, async onUnload() { console.log('unloaded'); } };`,
  });
  project.write('ar.config.json', JSON.stringify({ plugins: ['./p'] }));
  project.write(
    'host.mjs',
    `import { Daemon } from 'agent-relay/dist/daemon/server.js';
    const daemon = new Daemon({ socketPath: ${JSON.stringify(join(workDir, 'h.sock'))}, storageConfig: { type: 'memory' } });
    await daemon.start();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await daemon.stop();
    await daemon.start();
    await daemon.stop();
    console.log('ended');`,
  );
  const env = { ...environment(project), AGENT_RELAY_LOG_LEVEL: 'NONE' };
  const { stdout, stderr } = await run(process.execPath, [...FLAGS, join(project.dir, 'host.mjs')], {
    cwd: project.dir,
    env,
  });
  const told = stderr.trim().split('\n');
  // The second daemon may end before the timer does.
  expect(told.filter((line) => line.endsWith('hook active'))).toHaveLength(2);
  expect(new Set(told)).toEqual(
    new Set(['[plugins] @test/p@1.0.0 hook active', '[plugins] @test/p failed where nothing caught it: stray']),
  );
  expect(stdout.trim().split('\n').slice(1)).toEqual(['unloaded', 'unloaded', 'ended']);
});

test('an exception that is no plugin’s ends the process as ever', async () => {
  const project = createProject();
  project.write('ar.config.json', '{"plugins": []}');
  project.write(
    'host.mjs',
    `import { Daemon } from 'agent-relay/dist/daemon/server.js';
    const daemon = new Daemon({ socketPath: ${JSON.stringify(join(workDir, 'i.sock'))}, storageConfig: { type: 'memory' } });
    await daemon.start();
    setTimeout(() => { throw new Error('ours'); }, 1);`,
  );
  const failing = run(process.execPath, [...FLAGS, join(project.dir, 'host.mjs')], {
    cwd: project.dir,
    env: environment(project),
  });
  await expect(failing).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('ours') as string });
});

test('a process without agent-relay is left alone', async () => {
  const script = join(workDir, 'plain.mjs');
  writeFileSync(script, `console.log('plain');`);
  expect(await run(process.execPath, [...FLAGS, script])).toEqual({ stdout: 'plain\n', stderr: '' });
});

test('an agent-relay of another major version is told of, and runs without plugins', async () => {
  const project = createProject();
  unlinkSync(join(project.dir, 'node_modules', 'agent-relay'));
  project.write('node_modules/agent-relay/package.json', '{"version":"9.1.6"}');
  project.write('host.mjs', `console.log('runs');`);
  const { stdout, stderr } = await run(process.execPath, [...FLAGS, join(project.dir, 'host.mjs')]);
  expect(stdout).toBe('runs\n');
  expect(stderr).toMatch(/^\[plugins\] AGENT_RELAY_UNSUPPORTED /);
});
