import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { chmod, lstat, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { translateFileError } from './errors.ts';

/**
 * The text of a regular file, or `undefined` if there is none. @throws FILE_ACCESS, also for a pipe or a device
 *
 * It is meant for small files, and reads them at once: by a promise, each takes a tenth of what a start of Node.js takes.
 */
export async function readTextIfExists(file: string): Promise<string | undefined> {
  return orUndefined(file, () => readRegular(file));
}

/**
 * The same for what may come through a pipe: from a password manager in the place of `.env`, or from `<(…)` of a shell.
 * An empty device, as it is laid over a file to hide it, has an empty text.
 *
 * @param signal ends the wait for whoever is to write
 * @throws FILE_ACCESS, and `AbortError`
 */
export async function readTextOrPipe(file: string, signal?: AbortSignal): Promise<string | undefined> {
  return orUndefined(file, async () => {
    const info = statSync(file);
    if (info.isFIFO()) return (await import('./read-pipe.ts')).readPipe(file, signal);
    return info.isCharacterDevice() && isEmptyDevice(file) ? '' : readRegular(file);
  });
}

async function orUndefined(file: string, read: () => string | Promise<string>): Promise<string | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw translateFileError(error, file);
  }
}

/** More than the largest lock or list of advisories. */
const LIMIT_BYTES = 128 * 1024 * 1024;

/** A pipe is opened without waiting for whoever writes to it, and found out. */
function readRegular(file: string): string {
  return withDescriptor(file, (descriptor) => {
    const info = fstatSync(descriptor);
    const reason = info.isFile() ? 'it is too large' : 'it is not a regular file';
    if (!info.isFile() || info.size > LIMIT_BYTES) throw new ArError('FILE_ACCESS', { path: file, reason });
    return readFileSync(descriptor, 'utf8');
  });
}

function isEmptyDevice(file: string): boolean {
  return withDescriptor(file, (descriptor) => readSync(descriptor, Buffer.alloc(1)) === 0);
}

function withDescriptor<T>(file: string, read: (descriptor: number) => T): T {
  const descriptor = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    return read(descriptor);
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
