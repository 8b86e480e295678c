/** The programs that commands run, and the one that runs them. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { stripControl, truncate } from '@ar-registry/core/text';
import type { Context } from '../context.ts';
import { fail, pass, warn, type Check } from './check.ts';

const TIMEOUT_MS = 10_000;

export const node: Check = {
  id: 'node',
  run: async () => {
    const { node: version } = process.versions;
    const [major = 0, minor = 0] = version.split('.').map(Number);
    const isOld = major < 22 || (major === 22 && minor < 13);
    return isOld
      ? fail(`Node.js ${version} is older than 22.13.`, 'Install a newer Node.js.')
      : pass(`Node.js ${version}.`);
  },
};

export const git: Check = {
  id: 'git',
  run: async (context) => {
    const version = await firstLine('git', ['--version'], context);
    if (version !== undefined) return pass(`${version}.`);
    return warn('git was not found: publishing and installing from git need it.', 'Install git.');
  },
};

export const npm: Check = {
  id: 'npm',
  run: async (context) => {
    const version = await firstLine(process.platform === 'win32' ? 'npm.cmd' : 'npm', ['--version'], context);
    if (version !== undefined) return pass(`npm ${version}.`);
    return warn('npm was not found: plugins with npm dependencies need it.', 'Install npm, which comes with Node.js.');
  },
};

export const path: Check = {
  id: 'path',
  run: async (context) => {
    const version = await firstLine('ar', ['--version'], context);
    if (version?.includes('agent-relay plugins')) return pass('`ar` in PATH is this command.');
    const isThere = (await firstLine('ar-plugin', ['--version'], context))?.includes('agent-relay plugins') === true;
    const found = version === undefined ? 'PATH holds no `ar`.' : '`ar` in PATH is another program.';
    if (isThere) return pass(`${found} \`ar-plugin\` is this command.`);
    return warn(found, 'Put the folder of npm’s global commands first in PATH: npm prefix -g');
  },
};

/** What a program says first; undefined if it cannot be run. */
async function firstLine(
  file: string,
  args: readonly string[],
  { env, cwd, signal }: Context,
): Promise<string | undefined> {
  try {
    const options = { env: { ...env }, cwd, signal, timeout: TIMEOUT_MS, shell: file.endsWith('.cmd') };
    const { stdout } = await promisify(execFile)(file, args, options);
    return truncate(stripControl(stdout).split('\n', 1)[0] ?? '', 100);
  } catch {
    signal.throwIfAborted();
    return undefined; // not there, or out of order: the same to whoever needs it
  }
}
