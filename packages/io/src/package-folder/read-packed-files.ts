import path from 'node:path';
import { DEFAULT_ARCHIVE_LIMITS, packageJsonText } from '@ar-registry/core/archive';
import { ArError, hasCode } from '@ar-registry/core/errors';
import { DEPENDENCY_LOCK_FILE } from '@ar-registry/core/layout';
import pLimit from 'p-limit';
import { readRegularFile } from '../digest/regular-file.ts';
import type { InspectedPackage } from './inspected-package.ts';

const PACKAGE_JSON = 'package.json';
const READS_AT_ONCE = 16;

/**
 * The files of an author's folder as an archive would hold them. The package.json is the one that packing generates; with
 * a manifest that is not valid there is none.
 *
 * @throws FILE_ACCESS, FILE_NOT_FOUND where something changes meanwhile
 */
export async function readPackedFiles(
  dir: string,
  { manifest, packageJson, packed }: InspectedPackage & { readonly packed: readonly string[] },
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Uint8Array>> {
  // Packing adds the lock by itself, whatever `files` says.
  const names = new Set([...packed, DEPENDENCY_LOCK_FILE]);
  names.delete(PACKAGE_JSON);
  const read = await pLimit(READS_AT_ONCE).map([...names], async (name) => {
    const bytes = await readIfThere(path.join(dir, name), signal);
    return bytes ? [[name, bytes] as const] : [];
  });
  const generated = manifest && Buffer.from(packageJsonText(manifest, packageJson));
  return new Map([...read.flat(), ...(generated ? [[PACKAGE_JSON, generated] as const] : [])]);
}

/** What the manifest names is listed though it is not there. */
async function readIfThere(file: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
  try {
    const { bytes, truncated } = await readRegularFile(file, DEFAULT_ARCHIVE_LIMITS.fileBytes, signal);
    if (truncated) throw new ArError('FILE_ACCESS', { path: file, reason: 'it grew while it was looked at' });
    return bytes;
  } catch (error) {
    if (hasCode(error, 'FILE_NOT_FOUND')) return undefined;
    throw error;
  }
}
