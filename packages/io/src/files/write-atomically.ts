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
import { ArError } from '@ar-registry/core/errors';
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
  await replaceFile(writableTarget(file), data, options);
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

/**
 * The file that a new content replaces: a link leads to it. A device such as `/dev/null` or `/dev/stdout` must not become
 * a file, which root could make it.
 *
 * @throws FILE_ACCESS
 */
export function writableTarget(file: string): string {
  try {
    const info = statSync(file, { throwIfNoEntry: false });
    if (info && !info.isFile()) throw new ArError('FILE_ACCESS', { path: file, reason: 'it is not a regular file' });
    return info && lstatSync(file).isSymbolicLink() ? realpathSync.native(file) : file;
  } catch (error) {
    throw translateFileError(error, file);
  }
}

/** The same for a folder that others wrote: a link in the file's place is replaced, not followed. */
export async function replaceFile(file: string, data: string | Uint8Array, options: WriteOptions = {}): Promise<void> {
  (await stage(file, data, options)).place();
}

/** A new content, on the disk beside the file that it is for. */
interface StagedFile {
  /** The file has the new content. @throws DISK_FULL, FILE_ACCESS, with the old content untouched, and nothing beside it */
  place(): void;
  /** As if it had never been; nothing where it was placed. */
  discard(): void;
}

/**
 * What `writeAtomically` does for several files, up to the moment when the first of them changes: all wait for the disk at once.
 *
 * @returns in the same order, each to be placed
 * @throws DISK_FULL, FILE_ACCESS, with nothing left beside any of them
 */
export async function stageFiles(
  files: readonly { readonly path: string; readonly content: string }[],
): Promise<readonly StagedFile[]> {
  const outcomes = await Promise.allSettled(
    files.map(async ({ path: file, content }) => stage(writableTarget(file), content, {})),
  );
  const staged = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = outcomes.find((one) => one.status === 'rejected');
  if (!failed) return staged;
  for (const one of staged) one.discard();
  throw failed.reason;
}

/** Of it all only the disk is waited for: to do the rest by promises takes ten times as long. */
async function stage(file: string, data: string | Uint8Array, options: WriteOptions): Promise<StagedFile> {
  const beside = `${file}.${temporaryId()}.tmp`;
  const discard = (): void => rmSync(beside, { force: true });
  try {
    const mode = options.mode ?? statSync(file, { throwIfNoEntry: false })?.mode;
    await writeNew(beside, data, { ...options, mode });
  } catch (error) {
    throw translateFileError(error, file);
  }
  const place = (): void => {
    try {
      renameSync(beside, file);
    } catch (error) {
      discard();
      throw translateFileError(error, file);
    }
  };
  return { place, discard };
}

interface NewFile extends Omit<WriteOptions, 'mode'> {
  readonly mode: number | undefined;
}

/** Nothing is left of it where it fails. */
async function writeNew(file: string, data: string | Uint8Array, { mode, durable = true }: NewFile): Promise<void> {
  const descriptor = await openNew(file, mode === undefined ? 0o666 : mode & 0o777);
  try {
    // Writes until all is written: a single `write` may end early without an error.
    writeFileSync(descriptor, data);
    if (mode !== undefined) fchmodSync(descriptor, mode & 0o777);
    if (durable) await promisify(fsync)(descriptor);
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** Its folder is there more often than not, so it is asked for only where it is not. */
async function openNew(file: string, mode: number): Promise<number> {
  try {
    return openSync(file, 'wx', mode);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    await makeFolder(path.dirname(file));
    return openSync(file, 'wx', mode);
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
