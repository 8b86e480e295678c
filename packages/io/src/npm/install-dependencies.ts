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

export interface DependencyPorts {
  readonly signal: AbortSignal;
  /** Where the packages are; without it npm asks its registries. */
  readonly tarballs?: Tarballs | undefined;
}

/** Packages that somebody brought along. */
export interface Tarballs {
  /**
   * Writes the package that has this integrity to `file`, verified.
   *
   * @param integrity as the lock has it
   * @param label of the package, for errors
   */
  readonly write: (integrity: string, file: string, label: string) => Promise<void>;
}

/**
 * Fills `<packageDir>/node_modules`; does nothing for a plugin without dependencies.
 *
 * @returns whether there were dependencies
 * @throws DEPENDENCIES_FAILED, ARCHIVE_INVALID, COMMAND_NOT_FOUND, DISK_FULL, FILE_ACCESS
 */
export async function installDependencies(
  packageDir: string,
  manifest: NormalizedManifest,
  { signal, tarballs }: DependencyPorts,
): Promise<boolean> {
  if (Object.keys(manifest.dependencies).length === 0) return false;
  const lockText = await checkedLock(packageDir, manifest);
  const folder = `${packageDir}.dependencies`;
  try {
    await makeFolder(folder);
    const { name, version, dependencies } = manifest;
    await writeFile(path.join(folder, 'package.json'), JSON.stringify({ name, version, private: true, dependencies }));
    const text = tarballs ? await withTarballs(lockText, tarballs, { folder, signal }) : lockText;
    await writeFile(path.join(folder, 'package-lock.json'), text);
    const reason = await runNpm(['ci', '--omit=dev', tarballs ? '--offline' : '--prefer-offline'], { folder, signal });
    if (reason !== undefined) throw new ArError('DEPENDENCIES_FAILED', { plugin: name, reason });
    await rename(path.join(folder, 'node_modules'), path.join(packageDir, 'node_modules'));
  } catch (error) {
    throw translateFileError(error, packageDir);
  } finally {
    await removeFolder(folder);
  }
  return true;
}

/**
 * The lock, with each package at a file of its own in `folder`, so that npm asks nobody for it.
 *
 * @source npm package-lock.json: `resolved` may be a `file:` address, and `integrity` is compared with it all the same
 */
async function withTarballs(
  lockText: string,
  tarballs: Tarballs,
  { folder, signal }: { readonly folder: string; readonly signal: AbortSignal },
): Promise<string> {
  const lock = JSON.parse(lockText) as DependencyLock;
  const files = new Map<string, string>();
  for (const [place, { version, integrity }] of Object.entries(lock.packages)) {
    signal.throwIfAborted();
    if (place === '' || files.has(integrity)) continue;
    const file = `${files.size}.tgz`;
    await tarballs.write(integrity, path.join(folder, file), `${nameAt(place)}@${version}`);
    files.set(integrity, file);
  }
  const packages = Object.entries(lock.packages).map(([place, entry]) => {
    const file = place === '' ? undefined : files.get(entry.integrity);
    return [place, file === undefined ? entry : { ...entry, resolved: `file:${file}` }] as const;
  });
  return JSON.stringify({ ...lock, packages: Object.fromEntries(packages) });
}

/** As `dependencyLockProblems` has accepted it. */
interface DependencyLock {
  readonly packages: Readonly<Record<string, { readonly version: string; readonly integrity: string }>>;
}

function nameAt(place: string): string {
  return place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
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
