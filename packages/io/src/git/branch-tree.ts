/**
 * A branch that is replaced as a whole, by one commit without a history: what is served, and not what is worked on.
 *
 * What files hold is not fetched, where the remote can leave it out, and trees are made by `git fast-import` of those that
 * are there: it reads and writes the folders of what changes, and no others.
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { isArError } from '@ar-registry/core/errors';
import { translateFileError } from '../files/index.ts';
import { runGit } from './command.ts';
import { assertBranch, isObjectId } from './names.ts';
import { pushBranch, remoteBranch } from './remote.ts';
import { parseTree } from './tree.ts';

export interface BranchTree {
  /** The commit that the remote has; undefined where there is no such branch. */
  readonly head: string | undefined;
  /** What it has: path and id of the blob, in the order of paths. @throws GIT_FAILED, ABORTED */
  list(): Promise<readonly BranchFile[]>;
  /** Those of them that are there. @throws GIT_FAILED, ABORTED */
  find(paths: readonly string[]): Promise<readonly BranchFile[]>;
  /**
   * Changes the branch, if nobody has moved it since.
   *
   * @param beforePush asked once all files are read; nothing changes where it throws
   * @returns the id of the commit
   * @throws PUSH_REJECTED, GIT_FAILED, FILE_NOT_FOUND, FILE_ACCESS, ABORTED
   */
  replace(changes: BranchChanges, beforePush?: () => Promise<void>): Promise<string>;
}

export interface BranchFile {
  readonly path: string;
  /** Id of the blob. */
  readonly oid: string;
}

export interface BranchChanges {
  /** Path → absolute path of the file that holds what is new. */
  readonly files: ReadonlyMap<string, string>;
  /** Paths of empty files. */
  readonly empty: readonly string[];
  readonly removed: Iterable<string>;
  readonly message: string;
  readonly now: Date;
}

