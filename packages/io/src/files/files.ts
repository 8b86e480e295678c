import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { translateFileError } from './errors.ts';

/**
 * Replaces a file as a whole: whoever reads sees the old or the new content, also after a crash.
 *
 * @throws DISK_FULL, FILE_ACCESS
 */
export async function writeAtomically(file: string, data: string | Uint8Array): Promise<void> {
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFileAtomic(file, typeof data === 'string' ? data : Buffer.from(data));
  } catch (error) {
    throw translateFileError(error, file);
  }
}

/** The text of a file, or `undefined` if there is none. @throws FILE_ACCESS */
export async function readTextIfExists(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw translateFileError(error, file);
  }
}

/** Removes a folder and all in it; nothing if there is none. @throws FILE_ACCESS */
export async function removeFolder(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    throw translateFileError(error, folder);
  }
}
