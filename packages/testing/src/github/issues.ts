/** Making and finding of issues and labels. */
import { actsAs } from './access.ts';
import { notFound } from './answer.ts';
import { listOf, objectOf, textOf, type Body } from './body.ts';
import type { RepositoryContext } from './route.ts';
import type { Account, Issue, Label, Repository, State } from './state.ts';

export interface NewIssue {
  readonly user: Account;
  readonly title: string;
  readonly body: string | null;
}

/** Numbers run through issues and pull requests alike. */
export function addIssue(state: State, repository: Repository, { user, title, body }: NewIssue): Issue {
  const now = state.clock.now();
  const number = repository.nextNumber;
  repository.nextNumber += 1;
  const issue: Issue = {
    id: state.nextId(),
    number,
    user,
    title,
    body,
    state: 'open',
    labels: [],
    locked: false,
    createdAt: now,
    updatedAt: now,
    closedAt: null,
  };
  repository.issues.set(number, issue);
  return issue;
}

/** @throws Refusal 404 */
export function issueOf({ repository, parameters }: RepositoryContext): Issue {
  const issue = repository.issues.get(Number(parameters['issue_number'] ?? parameters['pull_number']));
  if (!issue) throw notFound();
  return issue;
}

/** Who may change an issue's or a comment's words and state: its author, and people of the repository. */
export function mayChange({ repository, token }: RepositoryContext, author: Account): boolean {
  return token?.account.id === author.id || actsAs(token, repository, 'triage');
}

/** The label of that name, which is made when it is not there: labelling does that. */
export function ensureLabel(state: State, repository: Repository, name: string): Label {
  const known = repository.labels.get(name.toLowerCase());
  if (known) return known;
  const label: Label = { id: state.nextId(), name, color: 'ededed', description: null };
  repository.labels.set(name.toLowerCase(), label);
  return label;
}

/** The names under `labels`, each a text or an object that has one. */
export function labelNames(body: Body): readonly string[] {
  return listOf(body, 'labels').map((one) => (typeof one === 'string' ? one : (textOf(objectOf(one), 'name') ?? '')));
}

export function closeIssue(state: State, issue: Issue): void {
  issue.state = 'closed';
  issue.closedAt = state.clock.now();
  issue.updatedAt = issue.closedAt;
}

export function reopenIssue(issue: Issue): void {
  issue.state = 'open';
  issue.closedAt = null;
}
