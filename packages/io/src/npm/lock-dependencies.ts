/**
 * Makes the npm lockfile of a plugin's dependencies, `ar-deps.lock.json`: what every installation will use.
 *
 * npm only resolves here; no package is unpacked and none of its scripts run. The lock names no registry, so that
 * whoever installs uses their own, and each package is pinned by its integrity.
 */
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { dependencyLockProblems } from '@ar-registry/core/install';
import { hideCredentials, toSingleLine, truncate } from '@ar-registry/core/text';
import type { NormalizedManifest } from '@ar-registry/schemas';
import { execa } from 'execa';
import { removeFolder } from '../files/index.ts';

export interface LockRequest {
  readonly manifest: Pick<NormalizedManifest, 'name' | 'version' | 'dependencies'>;
  readonly signal: AbortSignal;
}

const TIMEOUT_MS = 5 * 60_000;

const FLAGS = [
  '--package-lock-only',
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
  '--no-update-notifier',
  '--omit-lockfile-registry-resolved',
  // Peers such as agent-relay itself come from the project; the installation resolves none either.
  '--legacy-peer-deps',
];

/**
 * @returns the text of the lockfile, accepted by `dependencyLockProblems`
 * @throws DEPENDENCY_LOCK_FAILED, COMMAND_NOT_FOUND, and `signal.reason` when aborted
 */
export async function lockDependencies({ manifest, signal }: LockRequest): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'ar-lock-'));
  try {
    const { name, version, dependencies } = manifest;
    // What `installDependencies` writes too: npm takes a lock for another package.json as out of date.
    await writeFile(path.join(folder, 'package.json'), JSON.stringify({ name, version, private: true, dependencies }));
    await npmInstall(folder, name, signal);
    return checkedLock(await readFile(path.join(folder, 'package-lock.json'), 'utf8'), manifest);
  } finally {
    await removeFolder(folder);
  }
}

async function npmInstall(folder: string, plugin: string, signal: AbortSignal): Promise<void> {
  const result = await execa('npm', ['install', ...FLAGS], {
    cwd: folder,
    stdin: 'ignore',
    reject: false,
    cancelSignal: signal,
    timeout: TIMEOUT_MS,
    maxBuffer: 1024 * 1024,
    // Settings of a surrounding npm script (workspaces, prefix) must not reach this one.
    env: { npm_config_workspaces: undefined, npm_config_prefix: undefined, npm_config_global: undefined },
  });
  signal.throwIfAborted();
  if (result.exitCode === 0) return;
  if (result.code === 'ENOENT') throw new ArError('COMMAND_NOT_FOUND', { command: 'npm' });
  const said = result.timedOut ? `npm did not end within ${TIMEOUT_MS / 1000} s.` : reasonOf(result.stderr);
  throw new ArError('DEPENDENCY_LOCK_FAILED', { plugin, reason: said });
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

function checkedLock(text: string, { name, dependencies }: LockRequest['manifest']): string {
  const [problem] = dependencyLockProblems(JSON.parse(text), dependencies);
  if (problem === undefined) return text;
  throw new ArError('DEPENDENCY_LOCK_FAILED', { plugin: name, reason: `${problem}.` });
}
