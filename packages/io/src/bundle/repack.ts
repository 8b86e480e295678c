/** The archive of an installed plugin, made again from the files that the store has of it. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { PluginName } from '@ar-registry/schemas';
import { gzipDeterministic, tarBytes, type TarFile } from '../archive/index.ts';
import { integrityOf, readRegularFile } from '../digest/index.ts';
import type { InstallStore, Pinned } from '../install-store/index.ts';
import { DEFAULT_ARCHIVE_LIMITS } from '@ar-registry/core/archive';

/**
 * Packing is deterministic, so that the same files are the same archive: undefined where they are not there whole, or give
 * another one, as with another zlib.
 */
export async function repack(name: PluginName, lock: Pinned, store: InstallStore): Promise<Uint8Array | undefined> {
  const entry = await store.findIntact(name, lock);
  if (!entry) return undefined;
  const packageDir = store.packageDir(lock.integrity);
  const paths = entry.files.map((file) => file.path).toSorted((a, b) => (a < b ? -1 : 1));
  const files = await Promise.all(paths.map((file) => readPacked(packageDir, file)));
  const bytes = await gzipDeterministic(tarBytes(files));
  return integrityOf(bytes) === lock.integrity ? bytes : undefined;
}

async function readPacked(dir: string, file: string): Promise<TarFile> {
  const full = path.join(dir, file);
  const { bytes } = await readRegularFile(full, DEFAULT_ARCHIVE_LIMITS.fileBytes);
  const { mode } = await stat(full);
  return { path: file, bytes, executable: (mode & 0o100) !== 0 };
}
