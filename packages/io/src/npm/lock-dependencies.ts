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
import type { NormalizedManifest } from '@ar-registry/schemas';
import { removeFolder } from '../files/index.ts';
import { runNpm } from './run-npm.ts';

export interface LockRequest {
  readonly manifest: Pick<NormalizedManifest, 'name' | 'version' | 'dependencies'>;
  readonly signal: AbortSignal;
}

const FLAGS = ['--package-lock-only', '--omit-lockfile-registry-resolved'];

/**
 * @returns the text of the lockfile, accepted by `dependencyLockProblems`
 * @throws DEPENDENCY_LOCK_FAILED, COMMAND_NOT_FOUND, DISK_FULL, and `signal.reason` when aborted
 */
export async function lockDependencies({ manifest, signal }: LockRequest): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'ar-lock-'));
  try {
    const { name, version, dependencies } = manifest;
    // What `installDependencies` writes too: npm takes a lock for another package.json as out of date.
    await writeFile(path.join(folder, 'package.json'), JSON.stringify({ name, version, private: true, dependencies }));
    const reason = await runNpm(['install', ...FLAGS], { folder, signal });
    if (reason !== undefined) throw new ArError('DEPENDENCY_LOCK_FAILED', { plugin: name, reason });
    return checkedLock(await readFile(path.join(folder, 'package-lock.json'), 'utf8'), manifest);
  } finally {
    await removeFolder(folder);
  }
}

function checkedLock(text: string, { name, dependencies }: LockRequest['manifest']): string {
  const [problem] = dependencyLockProblems(JSON.parse(text), dependencies);
  if (problem === undefined) return text;
  throw new ArError('DEPENDENCY_LOCK_FAILED', { plugin: name, reason: `${problem}.` });
}
