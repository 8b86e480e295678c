import { getMimeType } from 'hono/utils/mime';

/** Types that the library's table lacks, by ending, or has without how letters are written. */
export const OWN_TYPES = {
  md: 'text/markdown; charset=utf-8',
  atom: 'application/atom+xml; charset=utf-8',
  json: 'application/json; charset=utf-8',
  tgz: 'application/gzip',
} as const;
const OWN: Readonly<Record<string, string>> = OWN_TYPES;

/** Author's text rendered to HTML: it is sanitised, and here it could not do anything even if it were not. */
export const README_POLICY = "default-src 'none'; img-src 'self'; sandbox";

/** On every answer: what pages of other sites may read, also besides the body, and no guessing of types. */
export const EVERYWHERE = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'etag, ratelimit, ratelimit-policy, retry-after',
  'x-content-type-options': 'nosniff',
} as const;

/** Headers that say what a file is, and what a browser may do with it. */
export function contentTypeOf(path: string): Readonly<Record<string, string>> {
  const download = /^api\/v1\/plugins\/@([^/]+)\/([^/]+)\/([^/]+)\/download$/.exec(path);
  if (download) {
    const [, scope, name, version] = download;
    const disposition = `attachment; filename="${scope}-${name}-${version}.tgz"`;
    return { 'content-type': OWN_TYPES.tgz, 'content-disposition': disposition };
  }
  if (/^npm\/@[^/]+\/[^/]+$/.test(path)) return { 'content-type': OWN_TYPES.json };
  const ending = /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? '';
  const type = OWN[ending] ?? getMimeType(path) ?? 'application/octet-stream';
  return {
    'content-type': type,
    ...(path.startsWith('api/') && ending === 'html' ? { 'content-security-policy': README_POLICY } : {}),
  };
}

export const CACHING = {
  immutable: 'public, max-age=31536000, immutable',
  /** Kept, and asked for each time. */
  revalidate: 'no-cache',
  never: 'no-store',
} as const;

/** What a cache may do with a file. Files of events are asked for to be counted, so each request has to arrive. */
export function cachingOf(path: string): string {
  if (path.startsWith('t/')) return CACHING.never;
  return isNamedByContent(path) || isOfVersion(path) ? CACHING.immutable : CACHING.revalidate;
}

/** Documents and archives of one version never change once they are there; anybody can name one that is not there yet. */
function isOfVersion(path: string): boolean {
  return (
    /^npm\/-\/@[^/]+\/[^/]+\/[^/]+\.tgz$/.test(path) ||
    /^api\/v1\/plugins\/@[^/]+\/[^/]+\/\d[^/]*(?:\.json|\/download)$/.test(path)
  );
}

/** The name holds a hash of the content: pictures, files of the search index, digests of documents, and what pages load. */
export function isNamedByContent(path: string): boolean {
  return (
    /^api\/v1\/plugins\/@[^/]+\/[^/]+\/readme-images\/[0-9a-f]{32}\.\w+$/.test(path) ||
    /^api\/v1\/search\/files\/[\w-]+$/.test(path) ||
    /^api\/v1\/changes\/files\/[\w-]+\.json$/.test(path) ||
    /^assets\/[^/]+\.[\w-]{8}\.\w+$/.test(path)
  );
}
