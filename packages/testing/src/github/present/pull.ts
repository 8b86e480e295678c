import { diffFiles } from '../git/diff.ts';
import { listCommits, mergeBase } from '../git/read.ts';
import type { Account, Issue, Pull, Repository, State } from '../state.ts';
import { associationOf, commentsOf, labelsOf, presentLabel } from './issue.ts';
import { apiUrlOf, presentRepository, webUrlOf } from './repository.ts';
import { nodeId, presentUser } from './user.ts';

export type PullIssue = Issue & { readonly pull: Pull };

interface PullOf {
  readonly repository: Repository;
  readonly issue: PullIssue;
  readonly viewer: Account | undefined;
}

/** `pull-request-simple` of the description, as in lists. */
export function presentSimplePull(state: State, { repository, issue, viewer }: PullOf): Record<string, unknown> {
  const { pull } = issue;
  const urls = urlsOf(state, repository, issue);
  return {
    id: issue.id,
    node_id: nodeId('PR', issue.id),
    ...urls,
    number: issue.number,
    state: issue.state,
    locked: issue.locked,
    title: issue.title,
    user: presentUser(state, issue.user),
    body: issue.body,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    merged_at: pull.mergedAt,
    merge_commit_sha: pull.mergeCommitSha,
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    // A label without a description has an empty one in this list alone: the description allows no null here.
    labels: labelsOf(repository, issue).map((label) => ({
      ...presentLabel(state, repository, label),
      description: label.description ?? '',
    })),
    milestone: null,
    draft: pull.draft,
    head: presentEnd(state, { ...pull.head, viewer }),
    base: presentEnd(state, { ...pull.base, repository, viewer }),
    _links: linksOf(urls),
    author_association: associationOf(repository, issue.user),
    auto_merge: null,
  };
}

/** `pull-request` of the description. */
export async function presentPull(state: State, { repository, issue, viewer }: PullOf): Promise<unknown> {
  const { pull } = issue;
  const { gitDir } = repository;
  const start = (await mergeBase(gitDir, pull.base.sha, pull.head.sha)) ?? pull.base.sha;
  const files = await diffFiles(gitDir, start, pull.head.sha);
  const commits = await listCommits(gitDir, { include: pull.head.sha, exclude: pull.base.sha });
  const simple = presentSimplePull(state, { repository, issue, viewer });
  return {
    ...simple,
    labels: labelsOf(repository, issue).map((label) => presentLabel(state, repository, label)),
    merged: pull.mergedAt !== null,
    mergeable: mergeableOf(issue),
    rebaseable: mergeableOf(issue),
    mergeable_state: mergeableState(issue),
    merged_by: pull.mergedBy ? presentUser(state, pull.mergedBy) : null,
    comments: commentsOf(repository, issue.number).length,
    review_comments: 0,
    maintainer_can_modify: pull.maintainerCanModify,
    commits: commits.length,
    additions: files.reduce((sum, file) => sum + file.additions, 0),
    deletions: files.reduce((sum, file) => sum + file.deletions, 0),
    changed_files: files.length,
  };
}

/** Null: not open, or not computed yet as far as readers are told. */
function mergeableOf({ state, pull }: PullIssue): boolean | null {
  return state === 'open' && pull.unknownFor <= 0 ? pull.mergeable : null;
}

function mergeableState(issue: PullIssue): string {
  const mergeable = mergeableOf(issue);
  if (mergeable === null) return 'unknown';
  if (!mergeable) return 'dirty';
  return issue.pull.draft ? 'draft' : 'clean';
}

interface End {
  readonly repository: Repository;
  readonly ref: string;
  readonly sha: string;
  readonly viewer: Account | undefined;
}

function presentEnd(state: State, { repository, ref, sha, viewer }: End): unknown {
  return {
    label: `${repository.owner.login}:${ref}`,
    ref,
    sha,
    user: presentUser(state, repository.owner),
    repo: repository.deleted ? null : presentRepository(state, repository, viewer),
  };
}

function urlsOf(state: State, repository: Repository, { number, pull }: PullIssue): Record<string, string> {
  const url = apiUrlOf(state, repository);
  const html = `${webUrlOf(state, repository)}/pull/${number}`;
  return {
    url: `${url}/pulls/${number}`,
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: `${url}/issues/${number}`,
    commits_url: `${url}/pulls/${number}/commits`,
    review_comments_url: `${url}/pulls/${number}/comments`,
    review_comment_url: `${url}/pulls/comments{/number}`,
    comments_url: `${url}/issues/${number}/comments`,
    statuses_url: `${url}/statuses/${pull.head.sha}`,
  };
}

function linksOf(urls: Record<string, string>): unknown {
  const names = ['html', 'issue', 'comments', 'review_comments', 'review_comment', 'commits', 'statuses'];
  return {
    self: { href: urls['url'] },
    ...Object.fromEntries(names.map((name) => [name, { href: urls[`${name}_url`] }])),
  };
}
