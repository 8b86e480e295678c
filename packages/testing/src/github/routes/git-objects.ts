import { notFound, unprocessable, type Answer } from '../answer.ts';
import { listOf, objectOf, requiredText, textOf, type Body } from '../body.ts';
import { listTree, readBlob, resolveCommit, typeOf, type Person, type TreeEntry } from '../git/read.ts';
import { GitError } from '../git/run.ts';
import { writeBlob, writeCommit, writeTree, type TreeChange } from '../git/write.ts';
import { presentGitCommit } from '../present/commit.ts';
import { apiUrlOf } from '../present/repository.ts';
import { nodeId } from '../present/user.ts';
import { personOf } from '../pulls.ts';
import { accountOf, type RepositoryContext, type RepositoryRoute } from '../route.ts';
import type { Repository, State } from '../state.ts';

/** Blobs, trees and commits. Objects are looked for in the repository alone, though GitHub's forks share theirs. */
export const gitObjects: readonly RepositoryRoute[] = [
  {
    method: 'POST',
    path: '/repos/{owner}/{repo}/git/blobs',
    access: 'push',
    areas: ['contents'],
    handle: createBlob,
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/git/blobs/{file_sha}',
    access: 'anyone',
    areas: ['contents'],
    handle: getBlob,
  },
  {
    method: 'POST',
    path: '/repos/{owner}/{repo}/git/trees',
    access: 'push',
    areas: ['contents'],
    handle: createTree,
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/git/trees/{tree_sha}',
    access: 'anyone',
    areas: ['contents'],
    handle: getTree,
  },
  {
    method: 'POST',
    path: '/repos/{owner}/{repo}/git/commits',
    access: 'push',
    areas: ['contents'],
    handle: createCommit,
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/git/commits/{commit_sha}',
    access: 'anyone',
    areas: ['contents'],
    async handle({ state, repository, parameters }) {
      const sha = parameters['commit_sha'] ?? '';
      if ((await typeOf(repository.gitDir, sha)) !== 'commit') throw notFound();
      return { status: 200, body: await presentGitCommit(state, repository, sha) };
    },
  },
];

async function createBlob({ state, repository, body }: RepositoryContext): Promise<Answer> {
  const content = requiredText(body, 'content');
  const encoding = textOf(body, 'encoding') ?? 'utf-8';
  if (encoding !== 'utf-8' && encoding !== 'base64') throw unprocessable('encoding must be utf-8 or base64');
  const sha = await writeBlob(repository.gitDir, Buffer.from(content, encoding));
  return created({ sha, url: `${apiUrlOf(state, repository)}/git/blobs/${sha}` });
}

async function getBlob({ state, repository, parameters }: RepositoryContext): Promise<Answer> {
  const sha = parameters['file_sha'] ?? '';
  if ((await typeOf(repository.gitDir, sha)) !== 'blob') throw notFound();
  const bytes = await readBlob(repository.gitDir, sha);
  const url = `${apiUrlOf(state, repository)}/git/blobs/${sha}`;
  const content = toBase64Lines(bytes);
  return {
    status: 200,
    body: { sha, node_id: nodeId('B', sha), size: bytes.length, url, content, encoding: 'base64' },
  };
}

/** As GitHub sends file contents: lines of 60 characters. */
export function toBase64Lines(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll(/.{1,60}/g, '$&\n');
}

async function createTree({ state, repository, body }: RepositoryContext): Promise<Answer> {
  const { gitDir } = repository;
  const base = textOf(body, 'base_tree');
  if (base !== undefined && !['tree', 'commit'].includes((await typeOf(gitDir, base)) ?? ''))
    throw unprocessable('base_tree is not a valid tree oid');
  const entries = listOf(body, 'tree').map(objectOf);
  if (entries.length === 0) throw unprocessable('Invalid tree info');
  const known = base === undefined ? [] : await listTree(gitDir, base, true);
  const changes: TreeChange[] = [];
  for (const entry of entries) changes.push(await toChange(gitDir, entry, known));
  try {
    const sha = await writeTree(gitDir, base, changes);
    return created(await presentTree(state, repository, { sha, recursive: false }));
  } catch (error) {
    if (error instanceof GitError) throw unprocessable('GitRPC::BadObjectState');
    throw error;
  }
}

