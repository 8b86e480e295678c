/** From what an entry asks for to the files of one package, checked. No plugin code runs. */
import { realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ArError, hasCode } from '@ar-registry/core/errors';
import { satisfies } from '@ar-registry/core/version';
import type { InstallStore } from '@ar-registry/io/install-store';
import type { Lockfile, NormalizedManifest, PluginName, Version } from '@ar-registry/schemas';
import type { InstalledRequest, PluginRequest } from './config/entry.ts';
import type { ManifestReader } from './manifests.ts';
import { countedTrust, decidePlacement, type Placement, type Trust } from './placement.ts';
import type { Revocations } from './revocations.ts';

/** A package on disk whose manifest is read. Its files are those that the lockfile pins, if it came from outside. */
export interface LocatedPlugin {
  readonly manifest: NormalizedManifest;
  /** Absolute path of the folder that holds `ar-plugin.yaml`. */
  readonly dir: string;
  readonly trust: Trust;
  readonly placement: Placement;
}

export interface Places {
  readonly projectDir: string;
  readonly lock: Lockfile;
  readonly store: Pick<InstallStore, 'packageDir' | 'verify'>;
  readonly manifests: ManifestReader;
  readonly revocations: Revocations;
}

type Lock = Lockfile['plugins'][string];
type StoredLock = Exclude<Lock, { source: 'folder' }>;

/**
 * Finds the package of a request and checks it: cheap refusals first, then every file against the lockfile.
 *
 * @throws PLUGIN_NOT_INSTALLED, PLUGIN_NOT_FETCHED, PLUGIN_VERSION_MISMATCH, VERSION_REVOKED, STORE_DAMAGED, PACKAGE_MISMATCH,
 * PLUGIN_ENTRY_INVALID, FILE_INVALID, FILE_ACCESS
 */
export async function locatePlugin(request: PluginRequest, places: Places): Promise<LocatedPlugin> {
  if (request.kind === 'folder') return locateFolder(request, resolve(places.projectDir, request.path), places);
  const lock = Object.hasOwn(places.lock.plugins, request.name) ? places.lock.plugins[request.name] : undefined;
  if (!lock) throw new ArError('PLUGIN_NOT_INSTALLED', { plugin: request.name });
  if (lock.source !== 'folder') return locateStored(request, lock, places);
  const located = await locateFolder(request, resolve(places.projectDir, lock.path), places);
  if (located.manifest.name !== request.name) throw mismatch(lock.path, request.name, located.manifest);
  return located;
}

async function locateStored(
  request: InstalledRequest,
  lock: StoredLock,
  { store, manifests, revocations }: Places,
): Promise<LocatedPlugin> {
  const { name } = request;
  checkVersion(request, name, lock.version);
  if (lock.source === 'registry') await revocations.assertLoadable(name, lock);
  const trust = lock.source === 'registry' ? countedTrust(name, lock.trust) : 'community';
  const placement = decidePlacement({ trust, isolation: request.isolation });
  await verifyFiles(name, lock, store);
  const dir = store.packageDir(lock.integrity);
  const manifest = await manifests.read(dir);
  // The files are those that were published; whether they are this plugin, only the manifest inside says.
  if (manifest.name !== name || manifest.version !== lock.version || manifest.type !== lock.type)
    throw mismatch(lock.integrity, `${name}@${lock.version} (${lock.type})`, manifest);
  return { manifest, dir, trust, placement };
}

async function verifyFiles(plugin: PluginName, lock: StoredLock, store: Places['store']): Promise<void> {
  try {
    await store.verify(plugin, lock);
  } catch (error) {
    // After a clone, or as another user: the lock is there, the store of this machine does not have it yet.
    if (hasCode(error, 'NOT_INSTALLED')) throw new ArError('PLUGIN_NOT_FETCHED', { plugin }, { cause: error });
    throw error;
  }
}

async function locateFolder(
  request: PluginRequest,
  folder: string,
  { manifests }: Pick<Places, 'manifests'>,
): Promise<LocatedPlugin> {
  const info = await stat(folder).catch(() => undefined);
  if (!info?.isDirectory()) {
    const problem = info
      ? 'it is not a folder; install an archive with `ar plugin install`'
      : 'there is no such folder';
    throw new ArError('PLUGIN_ENTRY_INVALID', { entry: request.label, problem });
  }
  // Node names modules by their real path; what is said of the folder's modules must name them alike.
  const dir = await realpath(folder);
  const manifest = await manifests.read(dir);
  checkVersion(request, manifest.name, manifest.version);
  const placement = decidePlacement({ trust: 'local', isolation: request.isolation });
  return { manifest, dir, trust: 'local', placement };
}

function checkVersion(request: PluginRequest, plugin: PluginName, installed: Version): void {
  const { range } = request;
  if (range === undefined || satisfies(installed, range)) return;
  throw new ArError('PLUGIN_VERSION_MISMATCH', { plugin, wanted: range, installed });
}

function mismatch(archive: string, expected: string, { name, version, type }: NormalizedManifest): ArError {
  return new ArError('PACKAGE_MISMATCH', { archive, expected, actual: `${name}@${version} (${type})` });
}
