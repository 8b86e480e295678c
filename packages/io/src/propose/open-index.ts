import type { GitHub } from '../github/types.ts';
import { openGitIndex } from './git-target.ts';
import { parseGitHubRemote } from './remote.ts';
import type { IndexTarget } from './types.ts';

export interface OpenIndexOptions {
  readonly signal: AbortSignal;
  /** What pull requests are opened with; without it every remote is a plain git remote. */
  readonly github?: { readonly client: GitHub; readonly webUrl: string } | undefined;
  /**
   * Branches are made in the repository itself. For the token of a workflow, of which GitHub says that it may not push,
   * and which can have no fork.
   */
  readonly own?: boolean;
}

/**
 * Opens the index at `remote`: by the API where it is a repository at GitHub and `github` is given, else as a clone.
 *
 * @param remote address or path that git understands; absolute if it is a path
 * @throws INDEX_NOT_FOUND, GIT_FAILED, GITHUB_…, DISK_FULL, ABORTED
 */
export async function openIndex(
  remote: string,
  { signal, github, own = false }: OpenIndexOptions,
): Promise<IndexTarget> {
  const name = github && parseGitHubRemote(remote, github.webUrl);
  if (!github || !name) return openGitIndex(remote, signal);
  const { openGitHubIndex } = await import('./github-target.ts');
  return openGitHubIndex(github.client, { name, webUrl: github.webUrl, own });
}
