import { indexPaths } from '@ar-registry/core/layout';
import { parseVersionRecord } from '@ar-registry/core/record';
import type { Integrity, NormalizedManifest } from '@ar-registry/schemas';
import { runGit } from '../git/command.ts';
import { type GitRepository, remoteBranch } from '../git/index.ts';

export interface SubmittedQuery {
  readonly repository: GitRepository;
  readonly remote: string;
  readonly branch: string;
  /** Where the index lies in the repository. */
  readonly prefix: string;
  readonly manifest: Pick<NormalizedManifest, 'name' | 'version'>;
  readonly signal: AbortSignal;
}

/** What an earlier run left on the branch of a submission. */
export interface Submitted {
  readonly commit: string;
  /** Of the archive that was submitted; undefined if the branch holds no such version. */
  readonly integrity: Integrity | undefined;
  /** Paths that the branch adds or changes, from the top of the repository. */
  readonly files: readonly string[];
}

/**
 * Looks for an earlier submission of the same version. What is on the branch is not trusted, only compared.
 *
 * @throws GIT_FAILED, ABORTED
 */
export async function findSubmitted(query: SubmittedQuery): Promise<Submitted | undefined> {
  const { repository, remote, branch, prefix, manifest, signal } = query;
  const commit = await remoteBranch(remote, branch, signal);
  if (commit === undefined) return undefined;
  // Two commits deep: the submission and what it stands on.
  await runGit(
    [
      'fetch',
      '--quiet',
      '--depth=2',
      '--no-tags',
      '--no-write-fetch-head',
      '--',
      remote,
      `+refs/heads/${branch}:refs/submitted`,
    ],
    {
      doing: `fetching ${branch}`,
      network: true,
      cwd: repository.gitDir,
      signal,
    },
  );
  const path = prefix + indexPaths.version(manifest.name, manifest.version);
  const entry = (await repository.listTree(commit, path)).find((file) => file.path === path);
  const bytes = entry && (await repository.readBlobs([entry.oid])).get(entry.oid);
  const parsed = bytes && parseVersionRecord(new TextDecoder().decode(bytes), path);
  return {
    commit,
    integrity: parsed?.ok ? parsed.record.dist.integrity : undefined,
    files: await changedFiles(repository, commit),
  };
}

async function changedFiles(repository: GitRepository, commit: string): Promise<readonly string[]> {
  const base = await repository.resolveRevision(`${commit}^`).catch(() => undefined);
  return base === undefined ? [] : (await repository.changedPaths(base, commit)).map(({ path }) => path);
}
