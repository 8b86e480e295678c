/** One process for one plugin: started, listened to, ended with all that it started. */
import { spawn } from 'node:child_process';
import type { Duplex, Readable } from 'node:stream';

export interface GuestProcess {
  readonly pid: number;
  /** The framed pipe. */
  readonly pipe: Duplex;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Settles when the process has ended: with how, a clause like `exited with code 1`. */
  readonly ended: Promise<string>;
  /** Ends the process and its group, at once. */
  kill(): void;
}

/** @throws Error if the program cannot be started */
export async function startProcess(command: readonly [string, ...string[]], cwd: string): Promise<GuestProcess> {
  const [program, ...args] = command;
  // Never an IPC channel: whoever writes garbage to one ends the process at its other end. And a group of its own, which
  // is ended as a whole and which the terminal's signals do not reach.
  const child = spawn(program, args, { cwd, env: {}, detached: true, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
  const { promise: ended, resolve: end } = Promise.withResolvers<string>();
  child.once('exit', (code, signal) => end(describeExit(code, signal)));
  const { promise: spawned, resolve, reject } = Promise.withResolvers<void>();
  child.once('spawn', resolve);
  child.once('error', (error) => {
    end('could not be started');
    reject(error);
  });
  await spawned;
  const [, stdout, stderr, pipe] = child.stdio;
  const { pid } = child;
  if (pid === undefined || !stdout || !stderr || !pipe) throw new Error('a process was started without its pipes');
  return { pid, stdout, stderr, pipe: pipe as Duplex, ended, kill: () => killGroup(pid) };
}

function describeExit(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal !== null) return `was ended by ${signal}`;
  // From inside of a namespace, a signal comes as a code.
  return code !== null && code > 128 ? `was ended by signal ${code - 128}` : `exited with code ${code}`;
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // ESRCH: nobody of it is left.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
