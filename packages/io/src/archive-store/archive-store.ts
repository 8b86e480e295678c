/**
 * A folder of archives, each under the name of its content. Nothing in it ever changes: an archive is there or is not.
 *
 * The folder may be part of a git tree that others wrote, so what is read is a plain file of bounded size, and is
 * hashed before it is believed. The layout is `archiveStorePath` of `@ar-registry/core/archive`.
 */
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { archiveStorePath, DEFAULT_ARCHIVE_LIMITS } from '@ar-registry/core/archive';
import { ArError, hasCode } from '@ar-registry/core/errors';
import type { Integrity } from '@ar-registry/schemas';
import { integrityOf } from '../digest/index.ts';
import { readRegularFile, readSmallFile } from '../digest/regular-file.ts';
import { systemCode } from '../digest/system-code.ts';
import { replaceFile, translateFileError } from '../files/index.ts';

export interface ArchiveStore {
  /** Where the archive is or would be, relative to the store's folder, POSIX. */
  path(integrity: Integrity): string;
  /** Keeps an archive. Whoever reads meanwhile sees all of it or nothing. @throws DISK_FULL, FILE_ACCESS */
  put(bytes: Uint8Array): Promise<Integrity>;
  /**
   * An archive, hashed again as it was read.
   *
   * @throws ARCHIVE_NOT_IN_STORE, ARCHIVE_TOO_LARGE above `limitBytes`, INTEGRITY_MISMATCH, FILE_ACCESS
   */
  get(integrity: Integrity, limitBytes?: number): Promise<Uint8Array>;
  /** Whether a file is there; `get` tells whether it is the right one. @throws FILE_ACCESS */
  has(integrity: Integrity): Promise<boolean>;
}

/** The store in the folder `dir`, which is made by the first `put`. */
export function createArchiveStore(dir: string): ArchiveStore {
  const locate = (integrity: Integrity): string => join(dir, archiveStorePath(integrity));

  async function read(integrity: Integrity, limitBytes: number): Promise<Uint8Array> {
    const path = locate(integrity);
    const { bytes, truncated } = await readUpTo(path, limitBytes).catch((error: unknown) => {
      if (!hasCode(error, 'FILE_NOT_FOUND')) throw error;
      throw new ArError('ARCHIVE_NOT_IN_STORE', { integrity, store: dir }, { cause: error });
    });
    if (truncated)
      throw new ArError('ARCHIVE_TOO_LARGE', { archive: path, what: 'its size in bytes', limit: limitBytes });
    const actual = integrityOf(bytes);
    if (actual !== integrity) throw new ArError('INTEGRITY_MISMATCH', { archive: path, expected: integrity, actual });
    return bytes;
  }

  return {
    path: archiveStorePath,
    async put(bytes) {
      const integrity = integrityOf(bytes);
      if (!(await isWhole(read(integrity, bytes.length)))) await replaceFile(locate(integrity), bytes);
      return integrity;
    },
    get: (integrity, limitBytes = DEFAULT_ARCHIVE_LIMITS.archiveBytes) => read(integrity, limitBytes),
    async has(integrity) {
      try {
        return (await lstat(locate(integrity))).isFile();
      } catch (error) {
        if (systemCode(error) === 'ENOENT') return false;
        throw translateFileError(error, locate(integrity));
      }
    },
  };
}

/** A small one at once: most archives are, and by promises it takes ten times as long. */
async function readUpTo(
  path: string,
  limitBytes: number,
): Promise<{ readonly bytes: Uint8Array; readonly truncated: boolean }> {
  const bytes = readSmallFile(path);
  return bytes ? { bytes, truncated: bytes.length > limitBytes } : readRegularFile(path, limitBytes);
}

/** False for a file that is missing or damaged, which is then written anew. */
async function isWhole(reading: Promise<Uint8Array>): Promise<boolean> {
  try {
    await reading;
    return true;
  } catch (error) {
    const mendable = (['ARCHIVE_NOT_IN_STORE', 'ARCHIVE_TOO_LARGE', 'INTEGRITY_MISMATCH', 'FILE_ACCESS'] as const).some(
      (code) => hasCode(error, code),
    );
    if (!mendable) throw error;
    return false;
  }
}
