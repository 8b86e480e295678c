/** A real Redis for tests: the system's program, a data folder of its own, a port of its own on loopback. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { freePort, requireProgram } from '../programs/index.ts';

const run = promisify(execFile);

export interface RedisServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** What it answers to a command, as redis-cli writes it as JSON. */
  ask(...command: readonly string[]): Promise<unknown>;
  start(): Promise<void>;
  /** Ends it as a failing machine would: nothing is written any more. */
  kill(): Promise<void>;
  /** Stops it without a word: its connections stay, and nothing answers. */
  pause(): void;
  resume(): void;
}

/**
 * Starts one that has everything on the disk before it answers.
 *
 * @param args further arguments of redis-server, as `--requirepass`
 */
export async function startRedis(args: readonly string[] = []): Promise<RedisServer> {
  const program = await requireProgram('redis-server');
  const folder = await mkdtemp(join(tmpdir(), 'ar-redis-'));
  const port = await freePort();
  let child: ChildProcess | undefined;
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  const durable = ['--appendonly', 'yes', '--appendfsync', 'always'];

  const server: RedisServer = {
    url: `redis://127.0.0.1:${port}`,
    port,
    async ask(...command) {
      const client = await requireProgram('redis-cli');
      const { stdout } = await run(client, ['-p', String(port), '--json', ...command]);
      return JSON.parse(stdout);
    },
    start: async () => {
      const starting = spawn(program, [...settings, ...durable, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
      const log = await readiness(starting);
      if (log !== undefined) throw new Error(`Redis does not start:\n${log}`);
      child = starting;
    },
    kill: async () => {
      const ending = child;
      child = undefined;
      if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
      const ended = new Promise((resolve) => ending.once('exit', resolve));
      ending.kill('SIGKILL');
      await ended;
    },
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    [Symbol.asyncDispose]: async () => {
      await server.kill();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  await server.start();
  return server;
}

/** Resolves when it says that it takes connections, or with its log where it ends. */
function readiness(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    let log = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      if (log.length < 100_000) log += chunk.toString();
      if (log.includes('Ready to accept connections')) resolve(undefined);
    });
    child.once('error', reject);
    child.once('exit', () => resolve(log));
  });
}
