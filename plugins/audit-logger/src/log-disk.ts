/** The files of the log: `audit.log`, which is appended to, then `audit.log.1` (the newest) and so on. */
import { type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type LogTail, readLogTail } from './log-tail.ts';

export interface LogDisk {
  /** Opens the current file, readable by its owner alone. Makes it where there is none. @throws what the file system says */
  open(): Promise<LogFile>;
  /**
   * Puts the current file, which must be closed, behind; the oldest goes, and so do those that were held before.
   *
   * @throws what the file system says
   */
  rotate(): Promise<void>;
  /** The end of the newest of the older files. */
  olderTail(): Promise<LogTail | undefined>;
  /** Bytes in all files. */
  totalBytes(): Promise<number>;
}

export interface LogFile {
  /** Tells this file from another that takes its name. */
  readonly id: number;
  /** As it was opened, as is `tail`. */
  readonly size: number;
  readonly tail: LogTail;
  /** Resolves when the operating system has all of it. */
  append(text: string): Promise<void>;
  /** Resolves when the disk has what was appended. */
  sync(): Promise<void>;
  truncate(size: number): Promise<void>;
  /** Whether the file by this name is still this one, and this long. */
  isInPlace(size: number): Promise<boolean>;
  close(): Promise<void>;
}

export interface LogDiskOptions {
  readonly dir: string;
  readonly fileName: string;
  /** The current file included. */
  readonly maxFiles: number;
  /** Whether lines up to this number may go. Files with others stay, however many there are. */
  readonly mayGo?: (lastSeq: number) => boolean;
}

export function createLogDisk({ dir, fileName, maxFiles, mayGo }: LogDiskOptions): LogDisk {
  const pathOf = (number: number): string => join(dir, basename(number === 0 ? fileName : `${fileName}.${number}`));
  const sizeOf = async (number: number): Promise<number | undefined> => (await ifExists(stat(pathOf(number))))?.size;
  const tailOf = async (number: number): Promise<LogTail | undefined> => {
    const file = await ifExists(open(pathOf(number), 'r'));
    if (!file) return undefined;
    try {
      const stats = await file.stat();
      return stats.isFile() ? await readLogTail(file, stats.size) : undefined;
    } finally {
      await file.close();
    }
  };
  const isHeld = async (number: number): Promise<boolean> => {
    const last = mayGo && (await tailOf(number))?.last;
    return mayGo !== undefined && last !== undefined && !mayGo(last.seq);
  };
  /** What was held for longer than there is room for files. */
  const removeBehind = async (number: number): Promise<void> => {
    // A process that was killed in the middle of this left gaps, and behind a gap may be what is still held.
    const older = (await olderNumbers(dir, fileName)).filter((old) => old > Math.max(number, maxFiles - 1));
    for (const old of older) if (!(await isHeld(old))) await rm(pathOf(old), { force: true });
  };

  return {
    async open() {
      const isNew = (await sizeOf(0)) === undefined;
      const file = await openFile(pathOf(0));
      if (isNew) await syncFolder(dir);
      return file;
    },
    async rotate() {
      let free = 1;
      while ((await sizeOf(free)) !== undefined && (free < maxFiles - 1 || (await isHeld(free)))) free += 1;
      for (let number = free; number > 0; number -= 1) await rename(pathOf(number - 1), pathOf(number));
      if (mayGo) await removeBehind(free);
      await syncFolder(dir);
    },
    olderTail: () => tailOf(1),
    async totalBytes() {
      let total = 0;
      for (let number = 0; number < maxFiles; number += 1) total += (await sizeOf(number)) ?? 0;
      return total;
    },
  };
}

/** Numbers of the files behind the current one, the newest first. */
export async function olderNumbers(dir: string, fileName: string): Promise<readonly number[]> {
  const names = (await readdir(dir)).filter((name) => name.startsWith(`${fileName}.`));
  const suffixes = names.map((name) => name.slice(fileName.length + 1));
  return suffixes
    .filter((suffix) => /^[1-9]\d{0,6}$/.test(suffix))
    .map(Number)
    .toSorted((a, b) => a - b);
}

async function openFile(path: string): Promise<LogFile> {
  const file = await open(path, 'a+', 0o600);
  try {
    const { size, ino } = await file.stat();
    const tail = await readLogTail(file, size);
    return {
      id: ino,
      size,
      tail,
      append: (text) => file.appendFile(text),
      sync: () => file.datasync(),
      truncate: (length) => file.truncate(length),
      async isInPlace(length) {
        const found = await ifExists(stat(path));
        return found?.ino === ino && found.size === length;
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** So that a new name survives a power failure too. Systems that cannot sync a folder keep names in their own way. */
async function syncFolder(dir: string): Promise<void> {
  let folder: FileHandle | undefined;
  try {
    folder = await open(dir, 'r');
    await folder.sync();
  } catch (error) {
    if (!['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP'].includes(codeOf(error))) throw error;
  } finally {
    await folder?.close();
  }
}

async function ifExists<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
