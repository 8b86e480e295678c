/** Making of objects and moving of refs in a bare repository. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { listTree, type Person } from './read.ts';
import { git } from './run.ts';

/** Writes a blob and returns its id. */
export async function writeBlob(gitDir: string, bytes: Uint8Array): Promise<string> {
  const { text } = await git(gitDir, ['hash-object', '-w', '--stdin'], { input: bytes });
  return text;
}

export interface NewCommit {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Person;
  readonly committer: Person;
  readonly message: string;
}

/** Writes a commit, its message kept as it is, and returns its id. */
export async function writeCommit(gitDir: string, commit: NewCommit): Promise<string> {
  const lines = [
    `tree ${commit.tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${toLine(commit.author)}`,
    `committer ${toLine(commit.committer)}`,
    '',
    commit.message,
  ];
  const { text } = await git(gitDir, ['hash-object', '-t', 'commit', '-w', '--stdin'], { input: lines.join('\n') });
  return text;
}

export interface TreeChange {
  readonly path: string;
  readonly mode: string;
  /** Null: the path goes away, and all below it. */
  readonly sha: string | null;
}

/**
 * The tree that has the entries of `base` (none without one) with the changes applied, in their order.
 *
 * @throws GitError for paths and objects that git refuses
 */
export async function writeTree(
  gitDir: string,
  base: string | undefined,
  changes: readonly TreeChange[],
): Promise<string> {
  const index = path.join(gitDir, `double-index-${process.pid}`);
  const env = { GIT_INDEX_FILE: index };
  try {
    await git(gitDir, ['read-tree', ...(base === undefined ? ['--empty'] : [base])], { env });
    const lines = (await Promise.all(changes.map((change) => toIndexLines(gitDir, base, change)))).flat();
    await git(gitDir, ['update-index', '-z', '--index-info'], {
      env,
      input: lines.map((line) => `${line}\0`).join(''),
    });
    const { text } = await git(gitDir, ['write-tree'], { env });
    return text;
  } finally {
    await rm(index, { force: true });
  }
}

/** A folder is as many lines as it has files; it replaces what was there. */
async function toIndexLines(gitDir: string, base: string | undefined, change: TreeChange): Promise<readonly string[]> {
  if (change.sha !== null && change.mode !== '040000') return [`${change.mode} ${change.sha}\t${change.path}`];
  const old = base === undefined ? [] : await listTree(gitDir, base, true);
  const gone = old
    .filter(({ type, path: one }) => type !== 'tree' && (one === change.path || one.startsWith(`${change.path}/`)))
    .map((entry) => `0 ${'0'.repeat(40)}\t${entry.path}`);
  if (change.sha === null) return gone;
  const inside = await listTree(gitDir, change.sha, true);
  const files = inside.filter(({ type }) => type !== 'tree');
  return [...gone, ...files.map((entry) => `${entry.mode} ${entry.sha}\t${change.path}/${entry.path}`)];
}

/**
 * Moves or makes a ref.
 *
 * @throws GitError when its name is not one, or when another one is in its way (`a` and `a/b`)
 */
export async function writeRef(gitDir: string, ref: string, sha: string): Promise<void> {
  await git(gitDir, ['update-ref', ref, sha]);
}

export async function deleteRef(gitDir: string, ref: string): Promise<void> {
  await git(gitDir, ['update-ref', '-d', ref]);
}

/** Brings a commit with all of its history from another repository. */
export async function fetchCommit(gitDir: string, from: string, sha: string): Promise<void> {
  await git(gitDir, ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', from, sha]);
}

function toLine({ name, email, date }: Person): string {
  return `${clean(name)} <${clean(email)}> ${Math.floor(Date.parse(date) / 1000)} +0000`;
}

/** What git itself leaves out of names. */
function clean(text: string): string {
  return text.replaceAll(/[<>\n\0]/g, '').trim();
}
