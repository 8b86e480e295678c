// The linter sees tests outside of a project, where the types of Node are not there by themselves.
/// <reference types="node" />
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import readline from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** A process of its own that runs one of the scripts in `children/`. */
export interface Child extends AsyncDisposable {
  readonly pid: number;
  /** The next line it prints; `undefined` once it has ended. */
  line(): Promise<string | undefined>;
  /** Lets a script that waits for it go on. */
  goOn(): void;
  /** Sends a signal, such as one that stops it or lets it run again. */
  signal(signal: NodeJS.Signals): void;
  /** `kill -9`, and its end. */
  kill(): Promise<void>;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

/** @param script one of `children/`, as a URL */
export function startChild(script: URL, ...args: readonly string[]): Child {
  const file = fileURLToPath(script);
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(
    process.execPath,
    ['--conditions=ar-source', file, ...args],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, 'exit').then(([code, signal]: unknown[]) => (code ?? signal) as number | string);
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  return {
    pid: child.pid ?? -1,
    line: async () => {
      const next = await lines.next();
      return next.done === true ? undefined : next.value;
    },
    goOn: () => void child.stdin.write('\n'),
    signal: (signal) => void child.kill(signal),
    kill,
    ended,
    [Symbol.asyncDispose]: kill,
  };
}
