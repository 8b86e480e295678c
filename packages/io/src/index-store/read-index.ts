/**
 * Reading an index: all its records as text, and its archives on demand.
 *
 * An index is the folder that holds `registry.yaml`: the top of a tree, or `registry-index/` in it. The tree may be a
 * pull request's, so nothing in it is followed or believed here; what is odd becomes a finding.
 */
import { lstat } from 'node:fs/promises';
import { join, posix, resolve } from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import type { Finding } from '@ar-registry/core/findings';
import { INDEX_FOLDER, REGISTRY_FILE } from '@ar-registry/core/layout';
import { parseRegistryRecord } from '@ar-registry/core/record';
import type { Integrity } from '@ar-registry/schemas';
import { translateFileError } from '../files/index.ts';
import { openRepository, type GitRepository } from '../git/index.ts';
import { archivesIn, folderArchives, treeArchives, type Archives } from './archives.ts';
import { chooseRecords, readTexts, type RecordTexts } from './records.ts';
import { folderTree, gitTree, type Tree, type TreeFile } from './tree-files.ts';

/** Where an index may lie in its tree. */
const PREFIXES: readonly string[] = ['', `${INDEX_FOLDER}/`];

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
  readonly readArchive: (integrity: Integrity, limitBytes?: number) => Promise<Uint8Array>;
  /** The archive’s file on this disk, if it is one; unchecked. */
  readonly archiveFile: (integrity: Integrity) => string | undefined;
}

/** @throws INDEX_UNREADABLE, REVISION_UNKNOWN, GIT_FAILED, FILE_ACCESS, ABORTED */
export async function readIndex(source: IndexSource, options: ReadIndexOptions = {}): Promise<IndexReading> {
  const opened = await open(source, options);
  const { tree, prefix, listed } = opened;
  const chosen = chooseRecords(listed);
  const { files, findings } = await readTexts(tree, chosen.records);
  const storePath = storePathOf(files.get(REGISTRY_FILE));
  const archives = options.store === undefined ? opened.archivesAt(storePath) : folderArchives(options.store);
  const { commit } = tree;
  return {
    files,
    findings: [...chosen.findings, ...findings],
    prefix,
    ...(commit === undefined ? {} : { commit }),
    ...(options.store === undefined ? { storePath } : {}),
    readArchive: (integrity, limitBytes) => archives.read(integrity, limitBytes),
    archiveFile: (integrity) => archives.file(integrity),
  };
}

/** What an index has, of which nothing was read yet: that of a large registry is read in parts. */
export interface IndexListing extends Pick<IndexReading, 'prefix' | 'commit' | 'findings'> {
  /** By their path in the index. */
  readonly records: readonly TreeFile[];
  readonly place: IndexPlace;
}

/** Where an index is: plain data, for other threads to open it by. */
export type IndexPlace =
  | { readonly root: string }
  | { readonly gitDir: string; readonly treeish: string; readonly prefix: string };

/** @throws INDEX_UNREADABLE, REVISION_UNKNOWN, GIT_FAILED, FILE_ACCESS, ABORTED */
export async function listIndex(source: IndexSource, options: ReadIndexOptions = {}): Promise<IndexListing> {
  const { tree, prefix, listed, place } = await open(source, options);
  const { commit } = tree;
  return { ...chooseRecords(listed), prefix, place, ...(commit === undefined ? {} : { commit }) };
}

/** Reads an index that was listed. */
export interface IndexParts extends Pick<IndexReading, 'readArchive' | 'archiveFile'> {
  /** @throws GIT_FAILED, FILE_ACCESS, ABORTED */
  read(records: readonly TreeFile[]): Promise<RecordTexts>;
}

export interface OpenPlaceOptions extends ReadIndexOptions {
  /** Where archives lie, relative to the index, as `registry.yaml` says. */
  readonly storePath?: string | undefined;
}

/** @throws INDEX_UNREADABLE */
export async function openIndexPlace(place: IndexPlace, options: OpenPlaceOptions = {}): Promise<IndexParts> {
  const { tree, archives } = 'root' in place ? openRoot(place, options) : await openGit(place, options);
  return {
    read: (records) => readTexts(tree, records),
    readArchive: async (integrity, limitBytes) => (await archives()).read(integrity, limitBytes),
    archiveFile: (integrity) =>
      'root' in place || options.store !== undefined ? storeOf(place, options).file(integrity) : undefined,
  };
}

interface OpenedPlace {
  readonly tree: Tree;
  readonly archives: () => Promise<Archives>;
}

