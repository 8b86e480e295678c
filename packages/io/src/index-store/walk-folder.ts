import { lstat, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { translateFileError } from '../files/index.ts';
import type { Tree, TreeFile } from './tree-files.ts';

/** Open files at a time. */
const CONCURRENCY = 16;

/** Never part of an index, and large. */
const IGNORED: ReadonlySet<string> = new Set(['.git', 'node_modules']);

/** A folder on disk as a tree. Links are reported as what they are and never followed. */
export function walkFolder(root: string, signal: AbortSignal | undefined): Pick<Tree, 'list' | 'sizes' | 'contents'> {
  const limit = pLimit(CONCURRENCY);
  const each = async <T>(files: readonly TreeFile[], read: (path: string) => Promise<T>): Promise<Map<string, T>> =>
    new Map(
      await Promise.all(
        files.map(({ id }) =>
          limit(async () => {
            signal?.throwIfAborted();
            return [id, await translated(read, join(root, id))] as const;
          }),
        ),
      ),
    );
  return {
    list: (skip) => listFolder({ root, folder: '', skip, signal }),
    sizes: (files) => each(files, async (path) => (await lstat(path)).size),
    contents: (files) => each(files, (path) => readFile(path)),
  };
}

interface Walk {
  readonly root: string;
  readonly folder: string;
  readonly skip: (folder: string) => boolean;
  readonly signal: AbortSignal | undefined;
}

async function listFolder(walk: Walk): Promise<readonly TreeFile[]> {
  walk.signal?.throwIfAborted();
  const entries = await translated((path) => readdir(path, { withFileTypes: true }), join(walk.root, walk.folder));
  const files: TreeFile[] = [];
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = walk.folder === '' ? entry.name : `${walk.folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!IGNORED.has(entry.name) && !walk.skip(path)) files.push(...(await listFolder({ ...walk, folder: path })));
    } else
      files.push({ path, id: path, kind: entry.isFile() ? 'file' : entry.isSymbolicLink() ? 'symlink' : 'special' });
  }
  return files;
}

async function translated<T>(read: (path: string) => Promise<T>, path: string): Promise<T> {
  try {
    return await read(path);
  } catch (error) {
    throw translateFileError(error, path);
  }
}
