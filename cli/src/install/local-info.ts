/** What is known of an installed plugin that comes from no registry: what its own files say. */
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import type { LockEntry } from '@ar-registry/core/install';
import { MANIFEST_FILE } from '@ar-registry/core/layout';
import { parseManifest } from '@ar-registry/core/manifest';
import { readTextIfExists } from '@ar-registry/io/files';
import { readLink } from '@ar-registry/io/install';
import { createInstallStore } from '@ar-registry/io/install-store';
import type { NormalizedManifest, PluginName } from '@ar-registry/schemas';

export type LocalLock = Exclude<LockEntry, { source: 'registry' }>;

export interface LocalInfo {
  readonly kind: 'local';
  readonly name: PluginName;
  readonly lock: LocalLock;
  /** Absent where its files are not here. */
  readonly manifest?: NormalizedManifest;
  /** Why the folder that it is linked to is no plugin any more. */
  readonly broken?: string;
}

interface Places {
  readonly projectDir: string;
  readonly dataDir: string;
}

export async function readLocalInfo(name: PluginName, lock: LocalLock, places: Places): Promise<LocalInfo> {
  const about = { kind: 'local', name, lock } as const;
  if (lock.source === 'folder') {
    const link = await readLink({ name, path: lock.path }, places.projectDir);
    return link.kind === 'linked' ? { ...about, manifest: link.manifest } : { ...about, broken: link.problem };
  }
  const text = await readTextIfExists(path.join(packageDir(lock, places), MANIFEST_FILE));
  const manifest = text === undefined ? undefined : parseManifest(text, MANIFEST_FILE).manifest;
  return { ...about, ...(manifest === undefined ? {} : { manifest }) };
}

const README_LIMIT_BYTES = 512 * 1024;

/** @throws README_NOT_FOUND, also for one that is larger than anybody reads */
export async function readLocalReadme(plugin: PluginName, lock: LocalLock, places: Places): Promise<string> {
  const dir = packageDir(lock, places);
  const names = await readdir(dir).catch(() => []);
  for (const name of names.filter((one) => /^readme(?:\.md)?$/i.test(one)).toSorted()) {
    const file = path.join(dir, name);
    const info = await stat(file).catch(() => undefined);
    if (info?.isFile() && info.size <= README_LIMIT_BYTES) return readFile(file, 'utf8');
  }
  throw new ArError('README_NOT_FOUND', { plugin });
}

function packageDir(lock: LocalLock, { projectDir, dataDir }: Places): string {
  if (lock.source === 'folder') return path.resolve(projectDir, lock.path);
  return createInstallStore({ dataDir }).packageDir(lock.integrity);
}
