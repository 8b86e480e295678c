import { invalid, listed, notFound, type Answer } from '../answer.ts';
import { textOf } from '../body.ts';
import { presentAsset, type AssetOf } from '../present/release.ts';
import { accountOf, type RepositoryContext, type RepositoryRoute } from '../route.ts';
import type { Asset } from '../state.ts';
import { releaseOf } from './releases.ts';

const ASSETS = '/repos/{owner}/{repo}/releases/{release_id}/assets';
const ASSET = '/repos/{owner}/{repo}/releases/assets/{asset_id}';
const areas = ['contents'] as const;

export const assets: readonly RepositoryRoute[] = [
  {
    method: 'GET',
    path: ASSETS,
    access: 'anyone',
    areas,
    handle(context) {
      const { state, repository, url } = context;
      const release = releaseOf(context);
      return listed(release.assets, url, (asset) => presentAsset(state, { repository, release, asset }));
    },
  },
  { method: 'POST', path: ASSETS, access: 'push', areas, handle: upload },
  { method: 'GET', path: ASSET, access: 'anyone', areas, handle: get },
  {
    method: 'PATCH',
    path: ASSET,
    access: 'push',
    areas,
    handle(context) {
      const place = assetOf(context);
      place.asset.name = textOf(context.body, 'name') ?? place.asset.name;
      place.asset.label = textOf(context.body, 'label') ?? place.asset.label;
      place.asset.updatedAt = context.state.clock.now();
      return { status: 200, body: presentAsset(context.state, place) };
    },
  },
  {
    method: 'DELETE',
    path: ASSET,
    access: 'push',
    areas,
    handle(context) {
      const { release, asset } = assetOf(context);
      release.assets.splice(release.assets.indexOf(asset), 1);
      return { status: 204 };
    },
  },
];

/** Also an upload that broke off holds its name until it is deleted. */
function upload(context: RepositoryContext): Answer {
  const { state, repository, url, headers, bytes } = context;
  if (url.origin !== state.hosts.upload) throw notFound();
  const release = releaseOf(context);
  const name = safeName(url.searchParams.get('name') ?? '');
  if (release.assets.some((one) => one.name === name))
    throw invalid({ resource: 'ReleaseAsset', code: 'already_exists', field: 'name' });
  if (bytes.length === 0) throw invalid({ resource: 'ReleaseAsset', code: 'missing_field', field: 'size' });
  const asset = newAsset(context, {
    name,
    label: url.searchParams.get('label'),
    contentType: String(headers['content-type'] ?? 'application/octet-stream'),
  });
  release.assets.push(asset);
  return { status: 201, body: presentAsset(state, { repository, release, asset }) };
}

function newAsset(context: RepositoryContext, given: Pick<Asset, 'name' | 'label' | 'contentType'>): Asset {
  const now = context.state.clock.now();
  return {
    ...given,
    id: context.state.nextId(),
    bytes: context.bytes,
    state: 'uploaded',
    uploader: accountOf(context),
    downloads: 0,
    createdAt: now,
    updatedAt: now,
  };
}

/** GitHub puts a dot for every character that it does not want in the name of a file. */
function safeName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9._+@-]+/g, '.').replaceAll(/^\.+|\.+$/g, '');
}

/** Its description, or with `accept: application/octet-stream` a redirect to its bytes. */
function get(context: RepositoryContext): Answer {
  const { state, headers } = context;
  const place = assetOf(context);
  if (!String(headers['accept'] ?? '').includes('application/octet-stream'))
    return { status: 200, body: presentAsset(state, place) };
  if (place.asset.state !== 'uploaded') throw notFound();
  place.asset.downloads += 1;
  return { status: 302, headers: { location: `${state.hosts.storage}/assets/${place.asset.id}` } };
}

function assetOf({ repository, parameters }: RepositoryContext): AssetOf {
  const id = Number(parameters['asset_id']);
  for (const release of repository.releases.values()) {
    const asset = release.assets.find((one) => one.id === id);
    if (asset) return { repository, release, asset };
  }
  throw notFound();
}
