/** One process for one plugin: started, listened to, ended with all that it started. */
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Duplex, Readable } from 'node:stream';
import { inheritedDescriptors } from './inherited.ts';

export interface GuestProcess {
  readonly pid: number;
  /** The framed pipe. */
  readonly pipe: Duplex;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Settles when the process has ended: with how, a clause like `exited with code 1`. */
  readonly ended: Promise<string>;
  /** Ends the process and its group, at once. Does nothing once the process has ended: its number may be another's. */
  kill(): void;
}

/** `process.kill`, which signals a group where the number is below zero. */
export type Signal = (pid: number, signal: 'SIGKILL') => void;

/** @throws Error if the program cannot be started */
export async function startProcess(
  command: readonly [string, ...string[]],
  cwd: string,
  sendSignal: Signal = process.kill.bind(process),
): Promise<GuestProcess> {
  const [program, ...args] = command;
  const child = spawnAlone(program, args, cwd);
  const { promise: ended, resolve: end } = Promise.withResolvers<string>();
  child.once('exit', (code, signal) => end(describeExit(code, signal)));
  const { promise: spawned, resolve, reject } = Promise.withResolvers<void>();
  child.once('spawn', resolve);
  // Also if it cannot be signalled, later.
  child.on('error', (error) => {
    if (child.pid === undefined) end('could not be started');
    reject(error);
  });
  await spawned;
  const [, stdout, stderr, pipe] = child.stdio;
  const { pid } = child;
  if (pid === undefined || !stdout || !stderr || !pipe) throw new Error('a process was started without its pipes');
  return { pid, stdout, stderr, pipe: pipe as Duplex, ended, kill: () => killGroup(child, sendSignal) };
}

/** Never with an IPC channel: whoever writes garbage to one ends the process at its other end. */
const OWN_STDIO = ['ignore', 'pipe', 'pipe', 'pipe'] as const;

/** In a group of its own, which is ended as a whole and which the terminal's signals do not reach. */
function spawnAlone(program: string, args: readonly string[], cwd: string): ChildProcess {
  const start = (stdio: StdioOptions): ChildProcess => spawn(program, args, { cwd, env: {}, detached: true, stdio });
  const inherited = new Set(inheritedDescriptors());
  if (inherited.size === 0) return start([...OWN_STDIO]);
  const nothing = openSync('/dev/null', 'r');
  try {
    const last = Math.max(...inherited);
    const others = Array.from({ length: last + 1 }, (_, at) => (inherited.has(at) ? nothing : 'ignore'));
    return start([...OWN_STDIO, ...others.slice(OWN_STDIO.length)]);
  } finally {
    closeSync(nothing);
  }
}

function describeExit(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal !== null) return `was ended by ${signal}`;
  // From inside of a namespace, a signal comes as a code.
  return code !== null && code > 128 ? `was ended by signal ${code - 128}` : `exited with code ${code}`;
}

function killGroup(child: ChildProcess, sendSignal: Signal): void {
  const { pid, exitCode, signalCode } = child;
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  try {
    sendSignal(-pid, 'SIGKILL');
  } catch (error) {
    // ESRCH: nobody of it is left. EPERM: some of the group may not be signalled, or, on macOS, all of it has ended and
    // is about to be reaped. The leader is a child of this process, whose number is its own until then.
    if (!UNREACHABLE.has((error as NodeJS.ErrnoException).code)) throw error;
    child.kill('SIGKILL');
  }
}

const UNREACHABLE: ReadonlySet<string | undefined> = new Set(['ESRCH', 'EPERM']);
