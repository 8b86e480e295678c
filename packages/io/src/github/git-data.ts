/** Trees, contents and commits. */
import pLimit from 'p-limit';
import type { EntryKind, TreeEntry } from '../git/index.ts';
import { orMissing, type Request } from './calls.ts';
import type { RepositoryCalls } from './create.ts';
import { objectId, text } from './read.ts';
import type { GitHubRepository, NewCommit, PullFile } from './types.ts';

type Methods = Pick<GitHubRepository, 'commit' | 'listTree' | 'readBlobs' | 'readFile' | 'changedFiles' | 'makeCommit'>;

const AT_ONCE = 6;

export function gitDataMethods(own: RepositoryCalls): Methods {
  const { call, name, shown } = own;
  const readBlob = async (request: Request, sha: string): Promise<Uint8Array> => {
    const { data } = await request('GET /repos/{owner}/{repo}/git/blobs/{file_sha}', { ...name, file_sha: sha });
    if (data.encoding === 'utf-8') return new TextEncoder().encode(text(data.content));
    return new Uint8Array(Buffer.from(text(data.content), 'base64'));
  };
  return {
    commit: async (sha) =>
      call(`reading the commit ${sha} of ${shown}`, async (request) => {
        const { data } = await request('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', {
          ...name,
          commit_sha: sha,
        });
        return {
          sha: objectId(data.sha),
          tree: objectId(data.tree.sha),
          parents: data.parents.map(({ sha: id }) => objectId(id)),
        };
      }),
    listTree: async (treeish, { skip } = {}) =>
      call(`listing the files of ${shown}`, async (request) => listTree({ request, own }, treeish, skip ?? new Set())),
    readBlobs: async (oids) =>
      call(`reading files of ${shown}`, async (request) => {
        const limit = pLimit(AT_ONCE);
        const read = async (oid: string): Promise<[string, Uint8Array]> => [oid, await readBlob(request, oid)];
        return new Map(await Promise.all([...new Set(oids)].map((oid) => limit(read, oid))));
      }),
    readFile: async (path, ref) =>
      call(`reading ${path} of ${shown}`, async (request) => {
        const found = await orMissing(request('GET /repos/{owner}/{repo}/contents/{path}', { ...name, path, ref }));
        if (!found || Array.isArray(found.data) || found.data.type !== 'file') return undefined;
        return readBlob(request, objectId(found.data.sha));
      }),
    changedFiles: async (sha) =>
      call(`reading the commit ${sha} of ${shown}`, async (request) => {
        const { data } = await request('GET /repos/{owner}/{repo}/commits/{ref}', { ...name, ref: sha, per_page: 100 });
        return (data.files ?? []).map(toPullFile);
      }),
    makeCommit: async (commit) =>
      call(`committing to ${shown}`, async (request) => makeCommit({ request, own }, commit)),
  };
}

interface Asked {
  readonly request: Request;
  readonly own: RepositoryCalls;
}

/**
 * One request where GitHub lists the tree as a whole, which it does up to 100,000 entries or 7 MB; else folder by folder,
 * but for those that are not wanted.
 */
async function listTree(asked: Asked, treeish: string, skip: ReadonlySet<string>): Promise<readonly TreeEntry[]> {
  const limit = pLimit(AT_ONCE);
  const list = async (oid: string, prefix: string): Promise<readonly TreeEntry[]> => {
    const whole = await limit(treeAt, asked, oid, true);
    if (!whole.truncated) return entriesOf(whole.items, prefix);
    const { items } = await limit(treeAt, asked, oid, false);
    const folders = items.filter(({ type, path }) => type === 'tree' && !skip.has(prefix + path));
    const inside = await Promise.all(folders.map((folder) => list(folder.oid, `${prefix}${folder.path}/`)));
    return [...entriesOf(items, prefix), ...inside.flat()];
  };
  const entries = await list(treeish, '');
  const skipped = [...skip].map((folder) => `${folder}/`);
  return entries.filter(({ path }) => !skipped.some((folder) => path.startsWith(folder)));
}

interface TreeItem {
  readonly path: string;
  readonly mode: string;
  readonly type: string;
  readonly oid: string;
}

interface Tree {
  readonly items: readonly TreeItem[];
  readonly truncated: boolean;
}

async function treeAt({ request, own }: Asked, sha: string, recursive: boolean): Promise<Tree> {
  const { data } = await request('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', {
    ...own.name,
    tree_sha: sha,
    ...(recursive ? { recursive: '1' } : {}),
  });
  const items = data.tree.map(({ path, mode, type, sha: oid }) => ({
    path: text(path),
    mode: text(mode),
    type: text(type),
    oid: objectId(oid),
  }));
  return { items, truncated: data.truncated };
}

function entriesOf(items: readonly TreeItem[], prefix: string): readonly TreeEntry[] {
  return items
    .filter(({ type }) => type !== 'tree')
    .map(({ path, mode, oid }) => ({ path: prefix + path, kind: kindOfMode(mode), oid }));
}

function kindOfMode(mode: string): EntryKind {
  switch (mode) {
    case '120000':
      return 'symlink';
    case '160000':
      return 'submodule';
    case '100755':
      return 'executable';
    default:
      return 'file';
  }
}

/** A file of a commit or of a pull request. */
export function toPullFile(file: {
  readonly filename: string;
  readonly status: PullFile['status'];
  readonly previous_filename?: string;
  readonly sha: string | null;
}): PullFile {
  const { filename, status, previous_filename: previous, sha } = file;
  return {
    path: text(filename),
    status,
    ...(previous === undefined ? {} : { previousPath: text(previous) }),
    ...(sha === null ? {} : { oid: objectId(sha) }),
  };
}

/** Texts go into the tree itself; other contents need a request each. */
async function makeCommit({ request, own: { name } }: Asked, commit: NewCommit): Promise<string> {
  const { base, files, message, author, now } = commit;
  const { data: parent } = await request('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', {
    ...name,
    commit_sha: base,
  });
  const entries = [];
  for (const [path, content] of files) {
    const entry = { path, mode: '100644', type: 'blob' } as const;
    if (content === null) entries.push({ ...entry, sha: null });
    else if (typeof content === 'string') entries.push({ ...entry, content });
    else entries.push({ ...entry, sha: await makeBlob(request, content, name) });
  }
  const tree = await request('POST /repos/{owner}/{repo}/git/trees', {
    ...name,
    base_tree: objectId(parent.tree.sha),
    tree: entries,
  });
  const who = { ...author, date: `${now.toISOString().slice(0, 19)}Z` };
  const made = await request('POST /repos/{owner}/{repo}/git/commits', {
    ...name,
    message,
    tree: objectId(tree.data.sha),
    parents: [base],
    author: who,
    committer: who,
  });
  return objectId(made.data.sha);
}

async function makeBlob(request: Request, content: Uint8Array, name: RepositoryCalls['name']): Promise<string> {
  const { data } = await request('POST /repos/{owner}/{repo}/git/blobs', {
    ...name,
    content: Buffer.from(content).toString('base64'),
    encoding: 'base64',
  });
  return objectId(data.sha);
}
