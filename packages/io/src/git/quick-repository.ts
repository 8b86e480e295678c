/**
 * The questions of a build of a change, to a repository that is opened for them: what differs between two commits, and the
 * records of a few plugins. One process of git answers all of them.
 */
import { ArError } from '@ar-registry/core/errors';
import { openObjectReader, type GitObject, type ObjectReaderOptions } from './object-reader.ts';
import { openTrees, type Trees } from './object-trees.ts';
import { candidatesOf, type GitRepository } from './repository.ts';
import { kindOfMode, type ChangeKind, type ChangedEntry, type TreeEntry } from './tree.ts';
import { differingEntries, entriesIn, isTree, type RawEntry } from './tree-object.ts';

/** A part of what a repository is asked. Objects that are missing are a failure, as there. */
export interface QuickRepository
  extends Pick<GitRepository, 'readBlobSizes' | 'readBlobs' | 'changedPaths' | 'listTree'>, AsyncDisposable {
  /** @returns undefined for a revision that is not known */
  findRevision(revision: string): Promise<string | undefined>;
}

/** Contents whose size was asked are kept until they are asked for, since they arrive with it. */
const KEPT_LIMIT_BYTES = 1024 * 1024;

/** What is no repository, or none of git's, is found at the first question. */
export function openQuickRepository(options: ObjectReaderOptions): QuickRepository {
  const objects = openObjectReader(options);
  const trees = openTrees(objects);
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
      const both = [base, head].map((commit) => trees.read(`${commit}^{tree}`));
      return compareTrees(trees, await Promise.all(both), '');
    },
    listTree: async (treeish, ...paths) => {
      const listed = await Promise.all(paths.map((path) => listPath(trees, treeish, path)));
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

function missing(oid: string): never {
  throw new ArError('GIT_FAILED', { doing: 'reading objects', reason: `the object ${oid} is missing.` });
}

/** All files at a path or below it. */
async function listPath(trees: Trees, treeish: string, path: string): Promise<readonly TreeEntry[]> {
  const found = await trees.find(`${treeish}^{tree}`, path);
  if (!found) return [];
  return isTree(found) ? listBelow(trees, found.oid, `${path}/`) : [toEntry(found, path)];
}

async function listBelow(trees: Trees, oid: string, path: string): Promise<readonly TreeEntry[]> {
  const entries = entriesIn(await trees.read(oid)).map(async (entry) =>
    isTree(entry) ? listBelow(trees, entry.oid, `${path}${entry.name}/`) : [toEntry(entry, `${path}${entry.name}`)],
  );
  return (await Promise.all(entries)).flat();
}

function toEntry({ mode, oid }: RawEntry, path: string): TreeEntry {
  return { path, kind: kindOfMode(mode), oid };
}

/** @param path of the folder: empty, or with a slash at the end */
async function compareTrees(
  trees: Trees,
  [old = NOTHING, now = NOTHING]: readonly Uint8Array[],
  path: string,
): Promise<readonly ChangedEntry[]> {
  const found = differingEntries(old, now).map(async ({ name, before, after }): Promise<readonly ChangedEntry[]> => {
    const own = `${path}${name}`;
    const both = [before, after].map(async (entry) => (entry && isTree(entry) ? trees.read(entry.oid) : NOTHING));
    const inside = await compareTrees(trees, await Promise.all(both), `${own}/`);
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
