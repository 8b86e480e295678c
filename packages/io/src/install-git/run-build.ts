/** The build script of a stranger's repository: bounded in time and output, without the user's secrets, ended whole. */
import path from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { hideCredentials, stripControl, toSingleLine } from '@ar-registry/core/text';
import { execa } from 'execa';
import { makeFolder } from '../files/index.ts';
import type { InstallPorts } from '../install/ports.ts';

const TIMEOUT_MS = 10 * 60_000;
const OUTPUT_LIMIT_BYTES = 8 * 1024 * 1024;

/** What programs need to run at all. Tokens and keys, which are in others, are not handed on. */
const INHERITED = ['PATH', 'Path', 'PATHEXT', 'SystemRoot', 'ComSpec', 'LANG', 'LC_ALL'];

/**
 * @param dir absolute path of the plugin's folder
 * @returns why it failed, in one line; `undefined` if it did not
 * @throws COMMAND_NOT_FOUND, and `signal.reason` when aborted
 */
export async function runBuild(
  dir: string,
  { scratchDir, env, signal }: Pick<InstallPorts, 'scratchDir' | 'env' | 'signal'>,
): Promise<string | undefined> {
  const [home, temporary] = [path.join(scratchDir, 'home'), path.join(scratchDir, 'tmp')];
  await makeFolder(home);
  await makeFolder(temporary);
  const inherited = Object.fromEntries(INHERITED.map((name) => [name, env[name]]));
  const stop = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const child = execa('npm', ['run', 'build', '--silent', '--no-update-notifier'], {
    cwd: dir,
    env: {
      ...inherited,
      HOME: home,
      USERPROFILE: home,
      TMPDIR: temporary,
      TEMP: temporary,
      TMP: temporary,
      CI: 'true',
    },
    extendEnv: false,
    stdin: 'ignore',
    all: true,
    reject: false,
    maxBuffer: OUTPUT_LIMIT_BYTES,
    // A group of its own, so that whatever it started ends with it.
    detached: process.platform !== 'win32',
  });
  const end = (): void => endGroup(child.pid);
  stop.addEventListener('abort', end, { once: true });
  if (stop.aborted) end();
  const result = await child;
  stop.removeEventListener('abort', end);
  end();
  signal.throwIfAborted();
  if (result.code === 'ENOENT') throw new ArError('COMMAND_NOT_FOUND', { command: 'npm' });
  if (result.exitCode === 0) return undefined;
  if (stop.aborted) return `it did not end within ${TIMEOUT_MS / 60_000} minutes.`;
  if (result.isMaxBuffer) return `it wrote more than ${OUTPUT_LIMIT_BYTES / 1024 ** 2} MiB.`;
  return told(result.all);
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch (error) {
    // Nothing of it is left.
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
}

const SHOWN_CHARACTERS = 400;

/** The last lines, which is where programs say what is wrong. */
function told(output: string): string {
  const lines = stripControl(hideCredentials(output)).trim().split('\n').slice(-12);
  const text = toSingleLine(lines.join(' ')).trim();
  if (text === '') return 'its build script gave no reason.';
  return text.length > SHOWN_CHARACTERS ? `…${text.slice(-SHOWN_CHARACTERS)}` : text;
}
