import { notFound, Refusal, type Answer } from '../answer.ts';
import { textOf } from '../body.ts';
import { mergeCommits, type MergeMethod } from '../git/merge.ts';
import { writeRef } from '../git/write.ts';
import type { PullIssue } from '../present/pull.ts';
import { markMerged, personOf } from '../pulls.ts';
import { accountOf, type RepositoryContext, type RepositoryRoute } from '../route.ts';
import { pullOf } from './pulls.ts';

export const merging: readonly RepositoryRoute[] = [
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/pulls/{pull_number}/merge',
    access: 'anyone',
    areas: ['pull-requests'],
    handle(context) {
      if (pullOf(context).pull.mergedAt === null) throw notFound();
      return { status: 204 };
    },
  },
  {
    method: 'PUT',
    path: '/repos/{owner}/{repo}/pulls/{pull_number}/merge',
    access: 'push',
    areas: ['contents'],
    handle: merge,
  },
];

async function merge(context: RepositoryContext): Promise<Answer> {
  const { state, repository, body } = context;
  const issue = pullOf(context);
  const { pull } = issue;
  refuseUnmergeable(issue, textOf(body, 'sha'));
  const account = accountOf(context);
  const author = personOf(state, account);
  const commit = await mergeCommits(repository.gitDir, methodOf(context), {
    base: pull.base.sha,
    head: pull.head.sha,
    author,
    committer: { ...author, name: 'GitHub', email: 'noreply@github.com' },
    message: messageOf(context, issue),
  });
  if (commit === undefined) throw new Refusal(405, 'Pull Request is not mergeable');
  await writeRef(repository.gitDir, `refs/heads/${pull.base.ref}`, commit);
  repository.pushedAt = state.clock.now();
  markMerged(state, issue, { by: account, commit });
  return { status: 200, body: { sha: commit, merged: true, message: 'Pull Request successfully merged' } };
}

function refuseUnmergeable({ state, pull }: PullIssue, sha: string | undefined): void {
  if (state === 'closed' || !pull.mergeable) throw new Refusal(405, 'Pull Request is not mergeable');
  if (pull.draft) throw new Refusal(405, 'Pull Request is still a draft');
  if (sha !== undefined && sha !== pull.head.sha)
    throw new Refusal(409, 'Head branch was modified. Review and try the merge again.');
}

function methodOf({ body }: RepositoryContext): MergeMethod {
  const method = textOf(body, 'merge_method');
  return method === 'squash' || method === 'rebase' ? method : 'merge';
}

function messageOf(context: RepositoryContext, issue: PullIssue): string {
  const { body } = context;
  const { head } = issue.pull;
  const isSquash = methodOf(context) === 'squash';
  const title = isSquash
    ? `${issue.title} (#${issue.number})`
    : `Merge pull request #${issue.number} from ${head.repository.owner.login}/${head.ref}`;
  const details = isSquash ? '' : issue.title;
  const parts = [textOf(body, 'commit_title') ?? title, textOf(body, 'commit_message') ?? details];
  return parts.filter((part) => part !== '').join('\n\n');
}
