/** Archives of an index: in a folder, or in the very tree that holds the records. */
import { posix, resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DEFAULT_ARCHIVE_LIMITS, archiveStorePath } from '@ar-registry/core/archive';
import { ArError } from '@ar-registry/core/errors';
import type { Integrity } from '@ar-registry/schemas';
import { createArchiveStore } from '../archive-store/index.ts';
import { integrityOf } from '../digest/index.ts';
import type { GitRepository } from '../git/index.ts';
import { gitTree, type Tree, type TreeFile } from './tree-files.ts';

export interface Archives {
  /**
   * The archive, hashed as it was read.
   *
   * @throws ARCHIVE_NOT_IN_STORE, ARCHIVE_TOO_LARGE, INTEGRITY_MISMATCH
   */
  read(integrity: Integrity, limitBytes?: number): Promise<Uint8Array>;
  /** Where the file is on this disk, if it is one. Its content is not checked. */
  file(integrity: Integrity): string | undefined;
}

/** @param dir absolute path of the store. */
export function folderArchives(dir: string): Archives {
  const store = createArchiveStore(dir);
  return {
    read: (integrity, limitBytes) => store.get(integrity, limitBytes),
    file: (integrity) => resolve(dir, store.path(integrity)),
  };
}

/** @param folder path of the store from the top of the tree. */
export function treeArchives(tree: Tree, listed: readonly TreeFile[], folder: string): Archives {
  const stored = listed.filter(({ kind, path }) => kind === 'file' && path.startsWith(`${folder}/`));
  const files = new Map(stored.map((file) => [file.path, file]));
  const contents = batched(tree);
  let sizes: Promise<ReadonlyMap<string, number>> | undefined;
  return {
    read: async (integrity, limitBytes = DEFAULT_ARCHIVE_LIMITS.archiveBytes) => {
      const path = posix.join(folder, archiveStorePath(integrity));
      const file = files.get(path);
      if (!file) throw new ArError('ARCHIVE_NOT_IN_STORE', { integrity, store: folder });
      sizes ??= tree.sizes(stored);
      if (((await sizes).get(file.id) ?? 0) > limitBytes)
        throw new ArError('ARCHIVE_TOO_LARGE', { archive: path, what: 'its size in bytes', limit: limitBytes });
      const bytes = await contents(file);
      const actual = integrityOf(bytes);
      if (actual !== integrity) throw new ArError('INTEGRITY_MISMATCH', { archive: path, expected: integrity, actual });
      return bytes;
    },
    file: () => undefined,
  };
}

/** Those of a tree of which nothing was listed yet. @param folder path of the store from the top of the tree. */
export async function archivesIn(
  repository: GitRepository,
  { treeish, folder }: { readonly treeish: string; readonly folder: string },
): Promise<Archives> {
  const tree = gitTree(repository, { treeish });
  // A path that leaves the tree finds nothing in it, as where all of an index is read.
  if (folder.startsWith('..')) return treeArchives(tree, [], folder);
  const entries = await repository.listTree(treeish, folder);
  return treeArchives(
    tree,
    entries.map(({ path, kind, oid }) => ({ path, kind, id: oid })),
    folder,
  );
}

/** Contents that are asked for at the same time are read by one process: starting git costs more than reading. */
function batched(tree: Tree): (file: TreeFile) => Promise<Uint8Array> {
  let waiting: TreeFile[] = [];
  let next: Promise<ReadonlyMap<string, Uint8Array>> | undefined;
  return async (file) => {
    waiting.push(file);
    next ??= nextTurn().then(() => {
      const files = waiting;
      waiting = [];
      next = undefined;
      return tree.contents(files);
    });
    return (await next).get(file.id) ?? new Uint8Array();
  };
}
