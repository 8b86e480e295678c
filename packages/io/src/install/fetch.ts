/** Brings what was resolved into the store: download, verify, read, unpack, npm dependencies, one rename. */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { DEFAULT_ARCHIVE_LIMITS } from '@ar-registry/core/archive';
import { ArError, hasCode } from '@ar-registry/core/errors';
import type { Candidate, LockEntry } from '@ar-registry/core/install';
import { MANIFEST_FILE } from '@ar-registry/core/layout';
import { parseManifest } from '@ar-registry/core/manifest';
import { firstDifference } from '@ar-registry/core/record';
import { formatPath } from '@ar-registry/core/yaml';
import type { Integrity, NormalizedManifest, PluginName, VersionDocument } from '@ar-registry/schemas';
import type { ApiClient } from '../api-client/index.ts';
import { describeFiles, readArchive, unpackArchive, verifyArchive, type ArchiveContents } from '../archive/index.ts';
import { installDependencies } from '../npm/index.ts';
import { filesIntegrity } from '../digest/index.ts';
import { translateFileError } from '../files/index.ts';
import type { InstallPorts } from './ports.ts';
import type { Resolved } from './resolve-spec.ts';

/** What would be installed, from documents alone: nothing is fetched or written. */
export function candidateOf(resolved: Resolved, { client }: Pick<InstallPorts, 'client'>): Candidate {
  const { name, permissions } = resolved.manifest;
  switch (resolved.kind) {
    case 'folder':
      return { name, permissions, wanted: { path: resolved.path }, lock: folderLock(resolved) };
    case 'archive':
      return { name, permissions, wanted: { path: resolved.path }, lock: archiveLock(resolved) };
    case 'registry':
      return { name, permissions, wanted: { range: resolved.range }, lock: registryLock(resolved, client) };
  }
}

/**
 * Makes sure that the store holds what was resolved.
 *
 * @throws INTEGRITY_MISMATCH, ARCHIVE_INVALID, ARCHIVE_TOO_LARGE, PACKAGE_MISMATCH, DEPENDENCIES_FAILED, DISK_FULL
 */
export async function fetchResolved(resolved: Resolved, ports: InstallPorts): Promise<void> {
  switch (resolved.kind) {
    case 'folder':
      return;
    case 'archive':
      return store(resolved.contents, resolved, ports);
    case 'registry':
      if (await isStored(resolved.document, ports)) return;
      return fetchFromRegistry(resolved.document, ports);
  }
}

/**
 * Makes sure that the store holds exactly what the lock names; what is there already is verified,
 * and replaced if it is damaged.
 *
 * @throws as `fetchResolved`, and FILE_NOT_FOUND
 */
export async function restoreLocked(name: PluginName, lock: LockEntry, ports: InstallPorts): Promise<void> {
  if (lock.source === 'folder') return;
  if (await verified(name, lock, ports)) return;
  const label = `${name}@${lock.version}`;
  const bytes =
    lock.source === 'registry'
      ? await ports.client.download(lock.url, DEFAULT_ARCHIVE_LIMITS.archiveBytes, ports.signal)
      : await readLocal(path.resolve(ports.projectDir, lock.path), label);
  const contents = await readArchive(verifyArchive(bytes, lock.integrity, label), undefined, ports.signal);
  const { manifest } = parseManifest(contents.manifestText, MANIFEST_FILE);
  const actual = manifest ? `${manifest.name}@${manifest.version}` : 'no valid manifest';
  if (!manifest || actual !== label) throw new ArError('PACKAGE_MISMATCH', { archive: label, expected: label, actual });
  if (filesIntegrity(describeFiles(contents)) !== lock.files) throw otherFiles(label, 'the files that the lock lists');
  await store(contents, { manifest, integrity: lock.integrity }, ports);
}

/** False if the store has no whole entry: fetched anew, a damaged one is replaced. */
async function verified(
  name: PluginName,
  lock: Exclude<LockEntry, { source: 'folder' }>,
  { store: installed }: InstallPorts,
): Promise<boolean> {
  await installed.markUsed(lock.integrity);
  try {
    await installed.verify(name, lock);
    return true;
  } catch (error) {
    if (hasCode(error, 'NOT_INSTALLED') || hasCode(error, 'STORE_DAMAGED')) return false;
    throw error;
  }
}

/**
 * Whether the store has the archive whole, so that it need not be fetched. What a registry says of an archive that
 * came from another one, or before, is compared with it all the same.
 */
async function isStored(document: VersionDocument, { store: installed }: InstallPorts): Promise<boolean> {
  const { name, dist } = document;
  await installed.markUsed(dist.integrity);
  try {
    await installed.verify(name, { integrity: dist.integrity, files: filesIntegrity(dist.files) });
  } catch (error) {
    // Fetched anew, a damaged entry is replaced; one that the document describes wrongly is refused then.
    if (hasCode(error, 'NOT_INSTALLED') || hasCode(error, 'STORE_DAMAGED')) return false;
    throw error;
  }
  const file = path.join(installed.packageDir(dist.integrity), MANIFEST_FILE);
  assertSameManifest(document, await readFile(file, 'utf8'));
  return true;
}

async function fetchFromRegistry(document: VersionDocument, ports: InstallPorts): Promise<void> {
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
  await store(contents, { manifest: document.manifest, integrity: document.dist.integrity }, ports);
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

function otherFiles(archive: string, expected: string): ArError {
  return new ArError('PACKAGE_MISMATCH', { archive, expected, actual: 'other files' });
}

async function store(
  contents: ArchiveContents,
  { manifest, integrity }: { manifest: NormalizedManifest; integrity: Integrity },
  ports: InstallPorts,
): Promise<void> {
  const entry = {
    name: manifest.name,
    version: manifest.version,
    integrity,
    files: describeFiles(contents),
    dependencies: Object.keys(manifest.dependencies).length > 0,
  };
  await ports.store.put(entry, async (packageDir) => {
    await unpackArchive(contents, packageDir, { signal: ports.signal });
    await installDependencies(packageDir, manifest, ports.signal);
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

function registryLock({ document, trust }: Resolved & { kind: 'registry' }, client: ApiClient): LockEntry {
  const { version, manifest, dist } = document;
  return {
    source: 'registry',
    version,
    type: manifest.type,
    trust,
    url: client.archiveUrl(document),
    registry: client.registryOf(document.name),
    integrity: dist.integrity,
    files: filesIntegrity(dist.files),
  };
}
