/**
 * Merging, file by file and without a work tree.
 *
 * Both sides may add and change files; where both changed the same file the merge is refused. Lines are never mixed:
 * a record that nobody wrote and no rule has seen cannot come about. Renames are not guessed, for the same reason.
 */
import { ArError } from '@ar-registry/core/errors';
import { showPath } from '@ar-registry/core/archive';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runGit } from './command.ts';
import { identity, type CommitAuthor } from './commit.ts';
import { isObjectId } from './names.ts';
import type { GitRepository } from './repository.ts';

export interface MergedTree {
  /** What the base would be after the merge. */
  readonly tree: string;
  /** Whether `head` holds nothing that `base` lacks. */
  readonly empty: boolean;
}

/**
 * The tree of `base` with what `head` brings since their common ancestor.
 *
 * @param names how the two are called in errors
 * @throws MERGE_REFUSED for a conflict, or for histories that have nothing in common
 */
export async function mergeTrees(
  repository: GitRepository,
  { base, head, branch }: { readonly base: string; readonly head: string; readonly branch: string },
  signal?: AbortSignal,
): Promise<MergedTree> {
  const run = gitText(repository, signal);
  const ancestor = await run(['merge-base', base, head], { answers: [1] });
  if (!isObjectId(ancestor)) throw new ArError('MERGE_REFUSED', { branch, reason: 'it has no history in common' });
  const treeOf = (commit: string): Promise<string> => run(['rev-parse', '--verify', `${commit}^{tree}`]);
  if (ancestor === base) return { tree: await treeOf(head), empty: head === base };
  if (ancestor === head) return { tree: await treeOf(base), empty: true };
  return { tree: await mergeThreeWays(run, { ancestor, base, head, branch }), empty: false };
}

type Run = (
  args: readonly string[],
  how?: { readonly env?: Readonly<Record<string, string>>; readonly answers?: readonly number[] },
) => Promise<string>;

async function mergeThreeWays(
  run: Run,
  { ancestor, base, head, branch }: Readonly<Record<'ancestor' | 'base' | 'head' | 'branch', string>>,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ar-merge-'));
  const env = { GIT_INDEX_FILE: join(folder, 'index') };
  try {
    await run(['read-tree', '-i', '-m', '--aggressive', ancestor, base, head], { env });
    const unmerged = await run(['ls-files', '--unmerged', '-z'], { env });
    if (unmerged === '') return await run(['write-tree'], { env });
    const paths = [...new Set(unmerged.split('\0').map((line) => line.split('\t')[1] ?? ''))].filter((path) => path);
    const shown = paths.slice(0, 3).map(showPath).join(', ');
    throw new ArError('MERGE_REFUSED', { branch, reason: `both sides changed ${shown}` });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export interface Merge {
  readonly base: string;
  readonly head: string;
  /** From `mergeTrees`, and since then checked. */
  readonly tree: string;
  readonly message: string;
  readonly author: CommitAuthor;
}

/** Makes the merge commit of exactly these objects, on no branch yet. @returns its id */
export async function mergeBranch(repository: GitRepository, merge: Merge, signal?: AbortSignal): Promise<string> {
  const [, name = '', email = ''] = /^(.*) <(.*)> \d+ \+0000$/.exec(identity(merge.author)) ?? [];
  const date = `${Math.floor(merge.author.atMs / 1000)} +0000`;
  return gitText(repository, signal)(
    ['commit-tree', merge.tree, '-p', merge.base, '-p', merge.head, '-m', merge.message],
    {
      env: {
        GIT_AUTHOR_NAME: name,
        GIT_AUTHOR_EMAIL: email,
        GIT_AUTHOR_DATE: date,
        GIT_COMMITTER_NAME: name,
        GIT_COMMITTER_EMAIL: email,
        GIT_COMMITTER_DATE: date,
      },
    },
  );
}

function gitText({ gitDir }: GitRepository, signal: AbortSignal | undefined): Run {
  return async (args, how = {}) => {
    const answer = await runGit(['--git-dir', gitDir, ...args], { doing: 'merging', signal, ...how });
    return new TextDecoder().decode(answer.stdout).trim();
  };
}
