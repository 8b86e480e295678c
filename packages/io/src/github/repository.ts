/** Repositories, forks and branches. */
import { ArError } from '@ar-registry/core/errors';
import { allPages, orMissing, statusOf } from './calls.ts';
import type { RepositoryCalls } from './create.ts';
import { objectId, text, whole } from './read.ts';
import type { Artifact, GitHubRepository, RepositoryFacts, RepositoryName } from './types.ts';

type Methods = Pick<
  GitHubRepository,
  | 'facts'
  | 'fork'
  | 'findFork'
  | 'syncFork'
  | 'branch'
  | 'createBranch'
  | 'moveBranch'
  | 'advanceBranch'
  | 'checkRuns'
  | 'latestArtifact'
>;

/** A fork is usable after seconds as a rule; GitHub says that it may take minutes. */
const FORK_WAITS_SECONDS: readonly number[] = [1, 1, 2, 3, 5, 8, 10, 15, 15];

export function repositoryMethods(own: RepositoryCalls): Methods {
  const { call, name, shown } = own;
  const facts = async (): Promise<RepositoryFacts> =>
    call(`looking at ${shown}`, async (request) =>
      toFacts((await request('GET /repos/{owner}/{repo}', { ...name })).data),
    );
  const branch = async (wanted: string): Promise<string | undefined> =>
    call(`looking for the branch ${wanted} of ${shown}`, async (request) => {
      const found = await orMissing(
        request('GET /repos/{owner}/{repo}/git/ref/{ref}', { ...name, ref: `heads/${wanted}` }),
      );
      return found && objectId(found.data.object.sha);
    });
  return {
    facts,
    branch,
    findFork: async () => findFork(own),
    fork: async () => fork(own),
    syncFork: async (wanted) =>
      call(`bringing ${shown} up to date`, async (request) => {
        await request('POST /repos/{owner}/{repo}/merge-upstream', { ...name, branch: wanted });
      }),
    createBranch: async (wanted, sha) =>
      call(`making the branch ${wanted} in ${shown}`, async (request) => {
        const ref = `refs/heads/${wanted}`;
        try {
          await request('POST /repos/{owner}/{repo}/git/refs', { ...name, ref, sha });
          return true;
        } catch (error) {
          if (statusOf(error) === 422 && (await branch(wanted)) !== undefined) return false;
          throw error;
        }
      }),
    moveBranch: async (wanted, sha) =>
      call(`moving the branch ${wanted} of ${shown}`, async (request) => {
        const ref = `heads/${wanted}`;
        await request('PATCH /repos/{owner}/{repo}/git/refs/{ref}', { ...name, ref, sha, force: true });
      }),
    advanceBranch: async (wanted, sha) => advanceBranch(own, wanted, sha),
    checkRuns: async (sha) => checkRuns(own, sha),
    latestArtifact: async (artifact, wanted) => latestArtifact(own, artifact, wanted),
  };
}

interface RepositoryAnswer {
  readonly id: unknown;
  readonly name: unknown;
  readonly owner: { readonly login: unknown };
  readonly default_branch?: unknown;
  readonly permissions?: { readonly push?: boolean | undefined } | undefined;
  readonly parent?: RepositoryAnswer | undefined;
}

function toFacts({ id, name, owner, default_branch, permissions, parent }: RepositoryAnswer): RepositoryFacts {
  return {
    owner: text(owner.login),
    repo: text(name),
    id: whole(id),
    defaultBranch: text(default_branch),
    canPush: permissions?.push === true,
    ...(parent ? { parent: { owner: text(parent.owner.login), repo: text(parent.name) } } : {}),
  };
}

/** By its usual name alone: where that is taken, `fork` finds what GitHub called it. */
async function advanceBranch({ call, name, shown }: RepositoryCalls, branch: string, sha: string): Promise<boolean> {
  return call(`moving the branch ${branch} of ${shown}`, async (request) => {
    try {
      await request('PATCH /repos/{owner}/{repo}/git/refs/{ref}', {
        ...name,
        ref: `heads/${branch}`,
        sha,
        force: false,
      });
      return true;
    } catch (error) {
      if (statusOf(error) === 422) return false;
      throw error;
    }
  });
}

