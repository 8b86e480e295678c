import type { Asset, Release, Repository, State } from '../state.ts';
import { digestOf } from '../digest.ts';
import { apiUrlOf, webUrlOf } from './repository.ts';
import { nodeId, presentUser } from './user.ts';
import { fullNameOf } from '../state.ts';

/** `release` of the description. */
export function presentRelease(state: State, repository: Repository, release: Release): unknown {
  const url = `${apiUrlOf(state, repository)}/releases/${release.id}`;
  const web = webUrlOf(state, repository);
  const tag = release.tagName.split('/').map(encodeURIComponent).join('/');
  const upload = `${state.hosts.upload}/repos/${fullNameOf(repository)}/releases/${release.id}/assets`;
  return {
    url,
    html_url: `${web}/releases/tag/${tag}`,
    assets_url: `${url}/assets`,
    upload_url: `${upload}{?name,label}`,
    tarball_url: release.draft ? null : `${apiUrlOf(state, repository)}/tarball/${tag}`,
    zipball_url: release.draft ? null : `${apiUrlOf(state, repository)}/zipball/${tag}`,
    id: release.id,
    node_id: nodeId('RE', release.id),
    tag_name: release.tagName,
    target_commitish: release.targetCommitish,
    name: release.name,
    body: release.body,
    draft: release.draft,
    prerelease: release.prerelease,
    created_at: release.createdAt,
    published_at: release.publishedAt,
    author: presentUser(state, release.author),
    assets: release.assets.map((asset) => presentAsset(state, { repository, release, asset })),
  };
}

export interface AssetOf {
  readonly repository: Repository;
  readonly release: Release;
  readonly asset: Asset;
}

/** `release-asset` of the description. An upload that broke off has neither size nor digest. */
export function presentAsset(state: State, { repository, release, asset }: AssetOf): unknown {
  const tag = release.draft ? `untagged-${release.id}` : release.tagName;
  const file = [...tag.split('/'), asset.name].map(encodeURIComponent).join('/');
  const isWhole = asset.state === 'uploaded';
  return {
    url: `${apiUrlOf(state, repository)}/releases/assets/${asset.id}`,
    browser_download_url: `${webUrlOf(state, repository)}/releases/download/${file}`,
    id: asset.id,
    node_id: nodeId('RA', asset.id),
    name: asset.name,
    label: asset.label,
    state: asset.state,
    content_type: asset.contentType,
    size: isWhole ? asset.bytes.length : 0,
    digest: isWhole ? digestOf(asset.bytes) : null,
    download_count: asset.downloads,
    created_at: asset.createdAt,
    updated_at: asset.updatedAt,
    uploader: presentUser(state, asset.uploader),
  };
}
