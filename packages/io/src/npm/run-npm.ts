/** Runs the user's own npm on dependencies alone: without install scripts, without questions, within limits. */
import { ArError } from '@ar-registry/core/errors';
import { hideCredentials, toSingleLine, truncate } from '@ar-registry/core/text';
import { execa } from 'execa';
import { endAll } from '../children/end-all.ts';

const TIMEOUT_MS = 5 * 60_000;

const FLAGS = [
  '--ignore-scripts',
  // A plugin in a sandbox is not started where its package holds links, and nothing runs these programs.
  '--no-bin-links',
  '--no-audit',
  '--no-fund',
  '--no-update-notifier',
  // Peers such as agent-relay itself come from the project.
  '--legacy-peer-deps',
];

/**
 * @param args what follows `--` is no option
 * @returns why npm failed, in one line without credentials; `undefined` if it did not
 * @throws COMMAND_NOT_FOUND, DISK_FULL, and `signal.reason` when aborted
 */
export async function runNpm(
  args: readonly string[],
  { folder, signal }: { readonly folder: string; readonly signal: AbortSignal },
): Promise<string | undefined> {
  // Windows knows no groups.
  const group = process.platform !== 'win32';
  const child = execa('npm', [...FLAGS, ...args], {
    cwd: folder,
    stdin: 'ignore',
    reject: false,
    cancelSignal: signal,
    timeout: TIMEOUT_MS,
    maxBuffer: 1024 * 1024,
    // Settings of a surrounding npm script (workspaces, prefix) must not reach this one.
    env: { npm_config_workspaces: undefined, npm_config_prefix: undefined, npm_config_global: undefined },
    // `npm` is a script that starts another program for many who have several versions of Node.js.
    detached: group,
  });
  const end = (): void => endAll(child, group);
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  const result = await child;
  signal.removeEventListener('abort', end);
  signal.throwIfAborted();
  if (result.exitCode === 0) return undefined;
  if (result.code === 'ENOENT') throw new ArError('COMMAND_NOT_FOUND', { command: 'npm' });
  if (/^npm (?:error|ERR!) code ENOSPC$/m.test(result.stderr)) throw new ArError('DISK_FULL', { path: folder });
  return result.timedOut ? `npm did not end within ${TIMEOUT_MS / 1000} s.` : reasonOf(result.stderr);
}

/** What npm says is wrong, without its codes and without where it keeps its logs. */
function reasonOf(stderr: string): string {
  const lines = stderr
    .split('\n')
    .filter((line) => /^npm (?:error|ERR!)/.test(line) && !/A complete log of this run|\.log$/.test(line))
    .map((line) => line.replace(/^npm (?:error|ERR!) ?(?:code \w+$)?/, '').trim());
  const reason = toSingleLine(hideCredentials(lines.filter(Boolean).join(' ')));
  return truncate(reason || 'npm gave no reason.', 400);
}
