/**
 * Links in the folders that a plugin may use. Node's permission model compares names: a link that is already there when
 * the plugin starts would lead it out of its folders.
 */
import type { Dirent } from 'node:fs';
import { lstat, readdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** More entries are not looked at: whoever has as many keeps the plugin from starting, which is the safe side. */
const MAX_ENTRIES = 200_000;

export interface CheckedFolder {
  /** Real path. */
  readonly path: string;
  /** Whether the plugin may write there: then links are refused wherever they lead, and names for other folders' files. */
  readonly isWritable: boolean;
}

/** Looks for links. @returns what is wrong, a clause with the path in it; undefined if nothing is */
export async function findLink({ path, isWritable }: CheckedFolder): Promise<string | undefined> {
  const names = new Map<string, { count: number; links: number; path: string }>();
  let entries = 0;
  const pending = [path];
  for (let dir = pending.pop(); dir !== undefined; dir = pending.pop()) {
    const found = await readdir(dir, { withFileTypes: true });
    entries += found.length;
    if (entries > MAX_ENTRIES) return `${path} holds more than ${MAX_ENTRIES} files`;
    for (const entry of found) {
      if (entry.isDirectory()) pending.push(join(dir, entry.name));
      const problem = await checkEntry(entry, join(dir, entry.name), { root: path, isWritable });
      if (problem !== undefined) return problem;
      if (isWritable && entry.isFile()) await countNames(names, join(dir, entry.name));
    }
  }
  const foreign = [...names.values()].find(({ count, links }) => links > count);
  return foreign && `${foreign.path} is a second name of a file elsewhere`;
}

async function checkEntry(
  entry: Dirent,
  path: string,
  { root, isWritable }: { readonly root: string; readonly isWritable: boolean },
): Promise<string | undefined> {
  if (entry.isFile() || entry.isDirectory()) return undefined;
  if (!entry.isSymbolicLink()) return `${path} is neither a file nor a folder`;
  // npm makes links inside of a package, in node_modules/.bin.
  const target = await realpath(path).catch(() => undefined);
  if (!isWritable && target?.startsWith(root + sep)) return undefined;
  return `${path} is a link`;
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
