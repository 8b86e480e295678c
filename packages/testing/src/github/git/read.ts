/** Questions about the objects and refs of a bare repository. */
import { git } from './run.ts';

export interface Person {
  readonly name: string;
  readonly email: string;
  /** ISO 8601 in UTC, to the second. */
  readonly date: string;
}

export interface CommitObject {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Person;
  readonly committer: Person;
  readonly message: string;
}

export type ObjectType = 'blob' | 'tree' | 'commit' | 'tag';

/** Undefined when there is no such object. Only whole ids are asked for; anything else names nothing. */
export async function typeOf(gitDir: string, sha: string): Promise<ObjectType | undefined> {
  if (!/^[0-9a-f]{40}$/.test(sha)) return undefined;
  const answer = await git(gitDir, ['cat-file', '-t', sha], { answers: [128] });
  return answer.exitCode === 0 ? (answer.text as ObjectType) : undefined;
}

/** The id that a ref, branch or abbreviated id means as a commit; undefined when it means none. */
export async function resolveCommit(gitDir: string, revision: string): Promise<string | undefined> {
  for (const candidate of [`refs/heads/${revision}`, `refs/tags/${revision}`, revision]) {
    if (candidate.startsWith('-') || /[\^~:@{}\s]/.test(candidate)) continue;
    const answer = await git(gitDir, ['rev-parse', '--verify', '--quiet', `${candidate}^{commit}`], {
      answers: [1, 128],
    });
    if (answer.exitCode === 0) return answer.text;
  }
  return undefined;
}

/** What a full ref name points at, a tag object included. */
export async function readRef(gitDir: string, ref: string): Promise<string | undefined> {
  const answer = await git(gitDir, ['rev-parse', '--verify', '--quiet', ref], { answers: [1, 128] });
  return answer.exitCode === 0 ? answer.text : undefined;
}

export interface Ref {
  readonly ref: string;
  readonly sha: string;
  readonly type: ObjectType;
}

/** All refs whose full name starts with `prefix`, sorted. */
export async function listRefs(gitDir: string, prefix: string): Promise<readonly Ref[]> {
  const { text } = await git(gitDir, ['for-each-ref', '--format=%(objectname) %(objecttype) %(refname)']);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [sha = '', type = '', ref = ''] = line.split(' ');
      return { sha, type: type as ObjectType, ref };
    })
    .filter(({ ref }) => ref.startsWith(prefix));
}

/** The commit must exist. */
export async function readCommit(gitDir: string, sha: string): Promise<CommitObject> {
  const { text } = await git(gitDir, ['cat-file', 'commit', sha]);
  const end = text.indexOf('\n\n');
  const lines = text.slice(0, end).split('\n');
  const values = (key: string): readonly string[] =>
    lines.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1));
  return {
    tree: values('tree')[0] ?? '',
    parents: values('parent'),
    author: toPerson(values('author')[0] ?? ''),
    committer: toPerson(values('committer')[0] ?? ''),
    message: text.slice(end + 2),
  };
}

export interface TreeEntry {
  readonly mode: string;
  readonly type: 'blob' | 'tree' | 'commit';
  readonly sha: string;
  /** In bytes, of blobs. */
  readonly size: number | undefined;
  readonly path: string;
}

/** Entries of a tree or of a commit's tree; with `recursive` of all trees below it, the trees included. */
export async function listTree(gitDir: string, tree: string, recursive = false): Promise<readonly TreeEntry[]> {
  const { text } = await git(gitDir, ['ls-tree', '-z', '-l', ...(recursive ? ['-r', '-t'] : []), tree]);
  return text
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => {
      const tab = line.indexOf('\t');
      const [mode = '', type = '', sha = '', size = '-'] = line.slice(0, tab).split(/ +/);
      return {
        mode,
        type: type as TreeEntry['type'],
        sha,
        size: size === '-' ? undefined : Number(size),
        path: line.slice(tab + 1),
      };
    });
}

export async function readBlob(gitDir: string, sha: string): Promise<Buffer> {
  const { bytes } = await git(gitDir, ['cat-file', 'blob', sha]);
  return bytes;
}

export async function isAncestor(gitDir: string, ancestor: string, descendant: string): Promise<boolean> {
  const { exitCode } = await git(gitDir, ['merge-base', '--is-ancestor', ancestor, descendant], { answers: [1] });
  return exitCode === 0;
}

/** Undefined when the two have no history in common. */
export async function mergeBase(gitDir: string, a: string, b: string): Promise<string | undefined> {
  const { exitCode, text } = await git(gitDir, ['merge-base', a, b], { answers: [1] });
  return exitCode === 0 ? text : undefined;
}

/** Commits of `include` that are not in `exclude`; the newest first, or the oldest first with `reverse`. */
export async function listCommits(
  gitDir: string,
  range: { readonly include: string; readonly exclude?: string; readonly path?: string; readonly reverse?: boolean },
): Promise<readonly string[]> {
  const { text } = await git(gitDir, [
    'rev-list',
    ...(range.reverse ? ['--reverse', '--topo-order'] : []),
    range.include,
    ...(range.exclude === undefined ? [] : [`^${range.exclude}`]),
    '--',
    ...(range.path === undefined ? [] : [`:(literal)${range.path}`]),
  ]);
  return text.split('\n').filter((line) => line !== '');
}

function toPerson(line: string): Person {
  const match = /^(?<name>.*?) ?<(?<email>[^>]*)> (?<seconds>\d+) [+-]\d{4}$/.exec(line);
  const { name = '', email = '', seconds = '0' } = match?.groups ?? {};
  return { name, email, date: toTimestamp(Number(seconds) * 1000) };
}

/** As GitHub writes instants: without fractions. */
function toTimestamp(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
