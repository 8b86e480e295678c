/** What goes over a transport: asking a remote for a branch, cloning, pushing. */
import { ArError } from '@ar-registry/core/errors';
import { hideCredentials, toSingleLine, truncate } from '@ar-registry/core/text';
import { runGit } from './command.ts';
import { reasonOf } from './git-error.ts';
import { assertBranch, assertRemote, isObjectId } from './names.ts';
import { openRepository, type GitRepository } from './repository.ts';

/**
 * The commit that `branch` has at `url`, or undefined.
 *
 * @throws GIT_FAILED, ABORTED
 */
export async function remoteBranch(url: string, branch: string, signal?: AbortSignal): Promise<string | undefined> {
  assertRemote(url);
  assertBranch(branch, url);
  const { stdout } = await runGit(['ls-remote', '--', url, `refs/heads/${branch}`], {
    doing: `asking ${url} for ${branch}`,
    network: true,
    signal,
  });
  const [oid = ''] = new TextDecoder().decode(stdout).split('\t', 1);
  return isObjectId(oid) ? oid : undefined;
}

/** The address of `origin` of the repository at `folder`; undefined where it has none. @throws GIT_FAILED, ABORTED */
export async function originOf(folder: string, signal?: AbortSignal): Promise<string | undefined> {
  const { stdout } = await runGit(['config', '--get', 'remote.origin.url'], {
    doing: 'reading the address of origin',
    cwd: folder,
    signal,
    answers: [1],
  });
  return new TextDecoder().decode(stdout).trim() || undefined;
}

/** A clone for one submission. */
export interface SubmissionClone {
  readonly repository: GitRepository;
  /** What new work starts from: the branch that the remote’s HEAD names. */
  readonly defaultBranch: string;
  readonly head: string;
}

/**
 * Clones the newest commit of the default branch into `dir`, a bare repository without any file.
 *
 * The contents of files are left out where the remote can do so, and fetched when they are read: an index may hold
 * every archive of a registry.
 *
 * @throws INDEX_NOT_FOUND for a repository without a commit, GIT_FAILED, DISK_FULL, ABORTED
 */
export async function cloneForSubmission(url: string, dir: string, signal?: AbortSignal): Promise<SubmissionClone> {
  assertRemote(url);
  const content = ['--depth=1', '--filter=blob:none', '--no-tags', '--single-branch', '--no-local'];
  await runGit(['clone', '--quiet', '--bare', '--template=', ...content, '--', url, dir], {
    doing: `cloning ${url}`,
    network: true,
    signal,
  });
  const repository = await openRepository(dir, { mayFetch: true, signal });
  const name = await runGit(['symbolic-ref', '--short', 'HEAD'], { doing: 'reading HEAD', cwd: dir, signal });
  const defaultBranch = new TextDecoder().decode(name.stdout).trim();
  const head = await runGit(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], {
    doing: 'reading HEAD',
    cwd: dir,
    signal,
    answers: [1, 128],
  });
  const oid = new TextDecoder().decode(head.stdout).trim();
  if (!isObjectId(oid)) throw new ArError('INDEX_NOT_FOUND', { remote: hideCredentials(url) });
  return { repository, defaultBranch, head: oid };
}

/**
 * Clones whole branches of `url` into `dir`, a bare repository, for a merge: with history, which a merge base needs.
 *
 * @throws REVISION_UNKNOWN for a branch that is not there; GIT_FAILED, ABORTED
 */
export async function cloneBranches(
  url: string,
  { dir, branches }: { readonly dir: string; readonly branches: readonly string[] },
  signal?: AbortSignal,
): Promise<GitRepository> {
  assertRemote(url);
  for (const branch of branches) {
    if ((await remoteBranch(url, branch, signal)) !== undefined) continue;
    throw new ArError('REVISION_UNKNOWN', { repository: hideCredentials(url), revision: branch });
  }
  await runGit(['init', '--quiet', '--bare', '--template=', '--', dir], { doing: 'making a repository', signal });
  await fetchBranches(dir, { url, branches }, signal);
  return openRepository(dir, { signal });
}

/**
 * Brings whole branches of `url` into the bare repository `repoDir`: all of them, or none.
 *
 * @throws GIT_FAILED, also for one that is not there or that holds what is no sound commit; ABORTED
 */
export async function fetchBranches(
  repoDir: string,
  { url, branches }: { readonly url: string; readonly branches: readonly string[] },
  signal?: AbortSignal,
): Promise<void> {
  assertRemote(url);
  for (const branch of branches) assertBranch(branch, url);
  const refs = branches.map((branch) => `+refs/heads/${branch}:refs/heads/${branch}`);
  await runGit(['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--', url, ...refs], {
    doing: `fetching from ${url}`,
    network: true,
    cwd: repoDir,
    signal,
  });
}

/**
 * Brings the head of a pull request into the bare repository `repoDir`, as GitHub offers it.
 *
 * @returns the commit, which is what the host says it is at this moment
 * @throws GIT_FAILED, also for one that is not there; ABORTED
 */
export async function fetchPullHead(
  repoDir: string,
  { url, number }: { readonly url: string; readonly number: number },
  signal?: AbortSignal,
): Promise<string> {
  assertRemote(url);
  const ref = `refs/pull/${number}/head`;
  const options = ['--quiet', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules'];
  await runGit(['fetch', ...options, '--', url, `+${ref}:${ref}`], {
    doing: `fetching pull request ${number} from ${url}`,
    network: true,
    cwd: repoDir,
    signal,
  });
  const { stdout } = await runGit(['rev-parse', '--verify', `${ref}^{commit}`], {
    doing: 'reading the commit',
    cwd: repoDir,
    signal,
  });
  return new TextDecoder().decode(stdout).trim();
}

export interface Push {
  readonly url: string;
  readonly branch: string;
  /** What the branch is to be; without it the local branch of the same name. */
  readonly commit?: string;
  /** What the branch must be at the remote until then; without it any ancestor, or nothing. */
  readonly expected?: string;
}

/**
 * Makes `branch` at the remote what is given. Never overwrites: only a descendant of what is there is accepted.
 *
 * @throws PUSH_REJECTED where the remote says no, GIT_FAILED, ABORTED
 */
export async function pushBranch(repoDir: string, push: Push, signal?: AbortSignal): Promise<void> {
  const { url, branch, commit, expected } = push;
  assertRemote(url);
  assertBranch(branch, url);
  const ref = `refs/heads/${branch}`;
  const lease = expected === undefined ? [] : [`--force-with-lease=${ref}:${expected}`];
  const answer = await runGit(
    ['push', '--porcelain', '--no-verify', '--no-follow-tags', ...lease, '--', url, `${commit ?? ref}:${ref}`],
    { doing: `pushing to ${url}`, network: true, cwd: repoDir, signal, answers: [1] },
  );
  if (answer.exitCode === 0) return;
  const refused = new TextDecoder()
    .decode(answer.stdout)
    .split('\n')
    .find((line) => line.startsWith('!\t'));
  const said = [refused?.split('\t')[2] ?? '', reasonOf(answer.stderr)].join(' ');
  const reason = truncate(toSingleLine(hideCredentials(said)), 500) || 'no reason given';
  throw new ArError('PUSH_REJECTED', { remote: hideCredentials(url), branch, reason });
}
