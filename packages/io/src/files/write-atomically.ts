import {
  closeSync,
  fchmodSync,
  fsync,
  lstatSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
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
  await replaceFile(realPathOf(file), data, options);
}

export interface WriteOptions {
  /** Permissions, from the first byte on: `0o600` for what nobody else may read. */
  readonly mode?: number;
  /**
   * False for what may be lost or cut off where the power fails, because whoever reads it notices and can do without:
   * then nobody waits for the disk.
   */
  readonly durable?: boolean;
}

function realPathOf(file: string): string {
  try {
    const isLink = lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true;
    return isLink ? realpathSync.native(file) : file;
  } catch {
    return file; // it leads nowhere, or something is in the way: to write it will tell
  }
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

/** Of it all only the disk is waited for: to do the rest by promises takes ten times as long. */
async function replace(file: string, data: string | Uint8Array, options: WriteOptions): Promise<void> {
  const beside = `${file}.${temporaryId()}.tmp`;
  const mode = options.mode ?? statSync(file, { throwIfNoEntry: false })?.mode;
  try {
    const descriptor = openSync(beside, 'wx', options.mode ?? 0o666);
    try {
      // Writes until all is written: a single `write` may end early without an error.
      writeFileSync(descriptor, data);
      if (mode !== undefined) fchmodSync(descriptor, mode & 0o777);
      if (options.durable !== false) await promisify(fsync)(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

/**
 * As a UUID is written, so that leftovers are known. It has to be another one each time and need not be secret, since
 * nothing that is there is opened: to load `node:crypto` for it took longer than to write the file.
 */
function temporaryId(): string {
  const digits = Array.from({ length: 4 }, () =>
    Math.floor(Math.random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  ).join('');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
