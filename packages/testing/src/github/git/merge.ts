/** Merging in a bare repository, in the three ways that GitHub has. */
import { listCommits, readCommit, type Person } from './read.ts';
import { git } from './run.ts';
import { writeCommit } from './write.ts';

export type MergeMethod = 'merge' | 'squash' | 'rebase';

export interface Merging {
  readonly base: string;
  readonly head: string;
  readonly author: Person;
  readonly committer: Person;
  readonly message: string;
}

/** The tree of the two merged; undefined when they conflict or have nothing in common. */
export async function mergeTrees(gitDir: string, base: string, head: string): Promise<string | undefined> {
  const { exitCode, text } = await git(gitDir, ['merge-tree', '--write-tree', '--no-messages', base, head], {
    answers: [1, 128],
  });
  return exitCode === 0 ? text : undefined;
}

/** The commit that the base branch has to move to; undefined when there are conflicts. */
export async function mergeCommits(gitDir: string, method: MergeMethod, merging: Merging): Promise<string | undefined> {
  if (method === 'rebase') return rebase(gitDir, merging);
  const { base, head, author, committer, message } = merging;
  const tree = await mergeTrees(gitDir, base, head);
  if (tree === undefined) return undefined;
  const parents = method === 'squash' ? [base] : [base, head];
  return writeCommit(gitDir, { tree, parents, author, committer, message });
}

/** Each commit of the head again, on top of the base. Merges among them are left out, as GitHub does. */
async function rebase(gitDir: string, { base, head, committer }: Merging): Promise<string | undefined> {
  let tip = base;
  for (const sha of await listCommits(gitDir, { include: head, exclude: base, reverse: true })) {
    const { author, message, parents } = await readCommit(gitDir, sha);
    const [parent, ...others] = parents;
    if (parent === undefined || others.length > 0) continue;
    // `merge-tree` of this git takes no merge base, so a commit is made that has the right one as its parent.
    const { tree: current } = await readCommit(gitDir, tip);
    const onParent = await writeCommit(gitDir, { tree: current, parents: [parent], author, committer, message });
    const tree = await mergeTrees(gitDir, onParent, sha);
    if (tree === undefined) return undefined;
    tip = await writeCommit(gitDir, { tree, parents: [tip], author, committer, message });
  }
  return tip;
}