function openRoot(place: { readonly root: string }, options: OpenPlaceOptions): OpenedPlace {
  const archives = Promise.resolve(storeOf(place, options));
  return { tree: folderTree(place.root, options.signal), archives: () => archives };
}

async function openGit(
  { gitDir, treeish, prefix }: Exclude<IndexPlace, { readonly root: string }>,
  { store, storePath = 'store', signal }: OpenPlaceOptions,
): Promise<OpenedPlace> {
  const repository = await openRepository(gitDir, { signal });
  const tree = gitTree(repository, { treeish });
  let opened: Promise<Archives> | undefined;
  const openArchives = async (): Promise<Archives> =>
    store === undefined
      ? archivesIn(repository, { treeish, folder: posix.join(prefix, storePath) })
      : folderArchives(store);
  return { tree, archives: () => (opened ??= openArchives()) };
}

function storeOf(place: IndexPlace, { store, storePath = 'store' }: OpenPlaceOptions): Archives {
  return folderArchives(store ?? resolve('root' in place ? place.root : '', storePath));
}

interface Opened {
  readonly tree: Tree;
  readonly prefix: string;
  readonly place: IndexPlace;
  /** Files of the index, by their path in it. */
  readonly listed: readonly TreeFile[];
  /** @param storePath relative to the index. */
  archivesAt(storePath: string): Archives;
}

async function open(source: IndexSource, options: ReadIndexOptions): Promise<Opened> {
  return 'folder' in source ? openFolder(source.folder, options) : openTree(source, options);
}

async function openFolder(folder: string, { signal }: ReadIndexOptions): Promise<Opened> {
  const top = resolve(folder);
  const prefix = await findFolderPrefix(top);
  const root = resolve(top, prefix);
  const tree = folderTree(root, signal);
  const listed = await tree.list(
    (path) => !/^(?:plugins|scopes|advisories|reviews|verifications|stats|trust)(?:\/|$)/.test(path),
  );
  const archivesAt = (storePath: string): Archives => folderArchives(resolve(root, storePath));
  return { tree, prefix, place: { root }, listed, archivesAt };
}

async function findFolderPrefix(folder: string): Promise<string> {
  for (const prefix of PREFIXES) if (await exists(join(folder, prefix, REGISTRY_FILE))) return prefix;
  throw noRegistry(folder);
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw translateFileError(error, path);
  }
}

async function openTree(
  source: Exclude<IndexSource, { readonly folder: string }>,
  { signal }: ReadIndexOptions,
): Promise<Opened> {
  const { tree, treeish } = await treeOf(source, signal);
  const all = await tree.list(() => false);
  const paths = new Set(all.map(({ path }) => path));
  const prefix = source.prefix ?? PREFIXES.find((candidate) => paths.has(`${candidate}${REGISTRY_FILE}`));
  if (prefix === undefined) throw noRegistry(tree.label);
  const listed = all
    .filter(({ path }) => path.startsWith(prefix))
    .map((file) => ({ ...file, path: file.path.slice(prefix.length) }));
  // A path that leaves the tree finds nothing in it: registry.yaml of a pull request cannot point at this machine.
  const archivesAt = (path: string): Archives => treeArchives(tree, all, posix.join(prefix, path));
  return { tree, prefix, place: { gitDir: tree.label, treeish, prefix }, listed, archivesAt };
}

async function treeOf(
  source: Exclude<IndexSource, { readonly folder: string }>,
  signal: AbortSignal | undefined,
): Promise<{ readonly tree: Tree; readonly treeish: string }> {
  if ('tree' in source) return { tree: gitTree(source.repository, { treeish: source.tree }), treeish: source.tree };
  const { repository, revision } = source;
  const opened = typeof repository === 'string' ? await openRepository(repository, { signal }) : repository;
  const commit = await opened.resolveRevision(revision);
  return { tree: gitTree(opened, { treeish: commit, commit }), treeish: commit };
}

function noRegistry(index: string): ArError {
  return new ArError('INDEX_UNREADABLE', { index, problem: `it has no ${REGISTRY_FILE}` });
}

/** `store` of registry.yaml, relative to it; a broken registry.yaml is reported by whoever reads the records. */
function storePathOf(registry: string | undefined): string {
  const parsed = registry === undefined ? undefined : parseRegistryRecord(registry, REGISTRY_FILE);
  return parsed?.ok ? (parsed.record.store ?? 'store') : 'store';
}
