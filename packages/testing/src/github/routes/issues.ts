import { actsAs } from '../access.ts';
import { invalid, listed, notFound, Refusal, type Answer } from '../answer.ts';
import { requiredText, textOf } from '../body.ts';
import { addIssue, closeIssue, ensureLabel, issueOf, labelNames, mayChange, reopenIssue } from '../issues.ts';
import { commentsOf, presentComment, presentIssue } from '../present/issue.ts';
import { accountOf, type RepositoryContext, type RepositoryRoute } from '../route.ts';
import type { Comment } from '../state.ts';

const areas = ['issues', 'pull-requests'] as const;
const COMMENT = '/repos/{owner}/{repo}/issues/comments/{comment_id}';
/** What GitHub takes as the text of a comment. */
const MAX_COMMENT_LENGTH = 65_536;

export const issues: readonly RepositoryRoute[] = [
  { method: 'GET', path: '/repos/{owner}/{repo}/issues', access: 'anyone', areas, handle: list },
  { method: 'POST', path: '/repos/{owner}/{repo}/issues', access: 'account', areas: ['issues'], handle: create },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/issues/{issue_number}',
    access: 'anyone',
    areas,
    handle: (context) => ({ status: 200, body: presentIssue(context.state, context.repository, issueOf(context)) }),
  },
  { method: 'PATCH', path: '/repos/{owner}/{repo}/issues/{issue_number}', access: 'account', areas, handle: update },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/issues/{issue_number}/comments',
    access: 'anyone',
    areas,
    handle(context) {
      const { state, repository, url } = context;
      const comments = commentsOf(repository, issueOf(context).number);
      return listed(comments, url, (one) => presentComment(state, repository, one));
    },
  },
  {
    method: 'POST',
    path: '/repos/{owner}/{repo}/issues/{issue_number}/comments',
    access: 'account',
    areas,
    handle: comment,
  },
  {
    method: 'GET',
    path: COMMENT,
    access: 'anyone',
    areas,
    handle: (context) => ({ status: 200, body: presentComment(context.state, context.repository, commentOf(context)) }),
  },
  { method: 'PATCH', path: COMMENT, access: 'account', areas, handle: editComment },
  { method: 'DELETE', path: COMMENT, access: 'account', areas, handle: deleteComment },
];

function list({ state, repository, url }: RepositoryContext): Promise<Answer> {
  const wanted = url.searchParams.get('state') ?? 'open';
  const labels = (url.searchParams.get('labels') ?? '').split(',').filter((name) => name !== '');
  const matching = [...repository.issues.values()].filter(
    (issue) =>
      (wanted === 'all' || issue.state === wanted) &&
      labels.every((name) => issue.labels.some((one) => one.toLowerCase() === name.toLowerCase())),
  );
  return listed(matching.toReversed(), url, (issue) => presentIssue(state, repository, issue));
}

/** Labels given by somebody who may not label are dropped without a word, as on GitHub. */
function create(context: RepositoryContext): Answer {
  const { state, repository, body } = context;
  const user = accountOf(context);
  const issue = addIssue(state, repository, {
    user,
    title: textOf(body, 'title') ?? '',
    body: textOf(body, 'body') ?? null,
  });
  if (actsAs(context.token, repository, 'triage'))
    issue.labels = labelNames(body).map((name) => ensureLabel(state, repository, name).name);
  return { status: 201, body: presentIssue(state, repository, issue) };
}

/** Also of pull requests, but for opening one again: that is `PATCH …/pulls/N`. */
function update(context: RepositoryContext): Answer {
  const { state, repository, body } = context;
  const issue = issueOf(context);
  if (!mayChange(context, issue.user)) throw new Refusal(403, 'Must have admin rights to Repository.');
  issue.title = textOf(body, 'title') ?? issue.title;
  if (body['body'] !== undefined) issue.body = textOf(body, 'body') ?? null;
  if (textOf(body, 'state') === 'closed') closeIssue(state, issue);
  else if (textOf(body, 'state') === 'open' && !issue.pull) reopenIssue(issue);
  if (body['labels'] !== undefined && actsAs(context.token, repository, 'triage'))
    issue.labels = labelNames(body).map((name) => ensureLabel(state, repository, name).name);
  issue.updatedAt = state.clock.now();
  return { status: 200, body: presentIssue(state, repository, issue) };
}

function comment(context: RepositoryContext): Answer {
  const { state, repository, body } = context;
  const issue = issueOf(context);
  const now = state.clock.now();
  const made: Comment = {
    id: state.nextId(),
    issue: issue.number,
    user: accountOf(context),
    body: commentText(requiredText(body, 'body')),
    createdAt: now,
    updatedAt: now,
  };
  repository.comments.set(made.id, made);
  issue.updatedAt = now;
  return { status: 201, body: presentComment(state, repository, made) };
}

function editComment(context: RepositoryContext): Answer {
  const { state, repository, body } = context;
  const edited = commentOf(context);
  if (!mayChange(context, edited.user)) throw new Refusal(403, 'Must have admin rights to Repository.');
  edited.body = commentText(requiredText(body, 'body'));
  edited.updatedAt = state.clock.now();
  return { status: 200, body: presentComment(state, repository, edited) };
}

function deleteComment(context: RepositoryContext): Answer {
  const { id, user } = commentOf(context);
  if (!mayChange(context, user)) throw new Refusal(403, 'Must have admin rights to Repository.');
  context.repository.comments.delete(id);
  return { status: 204 };
}

function commentOf({ repository, parameters }: RepositoryContext): Comment {
  const found = repository.comments.get(Number(parameters['comment_id']));
  if (!found) throw notFound();
  return found;
}

function commentText(text: string): string {
  if (text.trim() === '')
    throw invalid({ resource: 'IssueComment', code: 'missing_field', field: 'body', message: 'body cannot be blank' });
  if (text.length <= MAX_COMMENT_LENGTH) return text;
  const message = `body is too long (maximum is ${MAX_COMMENT_LENGTH} characters)`;
  throw invalid({ resource: 'IssueComment', code: 'unprocessable', field: 'data', message });
}
