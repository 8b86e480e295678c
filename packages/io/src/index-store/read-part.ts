/** Some records of an index at a commit: what it takes to look again at a few plugins of many. */
import { posix } from 'node:path';
import { openRepository, type QuickRepository } from '../git/index.ts';
import { archivesIn, folderArchives, type Archives } from './archives.ts';
import type { IndexReading } from './read-index.ts';
import { readRecords } from './records.ts';
import { gitTree, type TreeFile } from './tree-files.ts';

export interface IndexPartQuery {
  readonly repository: Pick<QuickRepository, 'listTree' | 'readBlobSizes' | 'readBlobs'>;
  /** A folder of the repository; absolute. */
  readonly folder: string;
  readonly commit: string;
  /** Where the index lies in its tree: empty, or with a slash at the end. */
  readonly prefix: string;
  /** Files and folders, relative to the index. */
  readonly paths: readonly string[];
  /** Folder of archives to use in place of what registry.yaml says. Absolute. */
  readonly store?: string | undefined;
  /** Where archives lie otherwise, relative to the index. */
  readonly storePath?: string | undefined;
}

/** More arguments than this are given to git in parts. */
const PATHS_AT_A_TIME = 500;

/** @throws GIT_FAILED, FILE_ACCESS, ABORTED */
export async function readIndexPart(query: IndexPartQuery): Promise<Omit<IndexReading, 'storePath'>> {
  const { repository, folder, commit, prefix, paths } = query;
  const listed: TreeFile[] = [];
  for (let from = 0; from < paths.length; from += PATHS_AT_A_TIME)
    listed.push(...(await list(query, paths.slice(from, from + PATHS_AT_A_TIME))));
  const { files, findings } = await readRecords(
    gitTree({ ...repository, gitDir: folder }, { treeish: commit, commit }),
    listed,
  );
  const archives = lazily(() => archivesOf(query));
  return {
    files,
    findings,
    prefix,
    commit,
    readArchive: async (integrity, limitBytes) => (await archives()).read(integrity, limitBytes),
    archiveFile: (integrity) => (query.store === undefined ? undefined : folderArchives(query.store).file(integrity)),
  };
}

async function list({ repository, commit, prefix }: IndexPartQuery, paths: readonly string[]) {
  const entries = await repository.listTree(commit, ...paths.map((path) => prefix + path));
  return entries.map(({ path, kind, oid }) => ({ path: path.slice(prefix.length), kind, id: oid }));
}

async function archivesOf({ folder, commit, prefix, store, storePath = 'store' }: IndexPartQuery): Promise<Archives> {
  if (store !== undefined) return folderArchives(store);
  return archivesIn(await openRepository(folder), { treeish: commit, folder: posix.join(prefix, storePath) });
}

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
