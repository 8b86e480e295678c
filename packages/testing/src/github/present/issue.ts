import { roleOf, type Account, type Comment, type Issue, type Label, type Repository, type State } from '../state.ts';
import { apiUrlOf, webUrlOf } from './repository.ts';
import { nodeId, presentUser } from './user.ts';

/** `label` of the description. */
export function presentLabel(state: State, repository: Repository, label: Label): Record<string, unknown> {
  return {
    id: label.id,
    node_id: nodeId('LA', label.id),
    url: `${apiUrlOf(state, repository)}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    color: label.color,
    default: false,
    description: label.description,
  };
}

/** The labels that an issue bears, in the order of their names. */
export function labelsOf(repository: Repository, issue: Issue): readonly Label[] {
  return issue.labels.flatMap((name) => repository.labels.get(name.toLowerCase()) ?? []);
}

/** `issue` of the description; a pull request is one, too. */
export function presentIssue(state: State, repository: Repository, issue: Issue): unknown {
  const url = `${apiUrlOf(state, repository)}/issues/${issue.number}`;
  const html = `${webUrlOf(state, repository)}/${issue.pull ? 'pull' : 'issues'}/${issue.number}`;
  const pullUrl = `${apiUrlOf(state, repository)}/pulls/${issue.number}`;
  return {
    url,
    repository_url: apiUrlOf(state, repository),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: html,
    id: issue.id,
    node_id: nodeId('I', issue.id),
    number: issue.number,
    title: issue.title,
    user: presentUser(state, issue.user),
    labels: labelsOf(repository, issue).map((label) => presentLabel(state, repository, label)),
    state: issue.state,
    locked: issue.locked,
    assignee: null,
    assignees: [],
    milestone: null,
    comments: commentsOf(repository, issue.number).length,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    author_association: associationOf(repository, issue.user),
    body: issue.body,
    ...(issue.pull
      ? {
          pull_request: {
            url: pullUrl,
            html_url: html,
            diff_url: `${html}.diff`,
            patch_url: `${html}.patch`,
            merged_at: issue.pull.mergedAt,
          },
        }
      : {}),
  };
}

/** In the order in which they were written. */
export function commentsOf(repository: Repository, number: number): readonly Comment[] {
  return [...repository.comments.values()].filter(({ issue }) => issue === number);
}

/** `issue-comment` of the description. */
export function presentComment(state: State, repository: Repository, comment: Comment): unknown {
  const url = apiUrlOf(state, repository);
  const issue = repository.issues.get(comment.issue);
  const html = `${webUrlOf(state, repository)}/${issue?.pull ? 'pull' : 'issues'}/${comment.issue}`;
  return {
    url: `${url}/issues/comments/${comment.id}`,
    html_url: `${html}#issuecomment-${comment.id}`,
    issue_url: `${url}/issues/${comment.issue}`,
    id: comment.id,
    node_id: nodeId('IC', comment.id),
    user: presentUser(state, comment.user),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    body: comment.body,
    author_association: associationOf(repository, comment.user),
    performed_via_github_app: null,
  };
}

/** What an account is to a repository, as shown beside its words. */
export function associationOf(repository: Repository, account: Account): string {
  if (account.id === repository.owner.id) return 'OWNER';
  const role = roleOf(repository, account);
  return role === undefined || role === 'read' ? 'NONE' : 'COLLABORATOR';
}