async function findFork({ call, name, shown, whoAmI }: RepositoryCalls): Promise<RepositoryFacts | undefined> {
  const { login } = await whoAmI();
  return call(`looking for a fork of ${shown}`, async (request) => {
    const found = await orMissing(request('GET /repos/{owner}/{repo}', { owner: login, repo: name.repo }));
    const facts = found && toFacts(found.data);
    const parent = facts?.parent;
    return parent && isSame(parent, name) ? facts : undefined;
  });
}

/** Case does not count at GitHub. */
function isSame(a: RepositoryName, b: RepositoryName): boolean {
  return `${a.owner}/${a.repo}`.toLowerCase() === `${b.owner}/${b.repo}`.toLowerCase();
}

/** GitHub answers before the fork is there, and answers with the one there is. */
async function fork({ call, wait, name, shown }: RepositoryCalls): Promise<RepositoryFacts> {
  const made = await call(`forking ${shown}`, async (request) =>
    toFacts((await request('POST /repos/{owner}/{repo}/forks', { ...name, default_branch_only: true })).data),
  );
  const { owner, repo, defaultBranch } = made;
  const doing = `waiting for the fork ${owner}/${repo}`;
  return call(doing, async (request) => {
    for (const seconds of [0, ...FORK_WAITS_SECONDS]) {
      await wait(seconds);
      const ref = `heads/${defaultBranch}`;
      // An empty repository, which a fork is at first, answers 409.
      const found = await request('GET /repos/{owner}/{repo}/git/ref/{ref}', { owner, repo, ref }).catch(notThere);
      if (found) return made;
    }
    throw new ArError('GITHUB_UNAVAILABLE', { doing, reason: 'it is not ready yet.' });
  });
}

function notThere(error: unknown): undefined {
  if (![404, 409].includes(statusOf(error) ?? 0)) throw error;
}

async function checkRuns({ call, name, shown }: RepositoryCalls, ref: string): ReturnType<Methods['checkRuns']> {
  return call(`reading the checks of ${shown}`, async (request) => {
    const route = 'GET /repos/{owner}/{repo}/commits/{ref}/check-runs';
    const runs = await allPages(
      10,
      async (page) => (await request(route, { ...name, ref, per_page: 100, page })).data.check_runs,
    );
    return runs.map((run) => ({
      name: text(run.name),
      status: text(run.status),
      conclusion: run.conclusion,
      startedAt: run.started_at ?? undefined,
      appId: run.app ? whole(run.app.id) : undefined,
    }));
  });
}

/** Newest first, as GitHub lists them; a name that strangers use too must not hide ours behind the first page. */
const ARTIFACT_PAGES = 10;

async function latestArtifact(
  { call, name, shown }: RepositoryCalls,
  artifact: string,
  branch: string,
): Promise<Artifact | undefined> {
  return call(`looking for the artifact ${artifact} of ${shown}`, async (request) => {
    const route = 'GET /repos/{owner}/{repo}/actions/artifacts';
    const found = await allPages(
      ARTIFACT_PAGES,
      async (page) => (await request(route, { ...name, name: artifact, per_page: 100, page })).data.artifacts,
    );
    const [newest] = found
      .filter(({ expired, workflow_run: run }) => !expired && isOwnRun(run, branch))
      .toSorted((a, b) => text(b.created_at).localeCompare(text(a.created_at)));
    return newest && { runId: whole(newest.workflow_run?.id), createdAt: text(newest.created_at) };
  });
}

interface RunOfArtifact {
  readonly repository_id?: number;
  readonly head_repository_id?: number;
  readonly head_branch?: string | null;
}

function isOwnRun(run: RunOfArtifact | null | undefined, branch: string): boolean {
  if (run?.repository_id === undefined) return false;
  return run.head_repository_id === run.repository_id && run.head_branch === branch;
}
