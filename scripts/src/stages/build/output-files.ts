/** The files of an output, one by one. */
import { linkSync, lstatSync, readFileSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { translateFileError } from '@ar-registry/io/files';

/** Everything that a build writes is one of them or below it; what else is in the folder is not ours. */
export const OWN: readonly string[] = [
  'api',
  'npm',
  'badge',
  'feeds',
  'feed.atom',
  'feed.json',
  't',
  '_headers',
  '_redirects',
];

/** Where a build puts its files. */
export interface OutputWriter {
  /** Makes the file have this content. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** The same by a hard link to `source`, which holds `bytes`, where the file systems allow it. */
  link(path: string, bytes: Uint8Array, source: string | undefined): Promise<void>;
  /** What is there; undefined for no file. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Keeps a file of the build’s own in the folder, which is not served: its name begins with `.ar-`. */
  keepNote(name: `.ar-${string}`, text: string): Promise<void>;
  /** Takes back what was written: the file is deleted with all that is stale. */
  discard(path: string): void;
  /** All that was written, also where it was there already. */
  readonly paths: ReadonlySet<string>;
}

export interface OutputCounts {
  readonly written: number;
  readonly unchanged: number;
  readonly deleted: number;
}

/** The manifest says what may be deleted: nothing outside of where builds write, whatever it says. */
export function isOwnPath(path: string): boolean {
  const names = path.split('/');
  return OWN.includes(names[0] ?? '') && names.every((name) => name !== '' && !name.startsWith('.'));
}

/** Whether the file is there and has these bytes. */
export function holdsNow(path: string, bytes: Uint8Array): boolean {
  const info = lstatSync(path, { throwIfNoEntry: false });
  return info?.isFile() === true && info.size === bytes.length && readFileSync(path).equals(bytes);
}

/** What is in the file; undefined for no file. */
export function readIfThere(file: string): Uint8Array | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    return ifAbsent(error);
  }
}

/** A hard link to `source`, which holds `bytes`. Where a link is refused, as between file systems, the bytes are written. */
export function linkOrWriteNow(path: string, bytes: Uint8Array, source: string | undefined): void {
  if (source !== undefined && isLinked(source, path)) return;
  writeFileSync(path, bytes);
}

function isLinked(source: string, path: string): boolean {
  try {
    linkSync(source, path);
    return true;
  } catch (error) {
    if (isLinkRefusal(error)) return false;
    throw error;
  }
}

/** Whether a hard link cannot be made, but a file could. */
function isLinkRefusal(error: unknown): boolean {
  return ['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EACCES'].includes(codeOf(error) ?? '');
}

/** Deletes a file, and the folders that are empty then. @returns whether it was there */
export function removeFile(folder: string, path: string): boolean {
  const target = join(folder, path);
  const info = lstatSync(target, { throwIfNoEntry: false });
  if (info) rmSync(target, { force: true });
  removeEmptyFolders(folder, dirname(path));
  return info !== undefined;
}

function removeEmptyFolders(folder: string, path: string): void {
  for (let current = path; current !== '.' && current !== ''; current = dirname(current)) {
    try {
      rmdirSync(join(folder, current));
    } catch (error) {
      if (['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(codeOf(error) ?? '')) return;
      throw translateFileError(error, join(folder, current));
    }
  }
}

/** For `catch`: undefined for a file that is not there; throws everything else. */
export function ifAbsent(error: unknown): undefined {
  if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
  throw error;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
