import { listed, Refusal, type Answer } from '../answer.ts';
import { textOf } from '../body.ts';
import { associationOf } from '../present/issue.ts';
import { apiUrlOf, webUrlOf } from '../present/repository.ts';
import { nodeId, presentUser } from '../present/user.ts';
import { accountOf, type RepositoryContext, type RepositoryRoute } from '../route.ts';
import type { Review } from '../state.ts';
import { pullOf } from './pulls.ts';

const REVIEWS = '/repos/{owner}/{repo}/pulls/{pull_number}/reviews';
const areas = ['pull-requests'] as const;

export const reviews: readonly RepositoryRoute[] = [
  {
    method: 'GET',
    path: REVIEWS,
    access: 'anyone',
    areas,
    handle: (context) => listed(pullOf(context).pull.reviews, context.url, (review) => present(context, review)),
  },
  { method: 'POST', path: REVIEWS, access: 'account', areas, handle: create },
];

const STATES = { APPROVE: 'APPROVED', REQUEST_CHANGES: 'CHANGES_REQUESTED', COMMENT: 'COMMENTED' } as const;

/** Nobody approves what is their own. Reviews are given at once; there are no pending ones here. */
function create(context: RepositoryContext): Answer {
  const { state, body } = context;
  const issue = pullOf(context);
  const user = accountOf(context);
  const event = textOf(body, 'event');
  const given = event === 'APPROVE' || event === 'REQUEST_CHANGES' ? event : 'COMMENT';
  if (given !== 'COMMENT' && user.id === issue.user.id)
    throw new Refusal(422, 'Unprocessable Entity', { errors: ['Can not approve your own pull request'] });
  const review: Review = {
    id: state.nextId(),
    user,
    body: textOf(body, 'body') ?? '',
    state: STATES[given],
    commitId: textOf(body, 'commit_id') ?? issue.pull.head.sha,
    submittedAt: state.clock.now(),
  };
  issue.pull.reviews.push(review);
  return { status: 200, body: present(context, review) };
}

/** `pull-request-review` of the description. */
function present(context: RepositoryContext, review: Review): unknown {
  const { state, repository } = context;
  const { number } = pullOf(context);
  const pullUrl = `${apiUrlOf(state, repository)}/pulls/${number}`;
  const html = `${webUrlOf(state, repository)}/pull/${number}#pullrequestreview-${review.id}`;
  return {
    id: review.id,
    node_id: nodeId('PRR', review.id),
    user: presentUser(state, review.user),
    body: review.body,
    state: review.state,
    html_url: html,
    pull_request_url: pullUrl,
    _links: { html: { href: html }, pull_request: { href: pullUrl } },
    submitted_at: review.submittedAt,
    commit_id: review.commitId,
    author_association: associationOf(repository, review.user),
  };
}
