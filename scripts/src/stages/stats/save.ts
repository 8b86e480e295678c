/**
 * Saving: the statistics of a checkout as one commit on a branch at GitHub.
 *
 * The branch may have moved since the checkout, and other runs may have saved days. So the commit stands on what the branch
 * is now, adds what is not there, and changes no day that is: nothing of anybody else is lost.
 */
import { createHash } from 'node:crypto';
import { ArError } from '@ar-registry/core/errors';
import { REGISTRY_FILE, indexPaths, parseStatsPath } from '@ar-registry/core/layout';
import { monthOf } from '@ar-registry/core/stats';
import type { GitHubRepository } from '@ar-registry/io/github';
import { readIndex } from '@ar-registry/io/index-store';

export interface SaveInput {
  /** The top of the checkout; absolute. */
  readonly index: string;
  readonly branch: string;
}

export interface SavePorts {
  readonly repository: Pick<GitHubRepository, 'name' | 'branch' | 'listTree' | 'makeCommit' | 'advanceBranch'>;
  readonly now: Date;
  readonly signal: AbortSignal;
}

export interface SavedStats {
  /** Absent where there was nothing to save. */
  readonly commit?: string;
  /** Paths in the index. */
  readonly files: readonly string[];
  readonly deleted: readonly string[];
}

/** Others that save, or merge, while this does. */
const ATTEMPTS = 5;

const AUTHOR = { name: 'github-actions[bot]', email: '41898282+github-actions[bot]@users.noreply.github.com' };

/** @throws INDEX_UNREADABLE, REVISION_UNKNOWN, BASE_MOVED, GITHUB_…, FILE_ACCESS */
export async function saveStats(
  { index, branch }: SaveInput,
  { repository, now, signal }: SavePorts,
): Promise<SavedStats> {
  const { files, prefix } = await readIndex({ folder: index }, { signal });
  const own = new Map([...files].filter(([path]) => parseStatsPath(path) !== undefined));
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const base = await repository.branch(branch);
    if (base === undefined) throw new ArError('REVISION_UNKNOWN', { repository: shown(repository), revision: branch });
    const there = await blobsOf(repository, base, prefix);
    if (!there.has(REGISTRY_FILE))
      throw new ArError('INDEX_UNREADABLE', {
        index: shown(repository),
        problem: `it has no ${prefix}${REGISTRY_FILE}`,
      });
    const { added, deleted } = difference(own, there);
    if (added.size + deleted.length === 0) return { files: [], deleted: [] };
    const changes = new Map<string, string | null>([
      ...[...added].map(([path, text]) => [`${prefix}${path}`, text] as const),
      ...deleted.map((path) => [`${prefix}${path}`, null] as const),
    ]);
    const commit = await repository.makeCommit({ base, files: changes, message: 'Statistics\n', author: AUTHOR, now });
    if (await repository.advanceBranch(branch, commit)) return { commit, files: [...added.keys()], deleted };
  }
  throw new ArError('BASE_MOVED', { branch: 'the statistics', base: branch });
}

function shown({ name: { owner, repo } }: SavePorts['repository']): string {
  return `${owner}/${repo}`;
}

/** Path in the index → id, of registry.yaml and the statistics. */
async function blobsOf(
  repository: SavePorts['repository'],
  commit: string,
  prefix: string,
): Promise<ReadonlyMap<string, string>> {
  const skip = new Set([`${prefix}plugins`, `${prefix}store`]);
  const entries = await repository.listTree(commit, { skip });
  return new Map(
    entries
      .filter(({ path }) => path.startsWith(prefix))
      .map(({ path, oid }) => [path.slice(prefix.length), oid] as const)
      .filter(([path]) => path === REGISTRY_FILE || parseStatsPath(path) !== undefined),
  );
}

/**
 * What is to be written, and which days go because their month is there. Days and months are written once: one that is
 * there stays as it is.
 */
function difference(
  own: ReadonlyMap<string, string>,
  there: ReadonlyMap<string, string>,
): { readonly added: ReadonlyMap<string, string>; readonly deleted: readonly string[] } {
  const added = [...own].filter(([path, text]) => {
    if (isJoined(path, there)) return false;
    const oid = there.get(path);
    return oid === undefined || (parseStatsPath(path)?.kind === 'github' && oid !== blobId(text, oid));
  });
  const deleted = [...there.keys()].filter((path) => isJoined(path, own) || isJoined(path, there));
  return { added: new Map(added.toSorted(([a], [b]) => (a < b ? -1 : 1))), deleted: deleted.toSorted() };
}

/** Whether it is of a day whose month is there. */
function isJoined(path: string, files: ReadonlyMap<string, string>): boolean {
  const place = parseStatsPath(path);
  return place?.kind === 'daily' && files.has(indexPaths.monthlyStats(monthOf(place.date)));
}

/** The id that git gives this text, in the kind of hash that `like` is of. */
function blobId(text: string, like: string): string {
  const bytes = Buffer.from(text);
  return createHash(like.length === 64 ? 'sha256' : 'sha1')
    .update(`blob ${bytes.length}\0`)
    .update(bytes)
    .digest('hex');
}
