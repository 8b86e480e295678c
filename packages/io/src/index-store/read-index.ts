/**
 * Reading an index: all its records as text, and its archives on demand.
 *
 * An index is the folder that holds `registry.yaml`: the top of a tree, or `registry-index/` in it. The tree may be a
 * pull request's, so nothing in it is followed or believed here; what is odd becomes a finding.
 */
import { posix, resolve } from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import type { Finding } from '@ar-registry/core/findings';
import { INDEX_FOLDER, REGISTRY_FILE } from '@ar-registry/core/layout';
import { parseRegistryRecord } from '@ar-registry/core/record';
import { openRepository, type GitRepository } from '../git/index.ts';
import { folderArchives, treeArchives, type Archives } from './archives.ts';
import { readRecords } from './records.ts';
import { folderTree, gitTree, type Tree, type TreeFile } from './tree-files.ts';

/** A folder as it is on disk; a revision of a repository; or a tree of it that is no commit (yet). */
export type IndexSource =
  | { readonly folder: string }
  | { readonly repository: GitRepository | string; readonly revision: string; readonly prefix?: string }
  | { readonly repository: GitRepository; readonly tree: string; readonly prefix?: string };

export interface ReadIndexOptions {
  /** Folder of archives to use in place of what registry.yaml says. Absolute. */
  readonly store?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface IndexReading {
  /** Path relative to the index → text. */
  readonly files: ReadonlyMap<string, string>;
  /** Paths relative to the index. */
  readonly findings: readonly Finding[];
  readonly commit?: string;
  /** Where the index lies in its tree: empty, or with a slash at the end. */
  readonly prefix: string;
  /** Where archives lie, relative to the index; undefined for a store outside of the tree. */
  readonly storePath?: string;
  /** @throws ARCHIVE_NOT_IN_STORE, ARCHIVE_TOO_LARGE, INTEGRITY_MISMATCH */
  readonly readArchive: Archives['read'];
  /** The archive’s file on this disk, if it is one; unchecked. */
  readonly archiveFile: Archives['file'];
}

/** @throws INDEX_UNREADABLE, REVISION_UNKNOWN, GIT_FAILED, FILE_ACCESS, ABORTED */
export async function readIndex(source: IndexSource, options: ReadIndexOptions = {}): Promise<IndexReading> {
  const tree = await openTree(source, options.signal);
  const wanted = 'prefix' in source ? source.prefix : undefined;
  const listed = await tree.list((folder) => folder === 'store' || folder === `${INDEX_FOLDER}/store`);
  const prefix = wanted ?? findPrefix(listed, tree.label);
  const { files, findings } = await readRecords(tree, listed, prefix);
  const storePath = storePathOf(files.get(REGISTRY_FILE));
  const archives = archivesOf(source, { options, tree, listed, prefix, storePath });
  return {
    files,
    findings,
    prefix,
    ...(tree.commit === undefined ? {} : { commit: tree.commit }),
    ...(options.store === undefined ? { storePath } : {}),
    readArchive: archives.read,
    archiveFile: archives.file,
  };
}

async function openTree(source: IndexSource, signal: AbortSignal | undefined): Promise<Tree> {
  if ('folder' in source) return folderTree(resolve(source.folder), signal);
  if ('tree' in source) return gitTree(source.repository, { treeish: source.tree });
  const { repository, revision } = source;
  const opened = typeof repository === 'string' ? await openRepository(repository, { signal }) : repository;
  const commit = await opened.resolveRevision(revision);
  return gitTree(opened, { treeish: commit, commit });
}

function findPrefix(listed: readonly TreeFile[], index: string): string {
  const paths = new Set(listed.map(({ path }) => path));
  if (paths.has(REGISTRY_FILE)) return '';
  if (paths.has(`${INDEX_FOLDER}/${REGISTRY_FILE}`)) return `${INDEX_FOLDER}/`;
  throw new ArError('INDEX_UNREADABLE', { index, problem: `it has no ${REGISTRY_FILE}` });
}

/** `store` of registry.yaml, relative to it; a broken registry.yaml is reported by whoever reads the records. */
function storePathOf(registry: string | undefined): string {
  const parsed = registry === undefined ? undefined : parseRegistryRecord(registry, REGISTRY_FILE);
  return parsed?.ok ? (parsed.record.store ?? 'store') : 'store';
}

interface Opened {
  readonly options: ReadIndexOptions;
  readonly tree: Tree;
  readonly listed: readonly TreeFile[];
  readonly prefix: string;
  readonly storePath: string;
}

function archivesOf(source: IndexSource, { options, tree, listed, prefix, storePath }: Opened): Archives {
  if (options.store !== undefined) return folderArchives(options.store);
  if ('folder' in source) return folderArchives(resolve(source.folder, prefix, storePath));
  // A path that leaves the tree finds nothing in it: registry.yaml of a pull request cannot point at this machine.
  return treeArchives(tree, listed, posix.join(prefix, storePath));
}
