import { invalid, listed, notFound, Refusal, unprocessable, type Answer } from '../answer.ts';
import { flagOf, textOf } from '../body.ts';
import { mergeCommits } from '../git/merge.ts';
import { isAncestor, readRef } from '../git/read.ts';
import { fetchCommit, writeRef } from '../git/write.ts';
import { presentFullRepository, presentMinimalRepository } from '../present/repository.ts';
import { presentUser } from '../present/user.ts';
import { personOf } from '../pulls.ts';
import { forkRepository } from '../repositories.ts';
import { accountOf, type RepositoryContext, type RepositoryRoute } from '../route.ts';
import { fullNameOf, isAtLeast, roleOf, type Repository } from '../state.ts';

export const repositories: readonly RepositoryRoute[] = [
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}',
    access: 'anyone',
    handle: ({ state, repository, token }) => ({
      status: 200,
      body: presentFullRepository(state, repository, token?.account),
    }),
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/forks',
    access: 'anyone',
    handle: ({ state, repository, url }) =>
      listed(
        [...state.repositories.values()].filter(({ parent }) => parent === repository),
        url,
        (one) => presentMinimalRepository(state, one),
      ),
  },
  { method: 'POST', path: '/repos/{owner}/{repo}/forks', access: 'account', handle: fork },
  {
    method: 'POST',
    path: '/repos/{owner}/{repo}/merge-upstream',
    access: 'push',
    areas: ['contents'],
    handle: mergeUpstream,
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/collaborators/{username}/permission',
    access: 'account',
    handle({ state, repository, parameters }) {
      const account = state.accounts.get((parameters['username'] ?? '').toLowerCase());
      if (!account) throw notFound();
      const role = roleOf(repository, account) ?? 'none';
      const user = { ...presentUser(state, account), permissions: flags(repository, account), role_name: role };
      return { status: 200, body: { permission: legacyRole(role), role_name: role, user } };
    },
  },
];

/** The four permissions that there were before there were roles. */
function legacyRole(role: string): string {
  if (role === 'maintain') return 'write';
  return role === 'triage' ? 'read' : role;
}

function flags(repository: Repository, account: Parameters<typeof roleOf>[1]): Record<string, boolean> {
  const role = roleOf(repository, account);
  return {
    pull: isAtLeast(role, 'read'),
    triage: isAtLeast(role, 'triage'),
    push: isAtLeast(role, 'write'),
    maintain: isAtLeast(role, 'maintain'),
    admin: isAtLeast(role, 'admin'),
  };
}

/** Forking twice gives the first fork again. */
async function fork(context: RepositoryContext): Promise<Answer> {
  const { state, repository, body } = context;
  const account = accountOf(context);
  if (textOf(body, 'organization') !== undefined)
    throw invalid({ resource: 'Fork', code: 'invalid', field: 'organization' });
  if (account.id === repository.owner.id) throw new Refusal(403, 'You cannot fork a repository that you own.');
  const made = await forkRepository(state, {
    parent: repository,
    owner: account,
    name: textOf(body, 'name'),
    defaultBranchOnly: flagOf(body, 'default_branch_only') ?? false,
  });
  return { status: 202, body: presentFullRepository(state, made, account) };
}

async function mergeUpstream(context: RepositoryContext): Promise<Answer> {
  const { repository, body } = context;
  const branch = textOf(body, 'branch') ?? '';
  const { parent } = repository;
  if (!parent) throw unprocessable('This repository is not a fork.');
  const upstream = await readRef(parent.gitDir, `refs/heads/${branch}`);
  const own = await readRef(repository.gitDir, `refs/heads/${branch}`);
  if (upstream === undefined || own === undefined) throw unprocessable(`The branch ${branch} does not exist.`);
  await fetchCommit(repository.gitDir, parent.gitDir, upstream);
  const base = `${fullNameOf(parent).split('/')[0]}:${branch}`;
  if (await isAncestor(repository.gitDir, upstream, own)) {
    const message = `This branch is not behind the upstream ${base}.`;
    return { status: 200, body: { message, merge_type: 'none', base_branch: base } };
  }
  const forward = await isAncestor(repository.gitDir, own, upstream);
  const target = forward ? upstream : await mergeInto(context, { own, upstream, base });
  await writeRef(repository.gitDir, `refs/heads/${branch}`, target);
  const message = forward
    ? `Successfully fetched and fast-forwarded from upstream ${base}.`
    : `Successfully fetched and merged from upstream ${base}.`;
  return { status: 200, body: { message, merge_type: forward ? 'fast-forward' : 'merge', base_branch: base } };
}

async function mergeInto(
  context: RepositoryContext,
  { own, upstream, base }: { readonly own: string; readonly upstream: string; readonly base: string },
): Promise<string> {
  const person = personOf(context.state, accountOf(context));
  const merged = await mergeCommits(context.repository.gitDir, 'merge', {
    base: own,
    head: upstream,
    author: person,
    committer: person,
    message: `Merge branch '${base}'`,
  });
  if (merged === undefined) throw new Refusal(409, 'There are merge conflicts');
  return merged;
}
