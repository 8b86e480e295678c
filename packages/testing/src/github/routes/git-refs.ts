import { notFound, unprocessable, type Answer } from '../answer.ts';
import { flagOf, requiredText } from '../body.ts';
import { isAncestor, listRefs, readRef, typeOf, type ObjectType, type Ref } from '../git/read.ts';
import { git, GitError } from '../git/run.ts';
import { deleteRef, writeRef } from '../git/write.ts';
import { apiUrlOf } from '../present/repository.ts';
import { nodeId } from '../present/user.ts';
import type { RepositoryContext, RepositoryRoute } from '../route.ts';
import type { Repository, State } from '../state.ts';

const areas = ['contents'] as const;

/** Branches and tags as refs; those of pull requests can be read only. */
export const gitRefs: readonly RepositoryRoute[] = [
  { method: 'POST', path: '/repos/{owner}/{repo}/git/refs', access: 'push', areas, handle: createRef },
  { method: 'PATCH', path: '/repos/{owner}/{repo}/git/refs/{ref}', access: 'push', areas, handle: updateRef },
  { method: 'DELETE', path: '/repos/{owner}/{repo}/git/refs/{ref}', access: 'push', areas, handle: removeRef },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/git/ref/{ref}',
    access: 'anyone',
    areas,
    async handle({ state, repository, parameters }) {
      const name = `refs/${parameters['ref']}`;
      const found = (await listRefs(repository.gitDir, name)).find(({ ref }) => ref === name);
      if (!found) throw notFound();
      return { status: 200, body: presentRef(state, repository, found) };
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/git/matching-refs/{ref}',
    access: 'anyone',
    areas,
    async handle({ state, repository, parameters }) {
      const refs = await listRefs(repository.gitDir, `refs/${parameters['ref']}`);
      // All of them at once: the operation has no pages.
      return { status: 200, body: refs.map((ref) => presentRef(state, repository, ref)) };
    },
  },
];

/** `git-ref` of the description. */
function presentRef(state: State, repository: Repository, { ref, sha, type }: Ref): unknown {
  const url = `${apiUrlOf(state, repository)}/git`;
  return {
    ref,
    node_id: nodeId('REF', ref),
    url: `${url}/${ref}`,
    object: { sha, type, url: `${url}/${type}s/${sha}` },
  };
}

async function createRef({ state, repository, body }: RepositoryContext): Promise<Answer> {
  const { gitDir } = repository;
  const ref = requiredText(body, 'ref');
  const sha = requiredText(body, 'sha');
  if (!(await isRefName(gitDir, ref))) throw unprocessable(`${ref} is not a valid ref name.`);
  if (ref.startsWith('refs/pull/')) throw unprocessable('Reference cannot be created');
  const type = await typeOf(gitDir, sha);
  if (type === undefined) throw unprocessable('Object does not exist');
  mustBeCommit(ref, type);
  if ((await readRef(gitDir, ref)) !== undefined) throw unprocessable('Reference already exists');
  await move(gitDir, ref, sha);
  repository.pushedAt = state.clock.now();
  return { status: 201, body: presentRef(state, repository, { ref, sha, type }) };
}

async function updateRef({ state, repository, parameters, body }: RepositoryContext): Promise<Answer> {
  const { gitDir } = repository;
  const ref = `refs/${parameters['ref']}`;
  const sha = requiredText(body, 'sha');
  const old = await readRef(gitDir, ref);
  if (old === undefined || ref.startsWith('refs/pull/')) throw unprocessable('Reference does not exist');
  const type = await typeOf(gitDir, sha);
  if (type === undefined) throw unprocessable('Object does not exist');
  mustBeCommit(ref, type);
  if (flagOf(body, 'force') !== true && !(await isAncestor(gitDir, old, sha)))
    throw unprocessable('Update is not a fast forward');
  await move(gitDir, ref, sha);
  repository.pushedAt = state.clock.now();
  return { status: 200, body: presentRef(state, repository, { ref, sha, type }) };
}

async function removeRef({ repository, parameters }: RepositoryContext): Promise<Answer> {
  const ref = `refs/${parameters['ref']}`;
  if (ref.startsWith('refs/pull/') || (await readRef(repository.gitDir, ref)) === undefined)
    throw unprocessable('Reference does not exist');
  if (ref === `refs/heads/${repository.defaultBranch}`) throw unprocessable('Cannot delete the default branch');
  await deleteRef(repository.gitDir, ref);
  return { status: 204 };
}

function mustBeCommit(ref: string, type: ObjectType): void {
  if (ref.startsWith('refs/heads/') && type !== 'commit') throw unprocessable('Object is not a commit');
}

/** `refs/` and two more parts at least, each as git wants it. */
async function isRefName(gitDir: string, ref: string): Promise<boolean> {
  if (!/^refs\/[^/]+\/./.test(ref)) return false;
  const { exitCode } = await git(gitDir, ['check-ref-format', ref], { answers: [1] });
  return exitCode === 0;
}

async function move(gitDir: string, ref: string, sha: string): Promise<void> {
  try {
    await writeRef(gitDir, ref, sha);
  } catch (error) {
    // Another ref is in the way: there cannot be both `a` and `a/b`.
    if (error instanceof GitError) throw unprocessable('Reference update failed');
    throw error;
  }
}
