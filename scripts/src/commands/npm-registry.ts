import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import type { Context } from '../command.ts';

const run = promisify(execFile);

/**
 * The npm registry that this machine is set up for: programs that are run without the environment do not know of it. One
 * with credentials in its address is not handed on.
 */
export async function readNpmRegistry({ env, signal }: Pick<Context, 'env' | 'signal'>): Promise<string | undefined> {
  const options = { cwd: tmpdir(), env: { ...env }, signal, timeout: 30_000 };
  const { stdout } = await run('npm', ['config', 'get', 'registry'], options).catch(() => ({ stdout: '' }));
  signal.throwIfAborted();
  const address = stdout.trim();
  if (!URL.canParse(address)) return undefined;
  const { username, password, href } = new URL(address);
  return username !== '' || password !== '' ? undefined : href;
}
