/** Brings what was resolved into the store: download, verify, read, unpack, npm dependencies, one rename. */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { DEFAULT_ARCHIVE_LIMITS } from '@ar-registry/core/archive';
import { ArError } from '@ar-registry/core/errors';
import type { Candidate, LockEntry } from '@ar-registry/core/install';
import { MANIFEST_FILE } from '@ar-registry/core/layout';
import { parseManifest } from '@ar-registry/core/manifest';
import { firstDifference } from '@ar-registry/core/record';
import { formatPath } from '@ar-registry/core/yaml';
import type { Integrity, NormalizedManifest, PluginName, VersionDocument } from '@ar-registry/schemas';
import { describeFiles, readArchive, unpackArchive, verifyArchive, type ArchiveContents } from '../archive/index.ts';
import { installDependencies } from '../npm/index.ts';
import { filesIntegrity } from '../digest/index.ts';
import { translateFileError } from '../files/index.ts';
import type { GitCheckout } from '../install-git/index.ts';
import { assertLinked } from './linked-folder.ts';
import type { InstallPorts } from './ports.ts';
import { downloadLocked, placeInLock, type RegistryLock } from './registry-lock.ts';
import type { Resolved } from './resolve-spec.ts';

/** What would be installed, from documents alone: nothing is fetched or written. */
export function candidateOf(
  resolved: Resolved,
  ports: Pick<InstallPorts, 'client' | 'projectDir' | 'relativeRegistries'>,
): Candidate {
  const { name, permissions } = resolved.manifest;
  return { name, permissions, wanted: wantedOf(resolved), lock: lockOf(resolved, ports) };
}

/** What `ar-plugins.yaml` shall ask for. */
export function wantedOf(found: Resolved | GitCheckout): Candidate['wanted'] {
  switch (found.kind) {
    case 'folder':
    case 'archive':
      return { path: found.path };
    case 'checkout':
    case 'git':
      return { git: found.source.text };
    case 'registry':
      return { range: found.range };
  }
}

function lockOf(resolved: Resolved, ports: Parameters<typeof candidateOf>[1]): LockEntry {
  switch (resolved.kind) {
    case 'folder':
      return folderLock(resolved);
    case 'archive':
      return archiveLock(resolved);
    case 'git':
      return gitLock(resolved);
    case 'registry':
      return registryLock(resolved, placeInLock(resolved.document, ports));
  }
}

/**
 * Makes sure that the store holds what was resolved.
 *
 * @returns whether it was not there, or was damaged, and is there now
 * @throws INTEGRITY_MISMATCH, ARCHIVE_INVALID, ARCHIVE_TOO_LARGE, PACKAGE_MISMATCH, DEPENDENCIES_FAILED, DISK_FULL
 */
export async function fetchResolved(resolved: Resolved, ports: InstallPorts): Promise<boolean> {
  switch (resolved.kind) {
    case 'folder':
      return false;
    case 'archive':
    case 'git':
      return store(resolved.contents, resolved, ports);
    case 'registry':
      if (await isStored(resolved.document, ports)) return false;
      return fetchFromRegistry(resolved.document, ports);
  }
}

/**
 * Makes sure that the store holds exactly what the lock names; what is there already is verified,
 * and replaced if it is damaged.
 *
 * @returns whether it was fetched
 * @throws as `fetchResolved`, FILE_NOT_FOUND, LINK_BROKEN for a linked folder that is gone
 */
export async function restoreLocked(
  name: PluginName,
  lock: Exclude<LockEntry, { source: 'git' }>,
  ports: InstallPorts,
): Promise<boolean> {
  if (lock.source === 'folder') {
    await assertLinked({ name, path: lock.path }, ports.projectDir);
    return false;
  }
  if (await isStoredAsLocked(name, lock, ports)) return false;
  const label = `${name}@${lock.version}`;
  const bytes =
    lock.source === 'registry'
      ? await downloadLocked(name, lock, ports)
      : await readLocal(path.resolve(ports.projectDir, lock.path), label);
  return storePinned({ name, lock }, bytes, ports);
}

/**
 * Stores an archive that a lock pins, wherever its bytes are from.
 *
 * @returns whether it was not there whole before
 * @throws INTEGRITY_MISMATCH, ARCHIVE_INVALID, ARCHIVE_TOO_LARGE, PACKAGE_MISMATCH, DEPENDENCIES_FAILED, DISK_FULL
 */
export async function storePinned(
  { name, lock }: { readonly name: PluginName; readonly lock: PinnedLock },
  bytes: Uint8Array,
  ports: InstallPorts,
): Promise<boolean> {
  const label = `${name}@${lock.version}`;
  const contents = await readArchive(verifyArchive(bytes, lock.integrity, label), undefined, ports.signal);
  const manifest = manifestOf(label, contents.manifestText);
  if (filesIntegrity(describeFiles(contents)) !== lock.files) throw otherFiles(label, 'the files that the lock lists');
  return store(contents, { manifest, integrity: lock.integrity }, ports);
}

/** What is locked by the hash of its archive. */
export type PinnedLock = Exclude<LockEntry, { source: 'folder' }>;

/** False if the store has no whole entry: fetched anew, a damaged one is replaced. */
export async function isStoredAsLocked(
  name: PluginName,
  lock: Exclude<LockEntry, { source: 'folder' }>,
  { store: installed }: InstallPorts,
): Promise<boolean> {
  await installed.markUsed(lock.integrity);
  const entry = await installed.findIntact(name, lock);
  if (!entry) return false;
  // The archive is the one that is locked: whether it is of that version, its manifest says.
  if (entry.version !== lock.version)
    await assertVersion(`${name}@${lock.version}`, installed.packageDir(lock.integrity));
  return true;
}

