/** Ctrl-C, a closed terminal and a closed pipe, wherever a command waits: it ends within a second and leaves nothing. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { routes } from '@ar-registry/core/layout';
import { withLock } from '@ar-registry/io/lock';
import { projectStateDir } from '@ar-registry/io/project';
import { serveRegistry, type ServedRegistry } from '@ar-registry/testing/served-registry';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSandbox, errorCode, PROGRAM, type Sandbox, type Started } from './support/ar.ts';
import { hang, isRunning, orEnd, tracesIn } from './support/interrupted.ts';

const HELLO = '@acme/hello';
/** A second, where nothing else runs. */
const SOON_MS = 3000;
const WITH_DEPENDENCIES = '@acme/deep';

let registry: ServedRegistry;
let sandbox: Sandbox;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  const lock = {
    name: WITH_DEPENDENCIES,
    version: '1.0.0',
    lockfileVersion: 3,
    requires: true,
    packages: {
      '': { name: WITH_DEPENDENCIES, version: '1.0.0', dependencies: { ms: '2.1.3' } },
      'node_modules/ms': {
        version: '2.1.3',
        resolved: 'https://registry.example.com/ms/-/ms-2.1.3.tgz',
        integrity: 'sha512-6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA==',
      },
    },
  };
  registry = await serveRegistry([
    { manifest: { name: HELLO, version: '1.0.0', permissions: { network: ['example.com'] } as never } },
    {
      manifest: { name: WITH_DEPENDENCIES, version: '1.0.0', dependencies: { ms: '2.1.3' } },
      files: { 'ar-deps.lock.json': JSON.stringify(lock) },
    },
  ]);
});
afterAll(() => registry[Symbol.asyncDispose]());

beforeEach(() => {
  registry.intercept = undefined;
  sandbox = createSandbox();
  fs.mkdirSync(path.join(sandbox.dir, 'project'));
  env = { AR_REGISTRY: registry.url, AGENT_RELAY_DATA_DIR: path.join(sandbox.dir, 'data') };
  return () => sandbox[Symbol.dispose]();
});

const inProject = (...words: readonly string[]): readonly string[] => [
  'plugin',
  ...words,
  '--project',
  path.join(sandbox.dir, 'project'),
];

const traces = (): readonly string[] => tracesIn(sandbox.dir);

/** Interrupts, and says how it ended. */
async function interrupt({ child, ended }: Started, signal: NodeJS.Signals = 'SIGINT') {
  const startedMs = performance.now();
  child.kill(signal);
  const end = await ended;
  return { code: end.code, error: errorCode(end), inTime: performance.now() - startedMs < SOON_MS };
}

const ABORTED = { code: 130, error: 'ABORTED', inTime: true };

/** Settles with the first request, which is never answered. */
function silence(): Promise<void> {
  return new Promise((resolve) => {
    registry.intercept = () => {
      resolve();
      return true;
    };
  });
}

