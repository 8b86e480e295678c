/**
 * Links in the folders that a plugin may use. Node's permission model compares names: a link that is already there when
 * the plugin starts would lead it out of its folders. That goes for a link inside of a folder that it may only read,
 * too: Node copies links as they are, and a relative one leads elsewhere from where it was copied to.
 */
import type { Dirent } from 'node:fs';
import { lstat, readdir, rm } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** More entries are not looked at: whoever has as many keeps the plugin from starting, which is the safe side. */
const MAX_ENTRIES = 200_000;

export interface CheckedFolder {
  /** Real path. */
  readonly path: string;
  /** Whether the plugin may write there: then a second name of a file that is not below it is refused, too. */
  readonly isWritable: boolean;
  /** Whether links to the programs of npm packages are removed: nothing runs them, and older installs made them. */
  readonly removesPrograms?: boolean;
}

/** Something in a folder that keeps a plugin from starting. */
export interface Unsafe {
  /** Absolute path of what it is. */
  readonly path: string;
  /** Whether it is a symbolic link. */
  readonly isLink: boolean;
  /** A clause with the path in it. */
  readonly problem: string;
}

/** Looks for links. @returns the first that is found; undefined if there is none */
export async function findLink(folder: CheckedFolder): Promise<Unsafe | undefined> {
  try {
    return await search(folder);
  } catch (error) {
    // Too deep a path, or a folder that is closed to us, and so to nobody who could look.
    const { code, path = folder.path } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return { path, isLink: false, problem: `${path} cannot be looked at (${code})` };
  }
}

async function search({ path, isWritable, removesPrograms }: CheckedFolder): Promise<Unsafe | undefined> {
  const names = new Map<string, { count: number; links: number; path: string }>();
  let entries = 0;
  for await (const { entry, dir, at } of entriesBelow(path)) {
    entries += 1;
    if (entries > MAX_ENTRIES) return { path, isLink: false, problem: `${path} holds more than ${MAX_ENTRIES} files` };
    const isGone = removesPrograms === true && isProgram(entry, dir) && (await removed(at));
    const unsafe = isGone ? undefined : checkEntry(entry, at);
    if (unsafe) return unsafe;
    if (isWritable && entry.isFile()) await unlessGone(countNames(names, at));
  }
  const foreign = [...names.values()].find(({ count, links }) => links > count);
  return foreign && { ...foreign, isLink: false, problem: `${foreign.path} is a second name of a file elsewhere` };
}

async function* entriesBelow(
  path: string,
): AsyncGenerator<{ readonly entry: Dirent; readonly dir: string; readonly at: string }> {
  const pending = [path];
  for (let dir = pending.pop(); dir !== undefined; dir = pending.pop())
    for (const entry of (await unlessGone(readdir(dir, { withFileTypes: true }))) ?? []) {
      const at = join(dir, entry.name);
      if (entry.isDirectory()) pending.push(at);
      yield { entry, dir, at };
    }
}

/** Files of a granted folder come and go while it is looked through. */
async function unlessGone<T>(task: Promise<T>): Promise<T | undefined> {
  return task.catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
}

/** Stands for bytes that are no text: another file could have the name that is read in their place. */
const NO_TEXT = '\ufffd';

function checkEntry(entry: Dirent, path: string): Unsafe | undefined {
  if (entry.name.includes(NO_TEXT)) return { path, isLink: false, problem: `the name of ${path} is not UTF-8` };
  if (entry.isFile() || entry.isDirectory()) return undefined;
  const isLink = entry.isSymbolicLink();
  return { path, isLink, problem: isLink ? `${path} is a link` : `${path} is neither a file nor a folder` };
}

function isProgram(entry: Dirent, dir: string): boolean {
  return entry.isSymbolicLink() && dir.endsWith(`${sep}node_modules${sep}.bin`);
}

const NOT_OURS: ReadonlySet<string | undefined> = new Set(['EACCES', 'EPERM', 'EROFS']);

/** @returns whether it is gone */
async function removed(path: string): Promise<boolean> {
  return rm(path, { force: true }).then(
    () => true,
    (error: unknown) => {
      // The folder is not ours to write to: then the link is there, and said to be.
      if (NOT_OURS.has((error as NodeJS.ErrnoException).code)) return false;
      throw error;
    },
  );
}

async function countNames(
  names: Map<string, { count: number; links: number; path: string }>,
  path: string,
): Promise<void> {
  const { nlink, dev, ino } = await lstat(path);
  if (nlink < 2) return;
  const key = `${dev}:${ino}`;
  names.set(key, { count: (names.get(key)?.count ?? 0) + 1, links: nlink, path });
}