/**
 * Whether the store has the archive whole, so that it need not be fetched. What a registry says of an archive that
 * came from another one, or before, is compared with it all the same.
 */
async function isStored(document: VersionDocument, { store: installed }: InstallPorts): Promise<boolean> {
  const { name, dist } = document;
  await installed.markUsed(dist.integrity);
  // Fetched anew, a damaged entry is replaced; one that the document describes wrongly is refused then.
  if (!(await installed.findIntact(name, { integrity: dist.integrity, files: filesIntegrity(dist.files) })))
    return false;
  const file = path.join(installed.packageDir(dist.integrity), MANIFEST_FILE);
  assertSameManifest(document, await readFile(file, 'utf8'));
  return true;
}

async function fetchFromRegistry(document: VersionDocument, ports: InstallPorts): Promise<boolean> {
  const { client, signal } = ports;
  const label = `${document.name}@${document.version}`;
  const limit = DEFAULT_ARCHIVE_LIMITS.archiveBytes;
  if (document.dist.size > limit)
    throw new ArError('ARCHIVE_TOO_LARGE', { archive: label, what: 'its size in bytes', limit });
  const bytes = await client.download(client.archiveUrl(document), document.dist.size, signal);
  const contents = await readArchive(verifyArchive(bytes, document.dist.integrity, label), undefined, signal);
  assertSameManifest(document, contents.manifestText);
  if (filesIntegrity(describeFiles(contents)) !== filesIntegrity(document.dist.files))
    throw otherFiles(label, 'the files that the registry lists');
  return store(contents, { manifest: document.manifest, integrity: document.dist.integrity }, ports);
}

/** The user agreed to what the document says; the plugin acts by what its package says. @throws PACKAGE_MISMATCH */
function assertSameManifest(document: VersionDocument, text: string): void {
  const difference = firstDifference(parseManifest(text, MANIFEST_FILE).manifest, document.manifest);
  if (!difference) return;
  const what = formatPath(difference) || MANIFEST_FILE;
  throw new ArError('PACKAGE_MISMATCH', {
    archive: `${document.name}@${document.version}`,
    expected: `the ${what} that the registry lists`,
    actual: `another ${what}`,
  });
}

/** @throws PACKAGE_MISMATCH where it is not that of `label` */
function manifestOf(label: string, text: string): NormalizedManifest {
  const { manifest } = parseManifest(text, MANIFEST_FILE);
  const actual = manifest ? `${manifest.name}@${manifest.version}` : 'no valid manifest';
  if (manifest && actual === label) return manifest;
  throw new ArError('PACKAGE_MISMATCH', { archive: label, expected: label, actual });
}

async function assertVersion(label: string, packageDir: string): Promise<void> {
  manifestOf(label, await readFile(path.join(packageDir, MANIFEST_FILE), 'utf8'));
}

function otherFiles(archive: string, expected: string): ArError {
  return new ArError('PACKAGE_MISMATCH', { archive, expected, actual: 'other files' });
}

/** @returns whether it was not there whole before */
async function store(
  contents: ArchiveContents,
  { manifest, integrity }: { manifest: NormalizedManifest; integrity: Integrity },
  ports: InstallPorts,
): Promise<boolean> {
  const entry = {
    name: manifest.name,
    version: manifest.version,
    integrity,
    files: describeFiles(contents),
    dependencies: Object.keys(manifest.dependencies).length > 0,
  };
  return ports.store.put(entry, async (packageDir) => {
    await unpackArchive(contents, packageDir, { signal: ports.signal });
    await installDependencies(packageDir, manifest, ports);
  });
}

/** @throws FILE_NOT_FOUND, FILE_ACCESS, ARCHIVE_TOO_LARGE */
async function readLocal(file: string, archive: string): Promise<Uint8Array> {
  const limit = DEFAULT_ARCHIVE_LIMITS.archiveBytes;
  const info = await stat(file).catch(() => undefined);
  if (!info) throw new ArError('FILE_NOT_FOUND', { path: file });
  if (!info.isFile()) throw new ArError('FILE_ACCESS', { path: file, reason: 'it is not a file' });
  if (info.size > limit) throw new ArError('ARCHIVE_TOO_LARGE', { archive, what: 'its size in bytes', limit });
  return readFile(file).catch((error: unknown) => {
    throw translateFileError(error, file);
  });
}

function folderLock({ manifest, path: relative }: Resolved & { kind: 'folder' }): LockEntry {
  const { version, type } = manifest;
  return { source: 'folder', version, type, path: relative };
}

function archiveLock({ manifest, integrity, path: relative, contents }: Resolved & { kind: 'archive' }): LockEntry {
  const { version, type } = manifest;
  return {
    source: 'archive',
    version,
    type,
    path: relative,
    integrity,
    files: filesIntegrity(describeFiles(contents)),
  };
}

function gitLock({ manifest, source, commit, built, integrity, contents }: Resolved & { kind: 'git' }): LockEntry {
  const { version, type } = manifest;
  const files = filesIntegrity(describeFiles(contents));
  return { source: 'git', version, type, git: source.text, commit, built, integrity, files };
}

function registryLock(
  { document, trust }: Resolved & { kind: 'registry' },
  place: Pick<RegistryLock, 'url' | 'registry'>,
): LockEntry {
  const { version, manifest, dist } = document;
  return {
    source: 'registry',
    version,
    type: manifest.type,
    trust,
    ...place,
    integrity: dist.integrity,
    files: filesIntegrity(dist.files),
  };
}
