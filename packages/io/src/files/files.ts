import { readFile, rm } from 'node:fs/promises';
import { translateFileError } from './errors.ts';

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
