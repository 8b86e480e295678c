/** Downloads: github.com redirects to a storage host, which wants no token. */
import type { Answer } from '../answer.ts';
import type { Received } from '../http.ts';
import { readBlob, typeOf } from '../git/read.ts';
import { findRepository, type Asset, type State } from '../state.ts';

const DOWNLOAD = /^\/(?<owner>[^/]+)\/(?<repo>[^/]+)\/releases\/download\/(?<tag>.+)\/(?<name>[^/]+)$/;

/** `/<owner>/<repo>/releases/download/<tag>/<name>`; undefined for any other address. */
export function answerDownload(state: State, { method, url }: Received): Answer | undefined {
  const groups = DOWNLOAD.exec(decodeURIComponent(url.pathname))?.groups;
  if (method !== 'GET' || !groups) return undefined;
  const repository = findRepository(state, `${groups['owner']}/${groups['repo']}`);
  const releases = [...(repository?.releases.values() ?? [])];
  const release = releases.find(({ tagName, draft }) => tagName === groups['tag'] && !draft);
  const asset = release?.assets.find(({ name, state: one }) => name === groups['name'] && one === 'uploaded');
  if (!asset || repository?.private) return { status: 404, body: 'Not Found' };
  asset.downloads += 1;
  return { status: 302, headers: { location: `${state.hosts.storage}/assets/${asset.id}` } };
}

/** The storage host. As the real one it refuses requests that carry a token: its addresses are signed. */
export async function answerStorage(state: State, { method, url, headers }: Received): Promise<Answer> {
  if (method !== 'GET') return { status: 405 };
  if (headers.authorization !== undefined) return { status: 400, body: 'Only one auth mechanism is allowed.' };
  const [, kind, id, sha = ''] = url.pathname.split('/');
  const file = await findFile(state, { kind, id: Number(id), sha });
  return file ? { status: 200, body: file.bytes, headers: { 'content-type': file.contentType } } : { status: 404 };
}

type File = Pick<Asset, 'bytes' | 'contentType'>;

interface FileId {
  readonly kind: string | undefined;
  readonly id: number;
  readonly sha: string;
}

async function findFile(state: State, { kind, id, sha }: FileId): Promise<File | undefined> {
  const repositories = [...state.repositories.values()];
  if (kind === 'assets') return findAsset(state, id);
  if (kind === 'artifacts') {
    const artifact = repositories.flatMap((one) => one.artifacts).find((one) => one.id === id);
    return artifact && { bytes: artifact.bytes, contentType: 'application/zip' };
  }
  const repository = repositories.find((one) => one.id === id);
  if (kind !== 'raw' || !repository || (await typeOf(repository.gitDir, sha)) !== 'blob') return undefined;
  return { bytes: await readBlob(repository.gitDir, sha), contentType: 'text/plain' };
}

function findAsset(state: State, id: number): Asset | undefined {
  const releases = [...state.repositories.values()].flatMap((one) => [...one.releases.values()]);
  return releases.flatMap(({ assets }) => assets).find((one) => one.id === id);
}
