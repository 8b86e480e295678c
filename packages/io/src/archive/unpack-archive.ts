import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import pLimit from 'p-limit';
import { systemCode } from '../digest/system-code.ts';
import { translateFileError } from '../files/index.ts';
import type { ArchiveContents, ArchiveFile } from './read-archive.ts';

/**
 * Writes the files of an archive into `intoDir`, which must be new or empty; its parent must exist.
 *
 * Files get mode 0644 or 0755, less the umask. Nothing is flushed to disk: whoever needs the files after a power failure
 * hashes them again. On any failure what was written is removed.
 *
 * @throws DISK_FULL, FILE_ACCESS, and `signal.reason` when aborted
 */
export async function unpackArchive(
  contents: ArchiveContents,
  intoDir: string,
  options: UnpackOptions = {},
): Promise<void> {
  await unpackWith(contents, intoDir, { writeNewFile, ...options });
}

export interface UnpackOptions {
  readonly signal?: AbortSignal | undefined;
}

/** The one thing that unpacking does to the world and that a test can make fail. */
export interface UnpackPorts extends UnpackOptions {
  readonly writeNewFile: (path: string, file: ArchiveFile) => Promise<void>;
}

/** `unpackArchive` with another way to write a file. */
export async function unpackWith(contents: ArchiveContents, intoDir: string, ports: UnpackPorts): Promise<void> {
  ports.signal?.throwIfAborted();
  const created = claimFolder(intoDir);
  try {
    for (const folder of foldersOf(contents)) mkdirSync(join(intoDir, folder));
    await writeAll(contents, intoDir, ports);
    ports.signal?.throwIfAborted();
  } catch (error) {
    await removeWritten(intoDir, created);
    throw translateFileError(error, intoDir);
  }
}

/** True if the folder was made here, false if it was there and empty. */
function claimFolder(dir: string): boolean {
  try {
    mkdirSync(dir);
    return true;
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw translateFileError(error, dir);
  }
  if (namesIn(dir).length > 0) throw new ArError('FILE_ACCESS', { path: dir, reason: 'it is not empty' });
  return false;
}

function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir);
  } catch (error) {
    throw translateFileError(error, dir);
  }
}

/** All folders of the files, each after the one it is in. */
function foldersOf({ files }: ArchiveContents): readonly string[] {
  const folders = new Set<string>();
  for (const path of files.keys()) {
    for (let folder = posix.dirname(path); folder !== '.'; folder = posix.dirname(folder)) folders.add(folder);
  }
  return [...folders].toSorted((a, b) => (a < b ? -1 : 1));
}

const WRITES_AT_ONCE = 8;
const SMALL_BYTES = 64 * 1024;

/** Waits for all writes before it throws the first failure, so that none is under way when the folder is removed. */
async function writeAll(
  { files }: ArchiveContents,
  intoDir: string,
  { writeNewFile: write, signal }: UnpackPorts,
): Promise<void> {
  const atOnce = pLimit(WRITES_AT_ONCE);
  const failures: unknown[] = [];
  await atOnce.map(files, async ([path, file]) => {
    if (failures.length > 0) return;
    try {
      signal?.throwIfAborted();
      await write(join(intoDir, path), file);
    } catch (error) {
      failures.push(error);
    }
  });
  if (failures.length > 0) throw failures[0];
}

/** Never over anything that is there: in a new folder there can only be something if another program put it there. */
async function writeNewFile(path: string, { bytes, executable }: ArchiveFile): Promise<void> {
  const options = { flag: 'wx', mode: executable ? 0o755 : 0o644 };
  // By a promise, a small file takes ten times as long.
  if (bytes.length <= SMALL_BYTES) writeFileSync(path, bytes, options);
  else await writeFile(path, bytes, options);
}

async function removeWritten(dir: string, created: boolean): Promise<void> {
  if (created) return rm(dir, { recursive: true, force: true });
  for (const name of await readdir(dir)) await rm(join(dir, name), { recursive: true, force: true });
}
