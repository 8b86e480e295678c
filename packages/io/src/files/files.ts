import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from 'node:fs';
import { chmod, lstat, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { translateFileError } from './errors.ts';

/**
 * The text of a file, or `undefined` if there is none. @throws FILE_ACCESS
 *
 * It is meant for small files, and reads them at once: by a promise, each takes a tenth of what a start of Node.js takes.
 */
export async function readTextIfExists(file: string): Promise<string | undefined> {
  try {
    return readRegular(file) ?? (await readFile(file, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw translateFileError(error, file);
  }
}

/** Undefined for what is no regular file: a pipe may not answer for ever, which only a promise can be given up on. */
function readRegular(file: string): string | undefined {
  const descriptor = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    return fstatSync(descriptor).isFile() ? readFileSync(descriptor, 'utf8') : undefined;
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Removes a folder and all in it, also one of one's own that nobody may read; nothing if there is none.
 *
 * @throws FILE_ACCESS
 */
export async function removeFolder(folder: string): Promise<void> {
  try {
    await removeOpen(folder);
  } catch (error) {
    throw translateFileError(error, folder);
  }
}

async function removeOpen(folder: string): Promise<void> {
  // What was renamed away is not there any more.
  if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) return;
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true, maxRetries: 3 });
  try {
    await remove();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EACCES')) throw error;
    await openFolders(folder);
    await remove();
  }
}

/** Links are not followed: what they lead to is not to be removed. */
async function openFolders(folder: string): Promise<void> {
  if (!(await lstat(folder)).isDirectory()) return;
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true }))
    if (entry.isDirectory()) await openFolders(path.join(folder, entry.name));
}