describe('while a registry is silent', () => {
  it.each([
    [['search', 'x']],
    [['info', HELLO]],
    [['readme', HELLO]],
    [['list', '--available']],
    [['install', HELLO]],
    [['dist-tag', 'list', HELLO]],
    [['owner', 'list', HELLO]],
    [['doctor']],
  ])('%j', async (words) => {
    const asked = silence();
    const before = traces();
    const started = sandbox.startAr(inProject(...words), env);
    await asked;
    expect([await interrupt(started), traces()]).toEqual([ABORTED, before]);
  });

  it.each(['outdated', 'update'])('%s', async (command) => {
    expect((await sandbox.ar(inProject('install', HELLO), env)).code).toBe(0);
    fs.rmSync(path.join(sandbox.dir, 'data/plugins/cache'), { recursive: true, force: true });
    const asked = silence();
    const before = traces();
    const started = sandbox.startAr(inProject(command), env);
    await asked;
    expect([await interrupt(started), traces()]).toEqual([ABORTED, before]);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'an installation that has begun to fetch, by %s',
    async (signal) => {
      const download = `/${routes.download(HELLO, '1.0.0')}`;
      const bytes = registry.files.get(download.slice(1)) ?? new Uint8Array();
      const begun = new Promise<void>((resolve) => {
        registry.intercept = (request, response) => {
          if (request.url !== download) return false;
          response.writeHead(200, { 'content-length': bytes.length });
          response.write(bytes.subarray(0, bytes.length / 2), () => resolve());
          return true;
        };
      });
      const before = traces();
      const started = sandbox.startAr(inProject('install', HELLO), env);
      await begun;
      expect([await interrupt(started, signal), traces()]).toEqual([ABORTED, before]);
      registry.intercept = undefined;
      expect((await sandbox.ar(inProject('install', HELLO), env)).code).toBe(0);
    },
  );
});

describe('while another program works', () => {
  it('npm, for the dependencies of a plugin', async () => {
    const npm = hang('npm', sandbox.dir);
    const before = traces();
    const started = sandbox.startAr(inProject('install', WITH_DEPENDENCIES), { ...env, PATH: npm.path });
    const [shell = 0] = await orEnd(npm.started, started);
    const after = await interrupt(started);
    expect([after, traces()]).toEqual([ABORTED, before]);
    expect(isRunning(shell)).toBe(false);
  });

  it('git, which waits for a server', async () => {
    const server = http.createServer(() => undefined).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/index.git`;
    const asked = once(server, 'request');
    const before = traces();
    const started = sandbox.startAr(
      ['plugin', 'yank', `${HELLO}@1.0.0`, '--reason', 'x', '--as', 'acme:1', '--index', address],
      env,
    );
    await orEnd(asked, started);
    expect([await interrupt(started), traces()]).toEqual([ABORTED, before]);
    server.closeAllConnections();
    server.close();
  });

  it('another ar, which holds the lock of the project', async () => {
    const project = path.join(sandbox.dir, 'project');
    const folder = await projectStateDir(project, path.join(sandbox.dir, 'data'));
    await withLock({ folder, resource: 'the project', holder: 'a test' }, async () => {
      const before = traces();
      const started = sandbox.startAr(inProject('install', HELLO), env);
      await new Promise<void>((resolve) => {
        started.child.stderr?.on('data', (text: string) => text.includes('a test') && resolve());
        void started.ended.then(() => resolve());
      });
      const after = await interrupt(started);
      expect(after).toEqual(ABORTED);
      expect(traces().filter((name) => !name.includes('plugins/store'))).toEqual(before);
    });
  });
});

const hasTerminals = process.platform === 'linux' && spawnSync('script', ['--version']).status === 0;

/** What is typed once a text is shown, and how it ends. @source script(1), util-linux */
async function typeAt(text: string, keys: string, words: readonly string[]) {
  const program = [...PROGRAM, ...words].map((word) => `'${word}'`).join(' ');
  // A shell that stays would tell of the signal, and not of how the program ended.
  const command = `exec ${program}`;
  const { dir, home } = sandbox;
  const terminal = spawn('script', ['-qefc', command, '/dev/null'], {
    cwd: dir,
    env: { PATH: process.env['PATH'], HOME: home, TMPDIR: dir, TERM: 'xterm', ...env },
  });
  let [screen, typedMs] = ['', 0];
  terminal.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    screen += chunk;
    if (typedMs > 0 || !screen.includes(text)) return;
    typedMs = performance.now();
    terminal.stdin.write(keys);
  });
  const [code] = (await once(terminal, 'close')) as [number | null];
  return { code, screen, inTime: typedMs > 0 && performance.now() - typedMs < SOON_MS };
}

describe.skipIf(!hasTerminals)('at a terminal, by Ctrl-C', () => {
  it('a question about permissions', async () => {
    const before = traces();
    const { code, inTime, screen } = await typeAt('[y/N]', '\u0003', inProject('install', HELLO));
    expect({ code, inTime, screen }).toEqual({
      code: 130,
      inTime: true,
      screen: expect.stringContaining('error[ABORTED]') as string,
    });
    expect(traces()).toEqual(before);
  });

  it('logs that are followed, quietly', async () => {
    fs.writeFileSync(path.join(sandbox.dir, 'project/package.json'), '{}');
    const { findRelayProject } = await import('../src/usage/relay-project.ts');
    const { logsDir } = await findRelayProject({
      projectDir: async () => path.join(sandbox.dir, 'project'),
      dataDir: path.join(sandbox.dir, 'data'),
    });
    fs.mkdirSync(logsDir, { recursive: true });
    fs.writeFileSync(path.join(logsDir, 'acme__x.log'), 'a line\n');
    const { code, inTime, screen } = await typeAt('a line', '\u0003', inProject('logs', '-f'));
    expect([code, inTime, screen.includes('error')]).toEqual([130, true, false]);
  });

  it('a daemon that ar up started, which ends in its own way', async () => {
    const { createRelayProject } = await import('./support/relay.ts');
    fs.rmSync(path.join(sandbox.dir, 'project'), { recursive: true });
    const project = createRelayProject(sandbox);
    project.write(
      'node_modules/agent-relay/dist/cli/index.js',
      `let count = 0;
process.on('SIGINT', () => { count += 1; setTimeout(() => { console.log('interrupted ' + count); process.exit(7); }, 100); });
process.stdin.once('data', (typed) => console.log('typed', String(typed).trim()));
console.log('ready ' + process.stdin.isTTY);`,
    );
    const { code, screen } = await typeAt('ready true', '\u0003', ['up', '--project', project.dir]);
    expect(code).toBe(7);
    expect(screen).toContain('interrupted 1');
  });
});

describe('a pipe whose reader is gone', () => {
  it.each([
    ['plugin --help | head -1', /Find, install/],
    ['plugin list --available --json | head -1', /^\{\n$/],
    ['plugin nonsense 2>&1 | head -1', /error/],
    ['plugin completion bash | true', /^$/],
  ])('ar %s ends quietly', async (line, shown) => {
    const program = PROGRAM.map((word) => `'${word}'`).join(' ');
    const command = `set -o pipefail; ${program} ${line}; echo "$?" >&2`;
    const { stdout, stderr } = await sandbox.start('bash', ['-c', command], env).ended;
    expect(stdout).toMatch(shown);
    expect(stderr.trim()).toMatch(/^\d+$/);
  });

  it('is no failure of the command', async () => {
    const started = sandbox.startAr(['plugin', 'completion', 'bash'], env);
    started.child.stdout?.destroy();
    expect(await started.ended).toMatchObject({ code: 0, stderr: '' });
  });
});

/** A port that takes connections and says nothing is what a registry behind a broken proxy looks like. */
it('ends although nobody answers the handshake of TLS', async () => {
  const server = net.createServer((socket) => socket.on('error', () => undefined).resume()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const connected = once(server, 'connection');
  const started = sandbox.startAr(['plugin', 'search', 'x'], { ...env, AR_REGISTRY: url });
  await connected;
  expect(await interrupt(started)).toEqual(ABORTED);
  server.close();
});
