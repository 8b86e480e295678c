/** The decisions of a registry out of its repository: what the log has to say. */
import { INDEX_FOLDER, REGISTRY_FILE } from '@ar-registry/core/layout';
import { entriesOf, entryBytes, isLogged, toHex, type ChangedText } from '@ar-registry/core/transparency';
import { firstParentHistory, type GitRepository, type HistoryCommit } from '../git/index.ts';
import { sha256 } from './hash.ts';

export interface DecisionsQuestion {
  /** A commit. */
  readonly head: string;
  /** The commit after which to begin. */
  readonly after?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Commits whose contents are held at a time. */
const BATCH = 500;

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
  for (let at = 0; at < commits.length; at += BATCH) {
    signal?.throwIfAborted();
    const part = await entriesIn(commits.slice(at, at + BATCH), prefix, repository);
    for (const entry of part) entries.push(entry);
  }
  return entries;
}

/** Where the index lies in the newest tree: the log follows it there through all of its history. */
async function prefixOf(repository: GitRepository, head: string): Promise<string> {
  const inFolder = await repository.listTree(head, `${INDEX_FOLDER}/${REGISTRY_FILE}`);
  const atTop = await repository.listTree(head, REGISTRY_FILE);
  return atTop.length === 0 && inFolder.length > 0 ? `${INDEX_FOLDER}/` : '';
}

async function entriesIn(
  commits: readonly HistoryCommit[],
  prefix: string,
  repository: GitRepository,
): Promise<readonly Uint8Array[]> {
  const relevant = commits.map((commit) => ({ ...commit, changes: logged(commit, prefix) }));
  const changes = relevant.flatMap((commit) => commit.changes);
  const blobs = await repository.readBlobs([
    ...new Set(changes.flatMap(({ before, after }) => [before ?? [], after ?? []].flat())),
  ]);
  const texts = new Map([...blobs].map(([oid, bytes]) => [oid, toText(bytes)]));
  return relevant
    .flatMap(({ oid, committedAt, changes: own }) =>
      entriesOf({
        commit: oid,
        at: `${new Date(committedAt * 1000).toISOString().slice(0, 19)}Z`,
        changes: own.map(({ file, before, after }) => ({
          file,
          before: before === undefined ? undefined : texts.get(before),
          after: after === undefined ? undefined : texts.get(after),
        })),
      }),
    )
    .map(entryBytes);
}

function logged({ changes }: HistoryCommit, prefix: string) {
  return changes
    .filter(({ path }) => path.startsWith(prefix) && isLogged(path.slice(prefix.length)))
    .map(({ path, before, after }) => ({ file: path.slice(prefix.length), before, after }));
}

function toText(bytes: Uint8Array): ChangedText {
  return { text: new TextDecoder('utf-8').decode(bytes), hash: toHex(sha256(bytes)) };
}
