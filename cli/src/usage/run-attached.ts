/** Another program in place of this one: the same standard streams, the same signals, the same end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import { isatty } from 'node:tty';
import { ArError } from '@ar-registry/core/errors';
import type { Env } from '../context.ts';

export interface Program {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Env;
}

/** A terminal sends these to all programs in front of it: passed on as well, they would arrive twice. */
const BY_TERMINAL = ['SIGINT', 'SIGQUIT'] as const;
const PASSED_ON = ['SIGTERM', 'SIGHUP'] as const;

/**
 * Nothing else may listen to signals meanwhile.
 *
 * @returns its exit code; for one that a signal ended, what a shell makes of it
 * @throws COMMAND_NOT_FOUND
 */
export async function runAttached({ file, args, cwd, env }: Program): Promise<number> {
  const child = spawn(file, args, { stdio: 'inherit', cwd, env: { ...env } });
  const passOn = (signal: NodeJS.Signals): void => void child.kill(signal);
  const listeners = [
    ...PASSED_ON.map((signal) => [signal, passOn] as const),
    ...BY_TERMINAL.map((signal) => [signal, isatty(0) ? doNothing : passOn] as const),
  ];
  for (const [signal, listener] of listeners) process.on(signal, listener);
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    return code ?? 128 + (signal === null ? 0 : os.constants.signals[signal]);
  } catch (error) {
    throw new ArError('COMMAND_NOT_FOUND', { command: file }, { cause: error });
  } finally {
    for (const [signal, listener] of listeners) process.off(signal, listener);
  }
}

function doNothing(): void {
  // The program got it from the terminal.
}
