/**
 * Installs the npm dependencies of a plugin from the lockfile in its package.
 *
 * Install scripts stay off, so nothing of a dependency runs at this point; every package is pinned by the lockfile,
 * which the archive's hash covers. It happens in a folder of its own, with a package.json that names the dependencies
 * alone: what else the plugin's package.json says has no effect on npm.
 */
import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { dependencyLockProblems } from '@ar-registry/core/install';
import { DEPENDENCY_LOCK_FILE } from '@ar-registry/core/layout';
import type { NormalizedManifest } from '@ar-registry/schemas';
import { makeFolder, readTextIfExists, removeFolder, translateFileError } from '../files/index.ts';
import { runNpm } from './run-npm.ts';

/**
 * Fills `<packageDir>/node_modules`; does nothing for a plugin without dependencies.
 *
 * @returns whether there were dependencies
 * @throws DEPENDENCIES_FAILED, ARCHIVE_INVALID, COMMAND_NOT_FOUND, DISK_FULL, FILE_ACCESS
 */
export async function installDependencies(
  packageDir: string,
  manifest: NormalizedManifest,
  signal: AbortSignal,
): Promise<boolean> {
  if (Object.keys(manifest.dependencies).length === 0) return false;
  const lockText = await checkedLock(packageDir, manifest);
  const folder = `${packageDir}.dependencies`;
  try {
    await makeFolder(folder);
    const { name, version, dependencies } = manifest;
    await writeFile(path.join(folder, 'package.json'), JSON.stringify({ name, version, private: true, dependencies }));
    await writeFile(path.join(folder, 'package-lock.json'), lockText);
    const reason = await runNpm(['ci', '--omit=dev', '--prefer-offline'], { folder, signal });
    if (reason !== undefined) throw new ArError('DEPENDENCIES_FAILED', { plugin: name, reason });
    await rename(path.join(folder, 'node_modules'), path.join(packageDir, 'node_modules'));
  } catch (error) {
    throw translateFileError(error, packageDir);
  } finally {
    await removeFolder(folder);
  }
  return true;
}

async function checkedLock(packageDir: string, manifest: NormalizedManifest): Promise<string> {
  const archive = `${manifest.name}@${manifest.version}`;
  const text = await readTextIfExists(path.join(packageDir, DEPENDENCY_LOCK_FILE));
  if (text === undefined)
    throw new ArError('ARCHIVE_INVALID', { archive, problem: `it has dependencies but no ${DEPENDENCY_LOCK_FILE}` });
  const [problem] = dependencyLockProblems(parseJson(text), manifest.dependencies);
  if (problem !== undefined)
    throw new ArError('ARCHIVE_INVALID', { archive, problem: `${DEPENDENCY_LOCK_FILE}: ${problem}` });
  return text;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // refused by the check
  }
}
