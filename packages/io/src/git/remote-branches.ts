import { isBranchName } from '@ar-registry/core/git-name';
import { runGit } from './command.ts';
import { assertRemote, isObjectId } from './names.ts';
import type { GitRepository } from './repository.ts';

/**
 * The branches of `url` below the given folders, each with its commit, by name. What the remote says is not believed
 * further than that: names that no branch may have are left out.
 *
 * @param folders such as `publish`
 * @throws GIT_FAILED, ABORTED
 */
export async function remoteBranches(
  url: string,
  folders: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  assertRemote(url);
  const patterns = folders.map((folder) => `refs/heads/${folder}/*`);
  const { stdout } = await runGit(['ls-remote', '--quiet', '--', url, ...patterns], {
    doing: `asking ${url} for branches`,
    network: true,
    signal,
  });
  const found = new TextDecoder()
    .decode(stdout)
    .split('\n')
    .flatMap((line): (readonly [string, string])[] => {
      const [oid = '', ref = ''] = line.split('\t');
      const name = ref.replace(/^refs\/heads\//, '');
      const isBelow = folders.some((folder) => name.startsWith(`${folder}/`));
      return isObjectId(oid) && ref.startsWith('refs/heads/') && isBelow && isBranchName(name) ? [[name, oid]] : [];
    });
  return new Map(found.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Those of the objects that the repository lacks. In a clone of one branch alone, commits that are not reachable from it
 * are, so what it has is merged.
 *
 * @throws GIT_FAILED, ABORTED
 */
export async function missingObjects(
  { gitDir }: Pick<GitRepository, 'gitDir'>,
  oids: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlySet<string>> {
  if (oids.length === 0) return new Set();
  const { stdout } = await runGit(['--git-dir', gitDir, 'cat-file', '--batch-check', '--buffer'], {
    doing: 'looking for objects',
    input: `${oids.join('\n')}\n`,
    signal,
  });
  const lines = new TextDecoder().decode(stdout).split('\n');
  return new Set(lines.flatMap((line) => (line.endsWith(' missing') ? [line.slice(0, -' missing'.length)] : [])));
}

/** When it was committed, as whoever made the commit says: milliseconds since 1970. @throws GIT_FAILED, ABORTED */
export async function commitTimeMs(
  { gitDir }: Pick<GitRepository, 'gitDir'>,
  commit: string,
  signal?: AbortSignal,
): Promise<number> {
  const { stdout } = await runGit(['--git-dir', gitDir, 'log', '-1', '--format=%ct', commit, '--'], {
    doing: 'reading a commit',
    signal,
  });
  return Number(new TextDecoder().decode(stdout).trim()) * 1000;
}
