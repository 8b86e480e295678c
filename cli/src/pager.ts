/** Long texts through the program that the user reads with. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Env } from './context.ts';

/** As git has it: end at once what fits the screen, leave colours, leave the text on the screen. */
const LESS = 'FRX';

/**
 * @param text as it would be printed, already without what acts on a terminal
 * @returns false where nobody read it, since there is no such program or none is wanted
 */
export async function readWithPager(text: string, env: Env): Promise<boolean> {
  const pager = env['PAGER'] ?? (process.platform === 'win32' ? '' : 'less');
  if (pager.trim() === '' || pager === 'cat' || env['TERM'] === 'dumb') return false;
  const child = spawn(pager, { shell: true, stdio: ['pipe', 'inherit', 'inherit'], env: { LESS, ...env } });
  // Whoever has read enough closes the pipe.
  child.stdin.on('error', () => undefined);
  child.stdin.end(text);
  const code = await once(child, 'exit').then(
    ([exit]: unknown[]) => exit,
    () => NOT_STARTED,
  );
  return code !== NOT_STARTED && code !== NOT_EXECUTABLE;
}

/** @source POSIX.1-2024, Shell Command Language §2.8.2 */
const NOT_STARTED = 127;
const NOT_EXECUTABLE = 126;
