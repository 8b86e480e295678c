/** A branch that is replaced as a whole, by one commit without a history: what is served, and not what is worked on. */
import path from 'node:path';
import { runGit } from './command.ts';
import { assertBranch, isObjectId } from './names.ts';
import { pushBranch, remoteBranch } from './remote.ts';
import { openRepository } from './repository.ts';

export interface BranchTree {
  /** What the remote has: path → id of the blob. Empty where there is no such branch. */
  readonly files: ReadonlyMap<string, string>;
  /**
   * Makes the branch hold exactly these, if nobody has moved it since.
   *
   * @param beforePush asked once all files are read; nothing changes where it throws
   * @returns the id of the commit
   * @throws PUSH_REJECTED, GIT_FAILED, ABORTED
   */
  replace(replacement: Replacement, beforePush?: () => Promise<void>): Promise<string>;
}

export interface Replacement {
  /** Path → id of a blob that the branch has already. */
  readonly unchanged: ReadonlyMap<string, string>;
  /** Path → absolute path of the file that holds what is new. */
  readonly files: ReadonlyMap<string, string>;
  /** Paths of empty files. */
  readonly empty: readonly string[];
  readonly message: string;
  readonly now: Date;
}

export interface OpenBranchOptions {
  /** Absolute; an empty folder for what git needs meanwhile. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

const WHO = { name: 'ar-registry', email: 'ar-registry@localhost' };

/** Reads the newest commit of a branch, and nothing of its history. @throws GIT_FAILED, ABORTED */
export async function openBranch(
  url: string,
  branch: string,
  { folder, signal }: OpenBranchOptions,
): Promise<BranchTree> {
  assertBranch(branch, url);
  const gitDir = path.join(folder, 'git');
  const git = async (args: readonly string[], more: { input?: string; network?: boolean } = {}): Promise<string> => {
    const env = { GIT_INDEX_FILE: path.join(folder, 'index') };
    const { stdout } = await runGit(args, { doing: `deploying to ${branch}`, cwd: gitDir, env, signal, ...more });
    return new TextDecoder().decode(stdout).trim();
  };
  await runGit(['init', '--quiet', '--bare', '--template=', '--', gitDir], { doing: 'making a repository', signal });
  const head = await remoteBranch(url, branch, signal);
  if (head !== undefined) {
    const kind = ['--quiet', '--depth=1', '--no-tags', '--no-write-fetch-head'];
    await git(['fetch', ...kind, '--', url, `+refs/heads/${branch}:refs/served`], { network: true });
  }
  return {
    files: head === undefined ? new Map() : await listFiles(gitDir, signal),
    replace: async (replacement, beforePush) => {
      const commit = await commitTree(git, replacement);
      await beforePush?.();
      await pushBranch(gitDir, { url, branch, commit, expected: head ?? '' }, signal);
      return commit;
    },
  };
}

async function listFiles(gitDir: string, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  const repository = await openRepository(gitDir, { signal });
  const entries = await repository.listTree('refs/served');
  return new Map(entries.map(({ path: name, oid }) => [name, oid]));
}

type Git = (args: readonly string[], more?: { input?: string }) => Promise<string>;

/** Without a work tree: no file is checked out, filtered or ignored. */
async function commitTree(git: Git, { unchanged, files, empty, message, now }: Replacement): Promise<string> {
  const names = [...files.keys()];
  const written = await hashFiles(git, [...files.values()]);
  const blank = empty.length === 0 ? '' : await git(['hash-object', '-w', '--stdin'], { input: '' });
  const entries = [
    ...unchanged,
    ...names.map((name, index) => [name, written[index] ?? ''] as const),
    ...empty.map((name) => [name, blank] as const),
  ];
  const lines = entries.map(([name, oid]) => `100644 ${oid}\t${name}\0`).join('');
  await git(['read-tree', '--empty']);
  await git(['update-index', '-z', '--index-info'], { input: lines });
  const tree = await git(['write-tree']);
  const at = `${Math.floor(now.getTime() / 1000)} +0000`;
  const body = `tree ${tree}\nauthor ${WHO.name} <${WHO.email}> ${at}\ncommitter ${WHO.name} <${WHO.email}> ${at}\n\n${message}`;
  return git(['hash-object', '-w', '-t', 'commit', '--stdin'], { input: body });
}

/** git reads the files itself, one after the other. A name with a line feed is no file of a registry. */
async function hashFiles(git: Git, files: readonly string[]): Promise<readonly string[]> {
  if (files.length === 0) return [];
  const input = `${files.join('\n')}\n`;
  const oids = (await git(['hash-object', '-w', '--no-filters', '--stdin-paths'], { input })).split('\n');
  return oids.filter((oid) => isObjectId(oid));
}
