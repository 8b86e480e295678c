/** The static files behind something that answers `fetch`: the assets of a Worker, a bucket, a folder of workerd. */
import type { StaticFile, StaticFiles } from '../stages/serve/app.ts';

/** What a Worker's binding is, as far as it is used here. */
export interface AssetFetcher {
  fetch(url: string): Promise<Response>;
}

/** The host is nobody's: a binding looks at the path alone. */
const ORIGIN = 'https://assets.invalid';

/** @param unpack of the files of a large registry's search index */
export function createAssetFiles(assets: AssetFetcher, unpack: NonNullable<StaticFiles['unpack']>): StaticFiles {
  return {
    unpack,
    read: async (path) => {
      const url = `${ORIGIN}/${path.split('/').map(encodeURIComponent).join('/')}`;
      const response = await assets.fetch(url);
      if (response.status === 200 && !isListing(response)) return toFile(response);
      await response.body?.cancel();
      if (response.status >= 500) throw new Error(`The assets answer with ${response.status}.`);
      return undefined;
    },
  };
}

/** A folder of workerd's disk service: the only answer that has neither a length nor an entity tag. */
function isListing({ headers }: Response): boolean {
  return headers.get('content-type') === 'application/json' && !headers.has('content-length') && !headers.has('etag');
}

async function toFile(response: Response): Promise<StaticFile> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  const tag = response.headers.get('etag');
  return { bytes, etag: tag !== null && /^"[\u0021\u0023-\u007e]+"$/.test(tag) ? tag : await hashOf(bytes) };
}

/** The same entity tag as `ar-registry serve` gives. */
async function hashOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const text = btoa(String.fromCharCode(...digest));
  return `"${text.replaceAll('+', '-').replaceAll('/', '_').slice(0, 27)}"`;
}
