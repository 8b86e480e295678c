/**
 * What GitHub does to pull requests by itself: it follows their branches, keeps `refs/pull/N/head` and
 * `refs/pull/N/merge` in the base repository, notices that a push has merged one, and closes one whose branch is gone.
 *
 * Here it happens before each request that touches the repository and before each fetch from it, so that pushes straight
 * into a bare repository are noticed, too.
 */
import { mergeTrees } from './git/merge.ts';
import { isAncestor, readRef, type Person } from './git/read.ts';
import { fetchCommit, writeCommit, writeRef } from './git/write.ts';
import { closeIssue } from './issues.ts';
import { emailOf } from './present/commit.ts';
import type { PullIssue } from './present/pull.ts';
import type { Account, Issue, Pull, Repository, State } from './state.ts';

export function isPull(issue: Issue): issue is PullIssue {
  return issue.pull !== undefined;
}

/** All of a repository's pull requests, the newest first. */
export function pullsOf(repository: Repository): readonly PullIssue[] {
  return [...repository.issues.values()].filter(isPull).toSorted((a, b) => b.number - a.number);
}

/** Looks at the branches of every open pull request that starts or ends in `repository`. */
export async function syncPulls(state: State, repository: Repository): Promise<void> {
  for (const base of state.repositories.values())
    for (const issue of pullsOf(base))
      if (issue.state === 'open' && (base === repository || issue.pull.head.repository === repository))
        await syncPull(state, base, issue);
}

/** Gives a pull request its refs, when it is opened or reopened. */
export async function beginPull(state: State, repository: Repository, issue: PullIssue): Promise<void> {
  await takeHead(repository, issue, issue.pull.head.sha);
  await tryMerge(state, repository, issue);
}

/** The person that the commits of an account are by. */
export function personOf(state: State, account: Account): Person {
  return { name: account.login, email: emailOf(account), date: state.clock.now() };
}

async function syncPull(state: State, repository: Repository, issue: PullIssue): Promise<void> {
  const { pull } = issue;
  const head = await headOf(pull);
  const base = await readRef(repository.gitDir, `refs/heads/${pull.base.ref}`);
  if (head === undefined || base === undefined) {
    closeIssue(state, issue);
    return;
  }
  if (head === pull.head.sha && base === pull.base.sha) return;
  await takeHead(repository, issue, head);
  if (base !== pull.base.sha && (await isAncestor(repository.gitDir, head, base))) {
    markMerged(state, issue, { by: repository.owner, commit: base });
    return;
  }
  pull.base.sha = base;
  issue.updatedAt = state.clock.now();
  await tryMerge(state, repository, issue);
}

/** The commit that a pull request's branch is at; undefined when the branch or its repository is gone. */
export async function headOf({ head }: Pull): Promise<string | undefined> {
  return head.repository.deleted ? undefined : readRef(head.repository.gitDir, `refs/heads/${head.ref}`);
}

async function takeHead(repository: Repository, issue: PullIssue, head: string): Promise<void> {
  const { pull, number } = issue;
  if (pull.head.repository !== repository) await fetchCommit(repository.gitDir, pull.head.repository.gitDir, head);
  await writeRef(repository.gitDir, `refs/pull/${number}/head`, head);
  pull.head.sha = head;
}

/** `refs/pull/N/merge` stays where it was while there are conflicts. */
async function tryMerge(state: State, repository: Repository, issue: PullIssue): Promise<void> {
  const { pull, number } = issue;
  const { gitDir } = repository;
  pull.unknownFor = state.mergeableDelay;
  const tree = await mergeTrees(gitDir, pull.base.sha, pull.head.sha);
  pull.mergeable = tree !== undefined;
  if (tree === undefined) return;
  const author = personOf(state, issue.user);
  const message = `Merge ${pull.head.sha} into ${pull.base.sha}`;
  const parents = [pull.base.sha, pull.head.sha];
  const committer = { ...author, name: 'GitHub', email: 'noreply@github.com' };
  pull.mergeCommitSha = await writeCommit(gitDir, { tree, parents, author, committer, message });
  await writeRef(gitDir, `refs/pull/${number}/merge`, pull.mergeCommitSha);
}

/** Records that a pull request has been merged by `commit`. */
export function markMerged(
  state: State,
  issue: PullIssue,
  { by, commit }: { readonly by: Account; readonly commit: string },
): void {
  const { pull } = issue;
  closeIssue(state, issue);
  pull.mergedAt = state.clock.now();
  pull.mergedBy = by;
  pull.mergeCommitSha = commit;
}
