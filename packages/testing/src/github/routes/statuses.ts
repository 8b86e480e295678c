import { invalid, listed, notFound, page, type Answer } from '../answer.ts';
import { requiredText, textOf } from '../body.ts';
import { resolveCommit, typeOf } from '../git/read.ts';
import { apiUrlOf, presentMinimalRepository } from '../present/repository.ts';
import { nodeId, presentUser } from '../present/user.ts';
import { accountOf, type RepositoryContext, type RepositoryRoute } from '../route.ts';
import type { Repository, State, Status } from '../state.ts';

const areas = ['statuses'] as const;

export const statuses: readonly RepositoryRoute[] = [
  { method: 'POST', path: '/repos/{owner}/{repo}/statuses/{sha}', access: 'push', areas, handle: create },
  { method: 'GET', path: '/repos/{owner}/{repo}/commits/{ref}/status', access: 'anyone', areas, handle: combined },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/commits/{ref}/statuses',
    access: 'anyone',
    areas,
    async handle(context) {
      const { state, repository, url } = context;
      const sha = await commitOf(context);
      const own = repository.statuses.filter((one) => one.sha === sha).toReversed();
      return listed(own, url, (one) => presentStatus(state, repository, one));
    },
  },
];

function presentSimpleStatus(state: State, repository: Repository, status: Status): Record<string, unknown> {
  return {
    url: `${apiUrlOf(state, repository)}/statuses/${status.sha}`,
    avatar_url: `${state.hosts.web}/avatars/u/${status.creator.id}?v=4`,
    id: status.id,
    node_id: nodeId('SC', status.id),
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: status.createdAt,
    updated_at: status.createdAt,
  };
}

function presentStatus(state: State, repository: Repository, status: Status): unknown {
  return { ...presentSimpleStatus(state, repository, status), creator: presentUser(state, status.creator) };
}

async function create(context: RepositoryContext): Promise<Answer> {
  const { state, repository, body, parameters } = context;
  const sha = parameters['sha'] ?? '';
  if ((await typeOf(repository.gitDir, sha)) !== 'commit')
    throw invalid({ resource: 'Status', code: 'custom', message: `No commit found for SHA: ${sha}` });
  const status: Status = {
    id: state.nextId(),
    sha,
    state: requiredText(body, 'state'),
    context: textOf(body, 'context') ?? 'default',
    description: textOf(body, 'description') ?? null,
    targetUrl: textOf(body, 'target_url') ?? null,
    creator: accountOf(context),
    createdAt: state.clock.now(),
  };
  repository.statuses.push(status);
  return { status: 201, body: presentStatus(state, repository, status) };
}

/** The last status of each context; the worst of them is the state of the whole. */
async function combined(context: RepositoryContext): Promise<Answer> {
  const { state, repository, url } = context;
  const sha = await commitOf(context);
  const own = repository.statuses.filter((one) => one.sha === sha);
  const last = [...new Map(own.map((one) => [one.context, one])).values()];
  const { items, headers } = page(last, url);
  return {
    status: 200,
    headers,
    body: {
      state: worstOf(last),
      statuses: items.map((one) => presentSimpleStatus(state, repository, one)),
      sha,
      total_count: last.length,
      repository: presentMinimalRepository(state, repository),
      commit_url: `${apiUrlOf(state, repository)}/commits/${sha}`,
      url: `${apiUrlOf(state, repository)}/commits/${sha}/status`,
    },
  };
}

function worstOf(statusList: readonly Status[]): string {
  const states = statusList.map((one) => one.state);
  if (states.some((one) => one === 'error' || one === 'failure')) return 'failure';
  return states.length === 0 || states.includes('pending') ? 'pending' : 'success';
}

async function commitOf({ repository, parameters }: RepositoryContext): Promise<string> {
  const sha = await resolveCommit(repository.gitDir, parameters['ref'] ?? '');
  if (sha === undefined) throw notFound();
  return sha;
}
