/** Releases and their assets. */
import { allPages, orMissing, statusOf, type Request } from './calls.ts';
import type { RepositoryCalls } from './create.ts';
import { httpUrl, text, whole } from './read.ts';
import type { Asset, AssetDownloads, GitHubRepository, Release, RepositoryName } from './types.ts';

type Methods = Pick<
  GitHubRepository,
  'releaseByTag' | 'releaseDownloads' | 'createRelease' | 'uploadAsset' | 'deleteAsset' | 'downloadAsset'
>;

export function releaseMethods(own: RepositoryCalls): Methods {
  const { call, name, shown, uploadUrl } = own;
  const releaseByTag = async (tag: string): Promise<Release | undefined> =>
    call(`looking for the release ${tag} of ${shown}`, async (request) => {
      const found = await orMissing(request('GET /repos/{owner}/{repo}/releases/tags/{tag}', { ...name, tag }));
      return found && toRelease(found.data);
    });
  return {
    releaseByTag,
    releaseDownloads: async () =>
      call(`reading the releases of ${shown}`, async (request) => orMissing(releaseDownloads(request, name))),
    createRelease: async ({ tag, name: title, target }) =>
      call(`making the release ${tag} of ${shown}`, async (request) => {
        const commit = target === undefined ? {} : { target_commitish: target };
        try {
          const made = { ...name, tag_name: tag, name: title, ...commit };
          return toRelease((await request('POST /repos/{owner}/{repo}/releases', made)).data);
        } catch (error) {
          const there = statusOf(error) === 422 ? await releaseByTag(tag) : undefined;
          if (there) return there;
          throw error;
        }
      }),
    uploadAsset: async (release, file, bytes) =>
      call(`uploading ${file} to ${shown}`, async (request) => {
        // With `data` Octokit would leave the name out, so it is in the address.
        const route = `POST ${uploadUrl}/repos/{owner}/{repo}/releases/{release_id}/assets{?name}`;
        const { data } = await request(route, {
          owner: name.owner,
          repo: name.repo,
          release_id: release,
          name: file,
          headers: { 'content-type': 'application/octet-stream' },
          data: bytes,
        });
        return toAsset(data as AssetAnswer);
      }),
    deleteAsset: async (asset) =>
      call(`removing an asset of ${shown}`, async (request) => {
        const route = 'DELETE /repos/{owner}/{repo}/releases/assets/{asset_id}';
        await orMissing(request(route, { ...name, asset_id: asset }));
      }),
    downloadAsset: async (asset) =>
      call(`reading an asset of ${shown}`, async (request) => contentOf(request, name, asset)),
  };
}

const RELEASE_PAGES = 100;

async function releaseDownloads(request: Request, name: RepositoryName): Promise<readonly AssetDownloads[]> {
  const route = 'GET /repos/{owner}/{repo}/releases';
  const found = await allPages(
    RELEASE_PAGES,
    async (page) => (await request(route, { ...name, per_page: 100, page })).data,
  );
  return found
    .flatMap(({ assets }) => assets)
    .map((asset) => ({ url: text(asset.browser_download_url), downloads: whole(asset.download_count) }));
}

async function contentOf(request: Request, name: RepositoryName, asset: number): Promise<Uint8Array> {
  const { data } = await request('GET /repos/{owner}/{repo}/releases/assets/{asset_id}', {
    ...name,
    asset_id: asset,
    headers: { accept: 'application/octet-stream' },
  });
  // With this `accept` it is the content, which the description does not say.
  const content: unknown = data;
  if (content instanceof ArrayBuffer) return new Uint8Array(content);
  throw new TypeError('not the content');
}

interface AssetAnswer {
  readonly id: number;
  readonly name: string;
  readonly state: string;
  readonly size: number;
  readonly browser_download_url: string;
}

function toAsset(asset: AssetAnswer): Asset {
  return {
    id: whole(asset.id),
    name: text(asset.name),
    state: asset.state === 'uploaded' ? 'uploaded' : 'open',
    sizeBytes: whole(asset.size),
    url: httpUrl(asset.browser_download_url),
  };
}

function toRelease(release: {
  readonly id: number;
  readonly tag_name: string;
  readonly draft: boolean;
  readonly assets: readonly AssetAnswer[];
}): Release {
  return {
    id: whole(release.id),
    tag: text(release.tag_name),
    draft: release.draft,
    assets: release.assets.map(toAsset),
  };
}
