/**
 * The trees of a repository, by one reader of objects. The path to what is asked for is walked here and not by git, which
 * would unpack the folder of all plugins again for each plugin.
 */
import { ArError } from '@ar-registry/core/errors';
import type { GitObject, ObjectReader } from './object-reader.ts';
import { OID_BYTES, entriesIn, entryNamed, isTree, type RawEntry } from './tree-object.ts';

export interface Trees {
  /**
   * @param name any name of a tree
   * @throws GIT_FAILED where there is none, and in a repository of SHA-256: it is not read in this way
   */
  read(name: string): Promise<Uint8Array>;
  /** What is at a path of a tree. @param path without a slash at either end */
  find(name: string, path: string): Promise<RawEntry | undefined>;
}

const TREE_LIMIT_BYTES = 256 * 1024 * 1024;
/** The first ones are those that all paths go through; what lies below them is asked for once. */
const KEPT_TREES = 1000;
/** So often a tree is searched from its beginning before its names are put in order. */
const SEARCHES = 16;

/** A tree that entries are looked for in. */
interface Folder {
  readonly tree: Uint8Array;
  searches: number;
  byName?: ReadonlyMap<string, RawEntry>;
}

export function openTrees(objects: Pick<ObjectReader, 'read'>): Trees {
  const kept = new Map<string, Promise<Folder>>();
  const open = (name: string): Promise<Folder> => {
    const known = kept.get(name);
    if (known) return known;
    const opening = readFolder(objects, name);
    if (kept.size < KEPT_TREES) kept.set(name, opening);
    return opening;
  };
  return {
    read: async (name) => (await open(name)).tree,
    find: async (name, path) => {
      const names = path.split('/');
      const last = names.pop() ?? '';
      let folder = await open(name);
      for (const each of names) {
        const entry = search(folder, each);
        if (!entry || !isTree(entry)) return undefined;
        folder = await open(entry.oid);
      }
      return search(folder, last);
    },
  };
}

async function readFolder(objects: Pick<ObjectReader, 'read'>, name: string): Promise<Folder> {
  return { tree: treeIn(await objects.read(name, TREE_LIMIT_BYTES), name), searches: 0 };
}

function treeIn(found: GitObject | undefined, name: string): Uint8Array {
  const reason = found?.type !== 'tree' || !found.bytes ? `the tree ${name} is missing.` : undefined;
  if (found?.bytes && reason === undefined && found.oid.length === 2 * OID_BYTES) return found.bytes;
  throw new ArError('GIT_FAILED', { doing: 'reading objects', reason: reason ?? 'their names are not SHA-1.' });
}

function search(folder: Folder, name: string): RawEntry | undefined {
  folder.searches += 1;
  if (folder.searches <= SEARCHES) return entryNamed(folder.tree, name);
  folder.byName ??= new Map(entriesIn(folder.tree).map((entry) => [entry.name, entry]));
  return folder.byName.get(name);
}