export interface OpenBranchOptions {
  /** Absolute; an empty folder for what git needs meanwhile. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

const WHO = 'ar-registry <ar-registry@localhost>';
const SERVED = 'refs/served';
const MADE = 'refs/made';
/** As a remote, so that git knows where what it lacks would be. */
const REMOTE = 'served';

type Git = (args: readonly string[], more?: GitMore) => Promise<Uint8Array>;

interface GitMore {
  readonly input?: Readable;
  readonly network?: boolean;
}

/** Asks where a branch is; of its files nothing is fetched before it is asked for. @throws GIT_FAILED, ABORTED */
export async function openBranch(
  url: string,
  branch: string,
  { folder, signal }: OpenBranchOptions,
): Promise<BranchTree> {
  assertBranch(branch, url);
  const gitDir = path.join(folder, 'git');
  const git: Git = async (args, more) =>
    (await runGit(args, { doing: `deploying to ${branch}`, cwd: gitDir, signal, ...more })).stdout;
  const head = await remoteBranch(url, branch, signal);
  let fetched: Promise<void> | undefined;
  const fetchOnce = (): Promise<void> => (fetched ??= fetchHead(git, { gitDir, url, branch, head, signal }));
  const listTree = async (args: readonly string[]): Promise<readonly BranchFile[]> => {
    await fetchOnce();
    return head === undefined ? [] : parseTree(await git(['ls-tree', '-z', ...args]));
  };
  return {
    head,
    list: () => listTree(['-r', SERVED]),
    find: async (paths) => {
      const found: BranchFile[] = [];
      for (let at = 0; at < paths.length; at += PATHS_AT_ONCE) {
        const some = paths.slice(at, at + PATHS_AT_ONCE);
        const asked = new Set(some);
        // Paths are names here, and no patterns. Of a folder that has such a name all is listed.
        const listed = await listTree(['-r', '--full-tree', SERVED, '--', ...some]);
        found.push(...listed.filter((file) => asked.has(file.path)));
      }
      return found;
    },
    replace: async (changes, beforePush) => {
      await fetchOnce();
      const before = head === undefined ? undefined : await objectId(git, `${SERVED}^{tree}`);
      await importCommit(git, commitOf(changes, before));
      const commit = await objectId(git, MADE);
      await beforePush?.();
      await pushBranch(gitDir, { url, branch, commit, expected: head ?? '' }, signal);
      return commit;
    },
  };
}

/** What a command line holds on every system. */
const PATHS_AT_ONCE = 200;

interface Fetch {
  readonly gitDir: string;
  readonly url: string;
  readonly branch: string;
  readonly head: string | undefined;
  readonly signal: AbortSignal;
}

async function fetchHead(git: Git, { gitDir, url, branch, head, signal }: Fetch): Promise<void> {
  await runGit(['init', '--quiet', '--bare', '--template=', '--', gitDir], { doing: 'making a repository', signal });
  if (head === undefined) return;
  await git(['config', `remote.${REMOTE}.url`, url]);
  const kind = ['--quiet', '--depth=1', '--filter=blob:none', '--no-tags', '--no-write-fetch-head'];
  await git(['fetch', ...kind, '--', REMOTE, `+refs/heads/${branch}:${SERVED}`], { network: true });
}

async function objectId(git: Git, name: string): Promise<string> {
  const oid = new TextDecoder().decode(await git(['rev-parse', '--verify', name])).trim();
  if (!isObjectId(oid)) throw new Error(`git names no object: ${oid}`);
  return oid;
}

async function importCommit(git: Git, commands: AsyncIterable<Uint8Array>): Promise<void> {
  const input = Readable.from(commands, { objectMode: false });
  let failure: unknown;
  input.once('error', (error) => (failure = error));
  try {
    await git(['fast-import', '--quiet', '--done'], { input });
  } catch (error) {
    // git says only that its input ended.
    throw isArError(failure) ? failure : error;
  }
}

/**
 * Without a work tree: no file is checked out, filtered or ignored.
 *
 * @param before the tree that is changed
 * @source git-fast-import(1)
 */
async function* commitOf(changes: BranchChanges, before: string | undefined): AsyncGenerator<Uint8Array> {
  const { files, empty, removed, message, now } = changes;
  let mark = 0;
  for (const file of files.values()) {
    const size = await sizeOf(file);
    yield text(`blob\nmark :${(mark += 1)}\ndata ${size}\n`);
    yield* contentOf(file, size);
    yield text('\n');
  }
  const at = `${Math.floor(now.getTime() / 1000)} +0000`;
  const body = text(message);
  yield text(`commit ${MADE}\nauthor ${WHO} ${at}\ncommitter ${WHO} ${at}\ndata ${body.length}\n`);
  yield body;
  // Its files, without the commit that had them as a parent.
  yield text(before === undefined ? '\n' : `\nM 040000 ${before} \n`);
  for (const name of removed) yield text(`D ${quote(name)}\n`);
  mark = 0;
  for (const name of files.keys()) yield text(`M 100644 :${(mark += 1)} ${quote(name)}\n`);
  for (const name of empty) yield text(`M 100644 inline ${quote(name)}\ndata 0\n`);
  yield text('\ndone\n');
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    throw translateFileError(error, file);
  }
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

/** As many bytes as were announced: one that is another one by now would be taken for commands. */
async function* contentOf(file: string, size: number): AsyncGenerator<Uint8Array> {
  let count = 0;
  try {
    for await (const chunk of createReadStream(file, { end: Math.max(0, size - 1) })) {
      const bytes = (chunk as Uint8Array).subarray(0, size - count);
      count += bytes.length;
      yield bytes;
    }
  } catch (error) {
    throw translateFileError(error, file);
  }
  // It is shorter now; nobody will see it, since the site is not what it was.
  if (count < size) yield new Uint8Array(size - count);
}

/** @source git-fast-import(1), `<path>`: as a string of C */
function quote(name: string): string {
  return `"${name.replaceAll(/["\\]/g, String.raw`\$&`).replaceAll('\n', String.raw`\n`)}"`;
}
