import { diffFiles } from '../git/diff.ts';
import { readCommit, type CommitObject } from '../git/read.ts';
import type { Account, Repository, State } from '../state.ts';
import { apiUrlOf, webUrlOf } from './repository.ts';
import { nodeId, presentUser } from './user.ts';
import { presentFile } from './file.ts';

const UNVERIFIED = { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null };

/** `git-commit` of the description. */
export async function presentGitCommit(state: State, repository: Repository, sha: string): Promise<unknown> {
  const commit = await readCommit(repository.gitDir, sha);
  const url = apiUrlOf(state, repository);
  return {
    sha,
    node_id: nodeId('C', sha),
    url: `${url}/git/commits/${sha}`,
    html_url: `${webUrlOf(state, repository)}/commit/${sha}`,
    author: commit.author,
    committer: commit.committer,
    tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
    message: commit.message,
    parents: commit.parents.map((parent) => ({
      sha: parent,
      url: `${url}/git/commits/${parent}`,
      html_url: `${webUrlOf(state, repository)}/commit/${parent}`,
    })),
    verification: UNVERIFIED,
  };
}

/** `commit` of the description, as in lists: without its files. */
export async function presentCommit(
  state: State,
  repository: Repository,
  sha: string,
): Promise<Record<string, unknown>> {
  const commit = await readCommit(repository.gitDir, sha);
  const url = apiUrlOf(state, repository);
  return {
    sha,
    node_id: nodeId('C', sha),
    url: `${url}/commits/${sha}`,
    html_url: `${webUrlOf(state, repository)}/commit/${sha}`,
    comments_url: `${url}/commits/${sha}/comments`,
    commit: {
      url: `${url}/git/commits/${sha}`,
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
      comment_count: 0,
      tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
      verification: UNVERIFIED,
    },
    author: knownAs(state, commit.author.email),
    committer: knownAs(state, commit.committer.email),
    parents: commit.parents.map((parent) => ({
      sha: parent,
      url: `${url}/commits/${parent}`,
      html_url: `${webUrlOf(state, repository)}/commit/${parent}`,
    })),
  };
}

/** `commit` of the description with what it changed. */
export async function presentCommitWithFiles(state: State, repository: Repository, sha: string): Promise<unknown> {
  const commit = await readCommit(repository.gitDir, sha);
  const files = await diffFiles(repository.gitDir, firstParentOf(commit), sha);
  const additions = files.reduce((sum, file) => sum + file.additions, 0);
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
  return {
    ...(await presentCommit(state, repository, sha)),
    stats: { additions, deletions, total: additions + deletions },
    files: files.map((file) => presentFile(state, { repository, sha, file })),
  };
}

/** The address that GitHub gives to the commits of an account. */
export function emailOf(account: Account): string {
  return `${account.id}+${account.login}@users.noreply.github.com`;
}

/** git's empty tree, to which the first commit of a repository is compared. */
const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

function firstParentOf(commit: CommitObject): string {
  return commit.parents[0] ?? EMPTY_TREE;
}

function knownAs(state: State, email: string): unknown {
  const account = [...state.accounts.values()].find((one) => emailOf(one) === email);
  return account ? presentUser(state, account) : null;
}
