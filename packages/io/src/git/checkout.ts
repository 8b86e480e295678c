/**
 * A work tree of one pinned commit of a stranger's repository: for building what somebody published.
 *
 * Address and content are attacker-controlled. Nothing of it runs here: no hooks, no filters, no submodules. Settings of
 * the user, which could hand a stranger's host a credential, count only for an address that the user named, and only
 * while fetching. Size is bounded while it arrives and before it is written.
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ArError, hasCode, isArError } from '@ar-registry/core/errors';
import { runGit, type GitRun } from './command.ts';
import { assertRemote, isObjectId } from './names.ts';
import { openRepository } from './repository.ts';

export interface Pinned {
  readonly url: string;
  /** Full id of the commit. */
  readonly commit: string;
  /** Folder to make; its parent exists. */
  readonly dir: string;
  /** How the repository may be reached: `https` for a stranger's, `file` for one of this machine. */
  readonly protocols: readonly GitProtocol[];
  /** Whose settings of git fetch it: credentials, proxies, rewritten addresses. Nobody's unless said otherwise. */
  readonly account?: 'nobody' | 'user';
  /** Further settings, `key=value`: what the address was resolved to. */
  readonly config?: readonly string[];
  readonly limits: CheckoutLimits;
}

export type GitProtocol = 'https' | 'http' | 'ssh' | 'file';

export interface CheckoutLimits {
  /** Of what is transferred, and again of all files together. */
  readonly bytes: number;
  readonly files: number;
  readonly timeoutMs: number;
}

export type Checkout =
  | { readonly kind: 'checked-out' }
  /** `reason` is in part the remote's words, cleaned. */
  | { readonly kind: 'unreachable'; readonly reason: string }
  | { readonly kind: 'commit-missing' }
  | { readonly kind: 'too-large'; readonly what: string };

/** @throws GIT_FAILED for an address that is none, DISK_FULL, COMMAND_NOT_FOUND, ABORTED */
export async function checkoutCommit(pinned: Pinned, signal?: AbortSignal): Promise<Checkout> {
  const { url, commit, dir, limits } = pinned;
  assertRemote(url);
  if (!isObjectId(commit)) throw new ArError('REVISION_UNKNOWN', { repository: url, revision: commit });
  const deadline = AbortSignal.timeout(limits.timeoutMs);
  const bounded = signal ? AbortSignal.any([signal, deadline]) : deadline;
  try {
    await runGit(
      ['init', '--quiet', '--template=', '--', dir],
      local({ doing: 'making a repository', signal: bounded }),
    );
    const fetched = await fetchCommit(pinned, bounded);
    return fetched ?? (await writeTree(pinned, bounded));
  } catch (error) {
    if (deadline.aborted && signal?.aborted !== true)
      return { kind: 'unreachable', reason: `it took longer than ${Math.round(limits.timeoutMs / 1000)} s.` };
    throw error;
  }
}

async function fetchCommit(pinned: Pinned, signal: AbortSignal): Promise<Checkout | undefined> {
  const { url, commit, dir, limits } = pinned;
  const args = ['fetch', '--quiet', '--depth=1', '--no-tags', '--no-recurse-submodules', '--', url, commit];
  try {
    await runGit([...settings(pinned), ...args], remote(pinned, { doing: `fetching from ${url}`, cwd: dir, signal }));
    return undefined;
  } catch (error) {
    if (!hasCode(error, 'GIT_FAILED')) throw error;
    if (await overflowed(dir, limits.bytes))
      return { kind: 'too-large', what: `it has more than ${limits.bytes} bytes` };
    if (await answers(pinned, signal)) return { kind: 'commit-missing' };
    return { kind: 'unreachable', reason: error.facts.reason };
  }
}

/** Whether the remote is there at all, so that what is missing is the commit. */
async function answers(pinned: Pinned, signal: AbortSignal): Promise<boolean> {
  const run = { doing: `asking ${pinned.url}`, cwd: pinned.dir, signal, answers: [2] };
  try {
    await runGit([...settings(pinned), 'ls-remote', '--quiet', '--', pinned.url, 'HEAD'], remote(pinned, run));
    return true;
  } catch (error) {
    if (!isArError(error) || error.code === 'ABORTED') throw error;
    return false;
  }
}

/** git leaves what it had received when it may not write on. */
async function overflowed(dir: string, limitBytes: number): Promise<boolean> {
  const folder = join(dir, '.git/objects/pack');
  const names = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  // The limit is in blocks of 512 bytes.
  return sizes.some((size) => size >= limitBytes - 512);
}

async function writeTree({ commit, dir, limits }: Pinned, signal: AbortSignal): Promise<Checkout> {
  const repository = await openRepository(dir, { signal });
  const blobs = (await repository.listTree(commit)).filter(({ kind }) => kind !== 'submodule');
  if (blobs.length > limits.files) return { kind: 'too-large', what: `it has more than ${limits.files} files` };
  const sizes = await repository.readBlobSizes([...new Set(blobs.map(({ oid }) => oid))]);
  const total = blobs.reduce((sum, { oid }) => sum + (sizes.get(oid) ?? 0), 0);
  if (total > limits.bytes) return { kind: 'too-large', what: `its files have more than ${limits.bytes} bytes` };
  await runGit(['checkout', '--quiet', '--detach', commit], local({ doing: 'writing the files', cwd: dir, signal }));
  return { kind: 'checked-out' };
}

/** A repository that was renamed redirects; an address of a stranger leads nowhere else. */
function settings({ account, config = [] }: Pinned): readonly string[] {
  const redirects = account === 'user' ? 'initial' : 'false';
  return [`http.followRedirects=${redirects}`, ...config].flatMap((setting) => ['-c', setting]);
}

function remote({ account, url, protocols, limits }: Pinned, run: GitRun): GitRun {
  return {
    ...run,
    network: true,
    ownGroup: !url.startsWith('ssh:'),
    fileLimitBytes: limits.bytes,
    env: { ...(account === 'user' ? {} : NO_SETTINGS), GIT_ALLOW_PROTOCOL: protocols.join(':') },
  };
}

/** For a stranger's repository: no credential, filter or rewritten address of the user's. */
const NO_SETTINGS = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };

function local(run: GitRun): GitRun {
  return { ...run, env: NO_SETTINGS };
}
