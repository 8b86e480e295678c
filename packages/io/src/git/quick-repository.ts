/**
 * The questions of a build of a change, to a repository that is opened for them: what differs between two commits, and the
 * records of a few plugins. One process of git answers all of them.
 */
import { ArError } from '@ar-registry/core/errors';
import { openObjectReader, type GitObject, type ObjectReader, type ObjectReaderOptions } from './object-reader.ts';
import { candidatesOf, type GitRepository } from './repository.ts';
import { kindOfMode, type ChangeKind, type ChangedEntry, type TreeEntry } from './tree.ts';
import { OID_BYTES, differingEntries, entriesIn, entryNamed, isTree, type RawEntry } from './tree-object.ts';

/** A part of what a repository is asked. Objects that are missing are a failure, as there. */
export interface QuickRepository
  extends Pick<GitRepository, 'readBlobSizes' | 'readBlobs' | 'changedPaths' | 'listTree'>, AsyncDisposable {
  /** @returns undefined for a revision that is not known */
  findRevision(revision: string): Promise<string | undefined>;
}

const TREE_LIMIT_BYTES = 256 * 1024 * 1024;
/** Contents whose size was asked are kept until they are asked for, since they arrive with it. */
const KEPT_LIMIT_BYTES = 1024 * 1024;

/** What is no repository, or none of git's, is found at the first question. */
export function openQuickRepository(options: ObjectReaderOptions): QuickRepository {
  const objects = openObjectReader(options);
  const kept = new Map<string, Uint8Array>();
  const readBlob = async (oid: string, limitBytes: number): Promise<GitObject> =>
    (await objects.read(oid, limitBytes)) ?? missing(oid);
  return {
    findRevision: async (revision) => {
      for (const candidate of candidatesOf(revision)) {
        const found = await objects.read(`${candidate}^{commit}`, 0);
        if (found?.type === 'commit') return found.oid;
      }
      return undefined;
    },
    changedPaths: async (base, head) => {
      const trees = [base, head].map((commit) => readTree(objects, `${commit}^{tree}`));
      return compareTrees(objects, await Promise.all(trees), '');
    },
    listTree: async (treeish, ...paths) => {
      // Many files lie in one folder, which is read once.
      const folders = new Map<string, Promise<Uint8Array>>();
      const folderAt = (name: string): Promise<Uint8Array> => {
        const read = folders.get(name) ?? readTree(objects, name);
        folders.set(name, read);
        return read;
      };
      const listed = await Promise.all(paths.map((path) => listPath({ objects, folderAt }, treeish, path)));
      const byPath = new Map(listed.flat().map((entry) => [entry.path, entry]));
      return [...byPath.values()].toSorted((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
    },
    readBlobSizes: async (oids) => {
      const blobs = await Promise.all([...new Set(oids)].map((oid) => readBlob(oid, KEPT_LIMIT_BYTES)));
      for (const { oid, bytes } of blobs) if (bytes) kept.set(oid, bytes);
      return new Map(blobs.map(({ oid, sizeBytes }) => [oid, sizeBytes]));
    },
    readBlobs: async (oids) => {
      const blobs = [...new Set(oids)].map(async (oid) => {
        const bytes = kept.get(oid) ?? (await readBlob(oid, Infinity)).bytes;
        kept.delete(oid);
        return [oid, bytes ?? new Uint8Array()] as const;
      });
      return new Map(await Promise.all(blobs));
    },
    [Symbol.asyncDispose]: () => objects[Symbol.asyncDispose](),
  };
}

function missing(name: string): never {
  throw new ArError('GIT_FAILED', { doing: 'reading objects', reason: `the object ${name} is missing.` });
}

async function readTree(objects: ObjectReader, name: string): Promise<Uint8Array> {
  return treeIn(await objects.read(name, TREE_LIMIT_BYTES)) ?? missing(name);
}

/** @throws GIT_FAILED in a repository of SHA-256: it is not read in this way */
function treeIn(found: GitObject | undefined): Uint8Array | undefined {
  if (found?.type !== 'tree' || !found.bytes) return undefined;
  if (found.oid.length === 2 * OID_BYTES) return found.bytes;
  throw new ArError('GIT_FAILED', { doing: 'reading objects', reason: 'their names are not SHA-1.' });
}

/** All files at a path or below it. */
async function listPath(
  { objects, folderAt }: { readonly objects: ObjectReader; readonly folderAt: (name: string) => Promise<Uint8Array> },
  treeish: string,
  path: string,
): Promise<readonly TreeEntry[]> {
  const found = await objects.read(`${treeish}:${path}`, TREE_LIMIT_BYTES);
  if (!found) return [];
  const tree = treeIn(found);
  if (tree) return listBelow(objects, tree, `${path}/`);
  // What a file is stands in the tree that it is in.
  const end = path.lastIndexOf('/');
  const folder = await folderAt(end === -1 ? `${treeish}^{tree}` : `${treeish}:${path.slice(0, end)}`);
  const own = entryNamed(folder, path.slice(end + 1));
  return own ? [toEntry(own, path)] : [];
}

async function listBelow(objects: ObjectReader, tree: Uint8Array, path: string): Promise<readonly TreeEntry[]> {
  const entries = entriesIn(tree).map(async (entry) =>
    isTree(entry)
      ? listBelow(objects, await readTree(objects, entry.oid), `${path}${entry.name}/`)
      : [toEntry(entry, `${path}${entry.name}`)],
  );
  return (await Promise.all(entries)).flat();
}

function toEntry({ mode, oid }: RawEntry, path: string): TreeEntry {
  return { path, kind: kindOfMode(mode), oid };
}

/** @param path of the folder: empty, or with a slash at the end */
async function compareTrees(
  objects: ObjectReader,
  [old = NOTHING, now = NOTHING]: readonly Uint8Array[],
  path: string,
): Promise<readonly ChangedEntry[]> {
  const found = differingEntries(old, now).map(async ({ name, before, after }): Promise<readonly ChangedEntry[]> => {
    const own = `${path}${name}`;
    const trees = [before, after].map(async (entry) =>
      entry && isTree(entry) ? readTree(objects, entry.oid) : NOTHING,
    );
    const inside = await compareTrees(objects, await Promise.all(trees), `${own}/`);
    const kind = kindOfChange(before, after);
    return kind ? [{ path: own, kind }, ...inside] : inside;
  });
  return (await Promise.all(found)).flat();
}

const NOTHING = new Uint8Array();

/** Of the file of a name, if there is or was one. */
function kindOfChange(before: RawEntry | undefined, after: RawEntry | undefined): ChangeKind | undefined {
  const wasFile = before !== undefined && !isTree(before);
  const isFile = after !== undefined && !isTree(after);
  if (wasFile) return isFile ? 'modified' : 'deleted';
  return isFile ? 'added' : undefined;
}
