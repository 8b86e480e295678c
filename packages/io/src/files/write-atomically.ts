import { randomUUID } from 'node:crypto';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { translateFileError } from './errors.ts';
import { makeFolder } from './make-folder.ts';

/**
 * Replaces a file as a whole: whoever reads sees the old or the new content, also after a crash or on a full disk.
 *
 * The content is on the disk before the name points to it, and a short write is an error. A file that is there keeps
 * its mode unless another is given, and a link stays a link to the new content.
 *
 * @throws DISK_FULL, FILE_ACCESS, with the old content untouched
 */
export async function writeAtomically(
  file: string,
  data: string | Uint8Array,
  options: WriteOptions = {},
): Promise<void> {
  await replaceFile(await realpath(file).catch(() => file), data, options);
}

export interface WriteOptions {
  /** Permissions, from the first byte on: `0o600` for what nobody else may read. */
  readonly mode?: number;
}

/** The same for a folder that others wrote: a link in the file's place is replaced, not followed. */
export async function replaceFile(file: string, data: string | Uint8Array, options: WriteOptions = {}): Promise<void> {
  try {
    await makeFolder(path.dirname(file));
    await replace(file, data, options);
  } catch (error) {
    throw translateFileError(error, file);
  }
}

async function replace(file: string, data: string | Uint8Array, options: WriteOptions): Promise<void> {
  const beside = `${file}.${randomUUID()}.tmp`;
  const mode = options.mode ?? (await stat(file).catch(() => undefined))?.mode;
  try {
    const handle = await open(beside, 'wx', options.mode ?? 0o666);
    try {
      // Writes until all is written: a single `write` may end early without an error.
      await handle.writeFile(data);
      if (mode !== undefined) await handle.chmod(mode & 0o777);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
