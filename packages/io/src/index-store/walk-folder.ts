import { lstatSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { translateFileError } from '../files/index.ts';
import type { Tree, TreeFile } from './tree-files.ts';

/** Small files take ten times as long by promises. After so many others get their turn, and an abort is noticed. */
const AT_ONCE = 500;

/** Never part of an index, and large. */
const IGNORED: ReadonlySet<string> = new Set(['.git', 'node_modules']);

/** A folder on disk as a tree. Links are reported as what they are and never followed. */
export function walkFolder(root: string, signal: AbortSignal | undefined): Pick<Tree, 'list' | 'sizes' | 'contents'> {
  const each = async <T>(files: readonly TreeFile[], read: (path: string) => T): Promise<Map<string, T>> => {
    const results = new Map<string, T>();
    for (const { id } of files) {
      if (results.size % AT_ONCE === 0) await breathe(signal);
      results.set(id, translated(read, join(root, id)));
    }
    return results;
  };
  return {
    list: (skip) => listFolder({ root, skip, signal }),
    sizes: (files) => each(files, (path) => lstatSync(path).size),
    contents: (files) => each(files, (path) => readFileSync(path)),
  };
}

interface Walk {
  readonly root: string;
  readonly skip: (folder: string) => boolean;
  readonly signal: AbortSignal | undefined;
}

/** In order: what a folder holds stands where the folder does. */
async function listFolder({ root, skip, signal }: Walk): Promise<readonly TreeFile[]> {
  const files: TreeFile[] = [];
  const open: Entry[] = [{ path: '', isFolder: true, file: undefined }];
  let read = 0;
  for (let next = open.pop(); next; next = open.pop()) {
    if (!next.isFolder) {
      files.push(next.file);
      continue;
    }
    if (read % AT_ONCE === 0) await breathe(signal);
    read += 1;
    const own = entriesOf(root, next.path).filter(({ path, isFolder }) => !isFolder || !skip(path));
    for (const entry of own.toReversed()) open.push(entry);
  }
  return files;
}

type Entry =
  | { readonly path: string; readonly isFolder: true; readonly file: undefined }
  | { readonly path: string; readonly isFolder: false; readonly file: TreeFile };

function entriesOf(root: string, folder: string): readonly Entry[] {
  const entries = translated((path) => readdirSync(path, { withFileTypes: true }), join(root, folder));
  const sorted = entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return sorted.flatMap((entry): readonly Entry[] => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return IGNORED.has(entry.name) ? [] : [{ path, isFolder: true, file: undefined }];
    const kind = entry.isFile() ? 'file' : entry.isSymbolicLink() ? 'symlink' : 'special';
    return [{ path, isFolder: false, file: { path, id: path, kind } }];
  });
}

async function breathe(signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await nextTurn();
}

function translated<T>(read: (path: string) => T, path: string): T {
  try {
    return read(path);
  } catch (error) {
    throw translateFileError(error, path);
  }
}
