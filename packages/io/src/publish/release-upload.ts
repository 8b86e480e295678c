/** The archive as an asset of a release of the plugin's own repository at GitHub. */
import { ArError, hasCode } from '@ar-registry/core/errors';
import { splitName } from '@ar-registry/core/name';
import type { Integrity, NormalizedManifest, Source } from '@ar-registry/schemas';
import { integrityOf } from '../digest/index.ts';
import type { Asset, GitHub, GitHubRepository, Release } from '../github/types.ts';
import { parseGitHubRemote } from '../propose/index.ts';
import type { ArchiveUpload } from './submit.ts';

export interface ReleaseUpload {
  readonly manifest: NormalizedManifest;
  readonly archive: { readonly bytes: Uint8Array; readonly integrity: Integrity };
  readonly source?: Source | undefined;
}

interface Target extends ReleaseUpload {
  readonly repository: GitHubRepository;
  readonly tag: string;
  /** Name of the asset, as `npm pack` would call it. */
  readonly file: string;
}

/**
 * Finds out where the archive goes: the release `v<version>`, or `<name>-v<version>` where the manifest says that the
 * plugin is in a folder of its repository, which may hold others.
 *
 * @throws RELEASE_REPOSITORY_UNKNOWN, GITHUB_…, ABORTED
 */
export async function releaseUpload(
  upload: ReleaseUpload,
  { client, webUrl }: { readonly client: GitHub; readonly webUrl: string },
): Promise<ArchiveUpload> {
  const { manifest } = upload;
  const { url, directory } = manifest.repository;
  const name = parseGitHubRemote(url, webUrl);
  if (!name) throw new ArError('RELEASE_REPOSITORY_UNKNOWN', { repository: url });
  // By its present name, which is the one in the address of the asset.
  const { owner, repo } = await client.repository(name).facts();
  const tag = `${directory === undefined ? '' : `${splitName(manifest.name).base}-`}v${manifest.version}`;
  const file = `${manifest.name.slice(1).replace('/', '-')}-${manifest.version}.tgz`;
  const target: Target = { ...upload, repository: client.repository({ owner, repo }), tag, file };
  return {
    url: `${webUrl}/${owner}/${repo}/releases/download/${tag}/${file}`,
    plan: `Would upload ${file} to the release ${tag} of ${owner}/${repo}.`,
    put: async () => putAsset(target, webUrl),
  };
}

/** @returns what was done, or undefined if an earlier run did it */
async function putAsset(target: Target, webUrl: string): Promise<string | undefined> {
  const { repository, tag, file, manifest, source } = target;
  const found = await repository.releaseByTag(tag);
  const isOwnCommit = source !== undefined && isSameRepository(target, source.url, webUrl);
  const title = `${manifest.name} ${manifest.version}`;
  const made = { tag, name: title, ...(isOwnCommit ? { target: source.commit } : {}) };
  const release = found ?? (await repository.createRelease(made));
  if (await holdsArchive(target, release)) return undefined;
  try {
    await repository.uploadAsset(release.id, file, target.archive.bytes);
  } catch (error) {
    // It is there after all: whole (the answer was lost, or another run was faster), or in part.
    if (!hasCode(error, 'GITHUB_REJECTED')) throw error;
    const now = await repository.releaseByTag(tag);
    if (now && !(await holdsArchive(target, now))) await repository.uploadAsset(now.id, file, target.archive.bytes);
  }
  return `Uploaded ${file} to the release ${tag} of ${repository.name.owner}/${repository.name.repo}.`;
}

function isSameRepository({ repository }: Target, url: string, webUrl: string): boolean {
  const name = parseGitHubRemote(url, webUrl);
  const { owner, repo } = repository.name;
  return name !== undefined && `${name.owner}/${name.repo}`.toLowerCase() === `${owner}/${repo}`.toLowerCase();
}

/** Takes away what an upload that broke off left. @throws RELEASE_ASSET_DIFFERS */
async function holdsArchive(target: Target, { assets }: Release): Promise<boolean> {
  const { repository, file, manifest } = target;
  const asset = assets.find(({ name }) => name === file);
  if (!asset) return false;
  if (asset.state === 'open') {
    await repository.deleteAsset(asset.id);
    return false;
  }
  if (await isArchive(target, asset)) return true;
  const { name, version } = manifest;
  throw new ArError('RELEASE_ASSET_DIFFERS', { plugin: name, version, asset: asset.url });
}

async function isArchive({ repository, archive }: Target, asset: Asset): Promise<boolean> {
  if (asset.sizeBytes !== archive.bytes.length) return false;
  return integrityOf(await repository.downloadAsset(asset.id)) === archive.integrity;
}