const TYPES: Readonly<Record<string, string>> = { '040000': 'tree', '160000': 'commit' };

async function toChange(gitDir: string, entry: Body, known: readonly TreeEntry[]): Promise<TreeChange> {
  const name = textOf(entry, 'path') ?? '';
  const mode = textOf(entry, 'mode') ?? '100644';
  const [content, sha] = [textOf(entry, 'content'), textOf(entry, 'sha')];
  if (name.split('/').some((part) => ['', '.', '..', '.git'].includes(part.toLowerCase())))
    throw unprocessable('tree.path contains a malformed path component');
  if (entry['sha'] === null) {
    if (!known.some(({ path }) => path === name)) throw unprocessable('GitRPC::BadObjectState');
    return { path: name, mode, sha: null };
  }
  if ((content === undefined) === (sha === undefined))
    throw unprocessable('Must supply either tree.sha or tree.content');
  if (sha !== undefined) await mustFit(gitDir, mode, sha);
  return { path: name, mode, sha: sha ?? (await writeBlob(gitDir, Buffer.from(content ?? ''))) };
}

async function mustFit(gitDir: string, mode: string, sha: string): Promise<void> {
  const type = TYPES[mode] ?? 'blob';
  // The commit of a submodule is in another repository.
  if (type !== 'commit' && (await typeOf(gitDir, sha)) !== type)
    throw unprocessable(`tree.sha ${sha} is not a valid ${type}`);
}

async function getTree({ state, repository, parameters, url }: RepositoryContext): Promise<Answer> {
  const name = parameters['tree_sha'] ?? '';
  const isTree = (await typeOf(repository.gitDir, name)) === 'tree';
  const sha = isTree ? name : await resolveCommit(repository.gitDir, name);
  if (sha === undefined) throw notFound();
  const recursive = url.searchParams.has('recursive');
  return { status: 200, body: await presentTree(state, repository, { sha, recursive }) };
}

async function presentTree(
  state: State,
  repository: Repository,
  { sha, recursive }: { readonly sha: string; readonly recursive: boolean },
): Promise<unknown> {
  const entries = await listTree(repository.gitDir, sha, recursive);
  const url = `${apiUrlOf(state, repository)}/git`;
  return {
    sha,
    url: `${url}/trees/${sha}`,
    truncated: false,
    tree: entries.map((entry) => ({
      path: entry.path,
      mode: entry.mode,
      type: entry.type,
      sha: entry.sha,
      ...(entry.size === undefined ? {} : { size: entry.size }),
      ...(entry.type === 'commit' ? {} : { url: `${url}/${entry.type}s/${entry.sha}` }),
    })),
  };
}

async function createCommit(context: RepositoryContext): Promise<Answer> {
  const { state, repository, body } = context;
  const tree = requiredText(body, 'tree');
  if ((await typeOf(repository.gitDir, tree)) !== 'tree') throw unprocessable('Tree SHA does not exist');
  const parents = listOf(body, 'parents').map(String);
  for (const parent of parents)
    if ((await typeOf(repository.gitDir, parent)) !== 'commit')
      throw unprocessable('Parent SHA does not exist or is not a commit object');
  const author = toPerson(objectOf(body['author']), personOf(state, accountOf(context)));
  const committer = toPerson(objectOf(body['committer']), author);
  const message = requiredText(body, 'message');
  const sha = await writeCommit(repository.gitDir, { tree, parents, author, committer, message });
  return created(await presentGitCommit(state, repository, sha));
}

function toPerson(given: Body, fallback: Person): Person {
  return {
    name: textOf(given, 'name') ?? fallback.name,
    email: textOf(given, 'email') ?? fallback.email,
    date: textOf(given, 'date') ?? fallback.date,
  };
}

function created(body: unknown): Answer {
  return { status: 201, body };
}
