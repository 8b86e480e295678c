import { fullNameOf, isAtLeast, roleOf, type Account, type Repository, type State } from '../state.ts';
import { nodeId, presentUser } from './user.ts';

/** Below this, all of a repository's addresses. */
export function apiUrlOf({ hosts }: State, repository: Repository): string {
  return `${hosts.api}/repos/${fullNameOf(repository)}`;
}

export function webUrlOf({ hosts }: State, repository: Repository): string {
  return `${hosts.web}/${fullNameOf(repository)}`;
}

/** `minimal-repository` of the description. */
export function presentMinimalRepository(state: State, repository: Repository): Record<string, unknown> {
  return {
    id: repository.id,
    node_id: nodeId('R', repository.id),
    name: repository.name,
    full_name: fullNameOf(repository),
    private: repository.private,
    owner: presentUser(state, repository.owner),
    html_url: webUrlOf(state, repository),
    description: null,
    fork: repository.parent !== undefined,
    url: apiUrlOf(state, repository),
    ...resourceUrls(apiUrlOf(state, repository)),
  };
}

/** `repository` of the description, as `viewer` sees it. */
export function presentRepository(
  state: State,
  repository: Repository,
  viewer: Account | undefined,
): Record<string, unknown> {
  return { ...presentMinimalRepository(state, repository), ...details(state, repository, viewer) };
}

/** `full-repository` of the description: with its parent, and without what only lists have. */
export function presentFullRepository(
  state: State,
  repository: Repository,
  viewer: Account | undefined,
): Record<string, unknown> {
  const { parent } = repository;
  return {
    ...presentRepository(state, repository, viewer),
    network_count: 0,
    subscribers_count: 0,
    ...(parent
      ? {
          parent: presentRepository(state, parent, viewer),
          source: presentRepository(state, sourceOf(parent), viewer),
        }
      : {}),
  };
}

/** The top of a chain of forks. */
export function sourceOf(repository: Repository): Repository {
  return repository.parent ? sourceOf(repository.parent) : repository;
}

function resourceUrls(url: string): Record<string, string> {
  const plain = ['contributors', 'deployments', 'downloads', 'events', 'forks', 'hooks', 'languages', 'merges'];
  return {
    ...Object.fromEntries(plain.map((name) => [`${name}_url`, `${url}/${name}`])),
    ...Object.fromEntries(
      ['stargazers', 'subscribers', 'subscription', 'tags', 'teams'].map((name) => [`${name}_url`, `${url}/${name}`]),
    ),
    archive_url: `${url}/{archive_format}{/ref}`,
    assignees_url: `${url}/assignees{/user}`,
    blobs_url: `${url}/git/blobs{/sha}`,
    branches_url: `${url}/branches{/branch}`,
    collaborators_url: `${url}/collaborators{/collaborator}`,
    comments_url: `${url}/comments{/number}`,
    commits_url: `${url}/commits{/sha}`,
    compare_url: `${url}/compare/{base}...{head}`,
    contents_url: `${url}/contents/{+path}`,
    git_commits_url: `${url}/git/commits{/sha}`,
    git_refs_url: `${url}/git/refs{/sha}`,
    git_tags_url: `${url}/git/tags{/sha}`,
    issue_comment_url: `${url}/issues/comments{/number}`,
    issue_events_url: `${url}/issues/events{/number}`,
    issues_url: `${url}/issues{/number}`,
    keys_url: `${url}/keys{/key_id}`,
    labels_url: `${url}/labels{/name}`,
    milestones_url: `${url}/milestones{/number}`,
    notifications_url: `${url}/notifications{?since,all,participating}`,
    pulls_url: `${url}/pulls{/number}`,
    releases_url: `${url}/releases{/id}`,
    statuses_url: `${url}/statuses/{sha}`,
    trees_url: `${url}/git/trees{/sha}`,
  };
}

function details(state: State, repository: Repository, viewer: Account | undefined): Record<string, unknown> {
  const web = webUrlOf(state, repository);
  const open = [...repository.issues.values()].filter((issue) => issue.state === 'open').length;
  const forks = [...state.repositories.values()].filter(({ parent }) => parent?.id === repository.id).length;
  return {
    git_url: web.replace(/^http/, 'git').concat('.git'),
    ssh_url: `git@${new URL(web).hostname}:${fullNameOf(repository)}.git`,
    clone_url: `${web}.git`,
    svn_url: web,
    mirror_url: null,
    homepage: null,
    language: null,
    forks_count: forks,
    forks,
    stargazers_count: 0,
    watchers_count: 0,
    watchers: 0,
    size: 1,
    default_branch: repository.defaultBranch,
    open_issues_count: open,
    open_issues: open,
    has_issues: true,
    has_projects: false,
    has_wiki: false,
    has_pages: false,
    has_downloads: true,
    has_discussions: false,
    archived: false,
    disabled: false,
    visibility: repository.private ? 'private' : 'public',
    allow_forking: true,
    license: null,
    pushed_at: repository.pushedAt,
    created_at: repository.createdAt,
    updated_at: repository.pushedAt,
    ...(viewer ? { permissions: permissionsOf(repository, viewer) } : {}),
  };
}

function permissionsOf(repository: Repository, viewer: Account): Record<string, boolean> {
  const role = roleOf(repository, viewer);
  return {
    admin: isAtLeast(role, 'admin'),
    maintain: isAtLeast(role, 'maintain'),
    push: isAtLeast(role, 'write'),
    triage: isAtLeast(role, 'triage'),
    pull: isAtLeast(role, 'read'),
  };
}
