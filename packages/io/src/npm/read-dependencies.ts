/**
 * The code of a plugin's npm dependencies, as npm would install it: for a scan. Nothing of it is run.
 *
 * The lock and every package are attacker-controlled. npm checks the bytes against the lock's integrity; what is read
 * afterwards is bounded, and links are not followed.
 */
import type { Dirent } from 'node:fs';
import { mkdtemp, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { DEPENDENCY_LOCK_FILE } from '@ar-registry/core/layout';
import type { NormalizedManifest } from '@ar-registry/schemas';
import { makeFolder, removeFolder, translateFileError } from '../files/index.ts';
import { installDependencies } from './install-dependencies.ts';

export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** As the lock pins it. */
  readonly integrity: string;
  /** Path in the package → content. Only of what Node.js could load; other files are there without their content. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

export interface ReadDependenciesInput {
  readonly manifest: NormalizedManifest;
  /** Text of `ar-deps.lock.json`. */
  readonly lockText: string;
}

const LIMITS = { packages: 2000, fileBytes: 8 * 1024 * 1024, totalBytes: 512 * 1024 * 1024 };
const CODE = /(?:\.[cm]?js|(?:^|\/)package\.json)$/;

/**
 * Installs into a temporary folder, which is gone afterwards, and gives each package once, by place in the lock.
 *
 * @throws DEPENDENCIES_FAILED, ARCHIVE_INVALID for a lock that does not fit, ARCHIVE_TOO_LARGE, COMMAND_NOT_FOUND,
 * DISK_FULL; `signal.reason` when aborted
 */
export async function* readDependencies(
  { manifest, lockText }: ReadDependenciesInput,
  signal: AbortSignal,
): AsyncGenerator<InstalledPackage> {
  if (Object.keys(manifest.dependencies).length === 0) return;
  const folder = await mkdtemp(path.join(tmpdir(), 'ar-dependencies-'));
  try {
    const packageDir = path.join(folder, 'package');
    await makeFolder(packageDir);
    await writeFile(path.join(packageDir, DEPENDENCY_LOCK_FILE), withoutAddresses(lockText));
    await installDependencies(packageDir, manifest, { signal });
    const budget = { label: `${manifest.name}@${manifest.version}`, leftBytes: LIMITS.totalBytes };
    for (const { place, ...about } of lockedPlaces(lockText, budget.label)) {
      signal.throwIfAborted();
      const dir = path.join(packageDir, place);
      // Optional ones for other systems are locked, and not installed here.
      if (await isFolder(dir)) yield { ...about, files: await readPackage(dir, budget) };
    }
  } catch (error) {
    throw translateFileError(error, folder);
  } finally {
    await removeFolder(folder);
  }
}

/**
 * The lock without where its packages come from, so that npm asks the registry that is configured: a submission must not
 * make this machine ask hosts of its choice. What arrives is pinned all the same.
 */
function withoutAddresses(lockText: string): string {
  try {
    return JSON.stringify(JSON.parse(lockText, (key, value: unknown) => (key === 'resolved' ? undefined : value)));
  } catch (error) {
    if (error instanceof SyntaxError) return lockText; // refused by whoever installs from it
    throw error;
  }
}

interface LockedPlace {
  readonly place: string;
  readonly name: string;
  readonly version: string;
  readonly integrity: string;
}

/** Each package once, though it may be installed in several places. The lock was checked before npm got it. */
function lockedPlaces(lockText: string, archive: string): readonly LockedPlace[] {
  const { packages } = JSON.parse(lockText) as {
    packages: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
  const places = Object.entries(packages).filter(([place]) => place !== '');
  if (places.length > LIMITS.packages)
    throw new ArError('ARCHIVE_TOO_LARGE', { archive, what: 'the number of its dependencies', limit: LIMITS.packages });
  const byId = new Map<string, LockedPlace>();
  for (const [place, { name, version, integrity }] of places) {
    const called = typeof name === 'string' ? name : place.slice(place.lastIndexOf('node_modules/') + 13);
    const id = `${called}@${String(version)} ${String(integrity)}`;
    if (!byId.has(id)) byId.set(id, { place, name: called, version: String(version), integrity: String(integrity) });
  }
  return [...byId.values()];
}

async function isFolder(dir: string): Promise<boolean> {
  return stat(dir).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}

interface Budget {
  readonly label: string;
  leftBytes: number;
}

async function readPackage(dir: string, budget: Budget): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const file of await filesIn(dir)) {
    const full = path.join(dir, file);
    const { size } = await stat(full);
    const read = CODE.test(file);
    if (read) budget.leftBytes -= size;
    if (read && (size > LIMITS.fileBytes || budget.leftBytes < 0))
      throw new ArError('ARCHIVE_TOO_LARGE', {
        archive: budget.label,
        what: `the code of its dependencies in bytes, at ${path.basename(dir)}/${file}`,
        limit: size > LIMITS.fileBytes ? LIMITS.fileBytes : LIMITS.totalBytes,
      });
    files.set(file, read ? await readFile(full) : new Uint8Array());
  }
  return files;
}

/** Without the packages that npm put below it, and without links. */
async function filesIn(dir: string, below = ''): Promise<readonly string[]> {
  const entries: readonly Dirent[] = await readdir(path.join(dir, below), { withFileTypes: true });
  const lists = await Promise.all(
    entries.map(async (entry) => {
      const file = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) return entry.name === 'node_modules' && below === '' ? [] : filesIn(dir, file);
      return entry.isFile() ? [file] : [];
    }),
  );
  return lists.flat().toSorted();
}
