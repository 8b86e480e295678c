import { listed, notFound, type Answer } from '../answer.ts';
import { listRefs, listTree, readBlob, resolveCommit, type TreeEntry } from '../git/read.ts';
import { git } from '../git/run.ts';
import { presentCommit } from '../present/commit.ts';
import { apiUrlOf, webUrlOf } from '../present/repository.ts';
import type { RepositoryContext, RepositoryRoute } from '../route.ts';
import { toBase64Lines } from './git-objects.ts';

const areas = ['contents'] as const;
/** Above this, GitHub sends a file's content to those alone who ask for it raw. */
const MAX_INLINE_BYTES = 1_048_576;

/** Files and folders at a revision, and branches. */
export const contents: readonly RepositoryRoute[] = [
  { method: 'GET', path: '/repos/{owner}/{repo}/contents/{path}', access: 'anyone', areas, handle: get },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/branches',
    access: 'anyone',
    areas,
    async handle({ state, repository, url }) {
      const branches = await listRefs(repository.gitDir, 'refs/heads/');
      return listed(branches, url, ({ ref, sha }) => ({
        name: ref.slice('refs/heads/'.length),
        commit: { sha, url: `${apiUrlOf(state, repository)}/commits/${sha}` },
        protected: false,
      }));
    },
  },
  { method: 'GET', path: '/repos/{owner}/{repo}/branches/{branch}', access: 'anyone', areas, handle: getBranch },
];

async function getBranch({ state, repository, parameters }: RepositoryContext): Promise<Answer> {
  const name = parameters['branch'] ?? '';
  const ref = (await listRefs(repository.gitDir, `refs/heads/${name}`)).find((one) => one.ref === `refs/heads/${name}`);
  if (!ref) throw notFound();
  const self = `${apiUrlOf(state, repository)}/branches/${name}`;
  return {
    status: 200,
    body: {
      name,
      commit: await presentCommit(state, repository, ref.sha),
      _links: { self, html: `${webUrlOf(state, repository)}/tree/${name}` },
      protected: false,
      protection: { enabled: false, required_status_checks: { enforcement_level: 'off', contexts: [], checks: [] } },
      protection_url: `${self}/protection`,
    },
  };
}

interface Place {
  readonly revision: string;
  /** From the top, without slashes at its ends; empty is the top. */
  readonly path: string;
}

async function get(context: RepositoryContext): Promise<Answer> {
  const { repository, parameters, url } = context;
  const revision = url.searchParams.get('ref') ?? repository.defaultBranch;
  const sha = await resolveCommit(repository.gitDir, revision.replace(/^refs\/(?:heads|tags)\//, ''));
  const path = (parameters['path'] ?? '').replaceAll(/^\/+|\/+$/g, '');
  const entry = sha === undefined ? undefined : await entryAt(repository.gitDir, sha, path);
  if (!entry) throw notFound();
  const place = { revision, path };
  if (entry.type === 'tree') return { status: 200, body: await presentFolder(context, place, entry.sha) };
  return { status: 200, body: await presentBlob(context, place, entry) };
}

async function presentBlob(context: RepositoryContext, place: Place, entry: TreeEntry): Promise<unknown> {
  const bytes = await readBlob(context.repository.gitDir, entry.sha);
  if (/vnd\.github\.(?:v3\.)?raw/.test(String(context.headers['accept'] ?? ''))) return bytes;
  const body = presentEntry(context, place, { ...entry, size: bytes.length });
  // Links are shown as what they are: the path that they lead to.
  if (entry.mode === '120000') return { ...body, type: 'symlink', target: bytes.toString() };
  const inline = bytes.length <= MAX_INLINE_BYTES;
  return { ...body, content: inline ? toBase64Lines(bytes) : '', encoding: inline ? 'base64' : 'none' };
}

async function entryAt(gitDir: string, sha: string, path: string): Promise<TreeEntry | undefined> {
  if (path === '') return { mode: '040000', type: 'tree', sha, size: undefined, path };
  const { text } = await git(gitDir, ['ls-tree', '-z', sha, '--', `:(literal)${path}`]).catch(() => ({ text: '' }));
  const [line = ''] = text.split('\0');
  const [mode, type, id] = line.split(/[ \t]/);
  if (mode === undefined || type === undefined || id === undefined) return undefined;
  return { mode, type: type as TreeEntry['type'], sha: id, size: undefined, path };
}

async function presentFolder(context: RepositoryContext, place: Place, tree: string): Promise<unknown> {
  const entries = await listTree(context.repository.gitDir, tree);
  return entries.map((entry) => {
    const path = place.path === '' ? entry.path : `${place.path}/${entry.path}`;
    return presentEntry(context, { ...place, path }, entry);
  });
}

function presentEntry(
  context: RepositoryContext,
  { revision, path }: Place,
  entry: TreeEntry,
): Record<string, unknown> {
  const { state, repository } = context;
  const api = apiUrlOf(state, repository);
  const name = path.split('/').map(encodeURIComponent).join('/');
  const self = `${api}/contents/${name}?ref=${encodeURIComponent(revision)}`;
  const isTree = entry.type === 'tree';
  const html = `${webUrlOf(state, repository)}/${isTree ? 'tree' : 'blob'}/${revision}/${name}`;
  const gitUrl = `${api}/git/${isTree ? 'trees' : 'blobs'}/${entry.sha}`;
  return {
    type: isTree ? 'dir' : 'file',
    size: entry.size ?? 0,
    name: path.split('/').at(-1) ?? '',
    path,
    sha: entry.sha,
    url: self,
    git_url: gitUrl,
    html_url: html,
    download_url: isTree ? null : `${state.hosts.storage}/raw/${repository.id}/${entry.sha}`,
    _links: { self, git: gitUrl, html },
  };
}
