/** The decisions of a registry out of its repository: what the log has to say. */
import { INDEX_FOLDER, REGISTRY_FILE } from '@ar-registry/core/layout';
import { entriesOf, entryBytes, isLogged, toHex, type ChangedText } from '@ar-registry/core/transparency';
import { firstParentHistory, type GitRepository, type HistoryChange, type HistoryCommit } from '../git/index.ts';
import { sha256 } from './hash.ts';

export interface DecisionsQuestion {
  /** A commit. */
  readonly head: string;
  /** The commit after which to begin. */
  readonly after?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Changes whose contents are held at a time, be they of one commit or of many. */
const BATCH = 5000;

/**
 * The entries that the commits are, oldest first.
 *
 * @throws GIT_FAILED, REVISION_UNKNOWN where `after` is not in the history, INDEX_UNREADABLE for a clone without it
 */
export async function readDecisions(
  repository: GitRepository,
  { head, after, signal }: DecisionsQuestion,
): Promise<readonly Uint8Array[]> {
  const prefix = await prefixOf(repository, head);
  const commits = await firstParentHistory(repository, { head, after, folder: prefix, signal });
  const entries: Uint8Array[] = [];
  for (const batch of batchesOf(commits, prefix)) {
    signal?.throwIfAborted();
    for (const entry of await entriesIn(batch, repository)) entries.push(entry);
  }
  return entries;
}

/** Where the index lies in the newest tree: the log follows it there through all of its history. */
async function prefixOf(repository: GitRepository, head: string): Promise<string> {
  const inFolder = await repository.listTree(head, `${INDEX_FOLDER}/${REGISTRY_FILE}`);
  const atTop = await repository.listTree(head, REGISTRY_FILE);
  return atTop.length === 0 && inFolder.length > 0 ? `${INDEX_FOLDER}/` : '';
}

/**
 * Commits with what of them is logged, by the paths in the index. One that does not fit into a batch is in several: an index
 * that was moved here is one commit of all its records, and its entries are in the order of its files.
 */
function* batchesOf(commits: readonly HistoryCommit[], prefix: string): Generator<readonly HistoryCommit[]> {
  let batch: HistoryCommit[] = [];
  let room = BATCH;
  for (const commit of commits) {
    const changes = logged(commit, prefix);
    for (let at = 0; at < changes.length;) {
      const part = changes.slice(at, at + room);
      batch.push({ ...commit, changes: part });
      at += part.length;
      room -= part.length;
      if (room > 0) continue;
      yield batch;
      [batch, room] = [[], BATCH];
    }
  }
  if (batch.length > 0) yield batch;
}

function logged({ changes }: HistoryCommit, prefix: string): readonly HistoryChange[] {
  return changes
    .filter(({ path }) => path.startsWith(prefix) && isLogged(path.slice(prefix.length)))
    .map((change) => ({ ...change, path: change.path.slice(prefix.length) }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

async function entriesIn(commits: readonly HistoryCommit[], repository: GitRepository): Promise<readonly Uint8Array[]> {
  const oids = commits.flatMap(({ changes }) =>
    changes.flatMap(({ before, after }) => [before ?? [], after ?? []].flat()),
  );
  const blobs = await repository.readBlobs([...new Set(oids)]);
  const texts = new Map([...blobs].map(([oid, bytes]) => [oid, toText(bytes)]));
  const textOf = (oid: string | undefined): ChangedText | undefined => (oid === undefined ? undefined : texts.get(oid));
  return commits
    .flatMap(({ oid, committedAt, changes }) =>
      entriesOf({
        commit: oid,
        at: `${new Date(committedAt * 1000).toISOString().slice(0, 19)}Z`,
        changes: changes.map(({ path, before, after }) => ({
          file: path,
          before: textOf(before),
          after: textOf(after),
        })),
      }),
    )
    .map(entryBytes);
}

function toText(bytes: Uint8Array): ChangedText {
  return { text: new TextDecoder('utf-8').decode(bytes), hash: toHex(sha256(bytes)) };
}
