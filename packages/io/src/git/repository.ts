/** Questions to a repository: revisions, trees, contents, differences. Nothing here changes a branch. */
import { stat } from 'node:fs/promises';
import { ArError } from '@ar-registry/core/errors';
import { toSingleLine, truncate } from '@ar-registry/core/text';
import { simpleGit, type SimpleGit } from 'simple-git';
import { readBlobSizes, readBlobs, type BlobSource } from './blobs.ts';
import { runGit } from './command.ts';
import { HARDENED_CONFIG, LOCAL_CONFIG } from './hardening.ts';
import { isObjectId } from './names.ts';
import { parseChanges, parseTree, type ChangedEntry, type TreeEntry } from './tree.ts';

/** A repository on this machine. */
export interface GitRepository {
  /** Absolute path of the bare repository or of `.git`. */
  readonly gitDir: string;
  /** Where the opened folder lies in the work tree, with a slash at the end; empty at its top and in a bare one. */
  readonly prefix: string;
  /**
   * The commit that `revision` names. A branch wins over a tag of the same name, here or at `origin`.
   *
   * @throws REVISION_UNKNOWN
   */
  resolveRevision(revision: string): Promise<string>;
  /** All files of a commit or tree, at or below `paths` where they are given; from the top, in git's order. */
  listTree(treeish: string, ...paths: readonly string[]): Promise<readonly TreeEntry[]>;
  /** Sizes in bytes by object id. @throws GIT_FAILED for an object that is not there */
  readBlobSizes(oids: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Contents by object id, all in memory. @throws GIT_FAILED for an object that is not there */
  readBlobs(oids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
  /** What differs from `base` to `head`, two commits or trees. A rename is a deletion and an addition. */
  changedPaths(base: string, head: string): Promise<readonly ChangedEntry[]>;
}

export interface OpenOptions {
  /** Whether objects that a partial clone of our own lacks may be fetched. A stranger's clone may not. */
  readonly mayFetch?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens the repository at `path`: bare, a work tree, or a folder inside one.
 *
 * @throws INDEX_UNREADABLE where there is none
 */
export async function openRepository(path: string, options: OpenOptions = {}): Promise<GitRepository> {
  const isFolder = await stat(path).then(
    (info) => info.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new ArError('INDEX_UNREADABLE', { index: path, problem: 'there is no such folder' });
  const answer = await runGit(['rev-parse', '--absolute-git-dir', '--show-prefix'], {
    doing: 'opening a repository',
    cwd: path,
    signal: options.signal,
    answers: [128],
  });
  if (answer.exitCode !== 0) throw new ArError('INDEX_UNREADABLE', { index: path, problem: 'it is no git repository' });
  const [gitDir = '', prefix = ''] = new TextDecoder().decode(answer.stdout).split('\n');
  return createRepository({ gitDir, prefix }, options);
}

function createRepository(
  { gitDir, prefix }: Pick<GitRepository, 'gitDir' | 'prefix'>,
  { mayFetch = false, signal }: OpenOptions,
): GitRepository {
  const blobs: BlobSource = { gitDir, network: mayFetch, signal };
  const git = localGit(gitDir, signal);
  const run = async (args: readonly string[], doing: string): Promise<Uint8Array> =>
    (await runGit(['--git-dir', gitDir, ...args], { doing, network: mayFetch, signal })).stdout;
  return {
    gitDir,
    prefix,
    resolveRevision: (revision) => resolveRevision(git, revision, gitDir),
    listTree: async (treeish, ...paths) => {
      const given = paths.filter((path) => path !== '');
      const below = given.length === 0 ? [] : ['--', ...given];
      return parseTree(await run(['ls-tree', '-r', '-z', '--full-tree', treeish, ...below], 'listing a tree'));
    },
    readBlobSizes: (oids) => readBlobSizes(oids, blobs),
    readBlobs: (oids) => readBlobs(oids, blobs),
    changedPaths: async (base, head) =>
      parseChanges(
        await run(
          ['diff-tree', '-r', '-z', '--no-renames', '--name-status', '--no-commit-id', base, head],
          'comparing',
        ),
      ),
  };
}

/** simple-git without any transport; it removes every `GIT_*` variable of the environment itself. */
function localGit(gitDir: string, signal: AbortSignal | undefined): SimpleGit {
  return simpleGit({
    baseDir: gitDir,
    config: [...HARDENED_CONFIG, ...LOCAL_CONFIG, 'safe.bareRepository=all'],
    // The guard is against settings taken from strangers; these are the constants above, which close doors.
    unsafe: {
      allowUnsafeHooksPath: true,
      allowUnsafeFsMonitor: true,
      allowUnsafePager: true,
      allowUnsafeProtocolOverride: true,
    },
    trimmed: true,
    ...(signal ? { abort: signal } : {}),
  });
}

async function resolveRevision(git: SimpleGit, revision: string, repository: string): Promise<string> {
  for (const candidate of candidatesOf(revision)) {
    // With --quiet an unknown name is an empty answer, not an error.
    const oid = await git.revparse(['--verify', '--quiet', `${candidate}^{commit}`]);
    if (isObjectId(oid)) return oid;
  }
  throw new ArError('REVISION_UNKNOWN', { repository, revision: truncate(toSingleLine(revision), 200) });
}

/**
 * Names by which a revision may be known, in this order: git itself would take a tag before a branch, and whoever may push
 * tags could so choose what is checked.
 */
export function candidatesOf(revision: string): readonly string[] {
  // oxlint-disable-next-line no-control-regex -- controls are what this refuses
  if (revision === '' || revision.startsWith('-') || /[\u0000-\u001f]/.test(revision)) return [];
  // `refs/remotes/origin/HEAD` is where the clone came from was at, which need not be what is here.
  if (isObjectId(revision) || revision === 'HEAD') return [revision];
  return [`refs/heads/${revision}`, `refs/remotes/origin/${revision}`, revision];
}
