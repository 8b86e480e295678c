import { getMimeType } from 'hono/utils/mime';

/** Types that the library's table lacks, by file name or ending. */
const OWN: Readonly<Record<string, string>> = {
  md: 'text/markdown; charset=utf-8',
  atom: 'application/atom+xml; charset=utf-8',
  json: 'application/json; charset=utf-8',
};

/** Author's text rendered to HTML: it is sanitised, and here it could not do anything even if it were not. */
const README_POLICY = "default-src 'none'; img-src 'self'; sandbox";

/** Headers that say what a file is, and what a browser may do with it. */
export function contentTypeOf(path: string): Readonly<Record<string, string>> {
  const download = /^api\/v1\/plugins\/@([^/]+)\/([^/]+)\/([^/]+)\/download$/.exec(path);
  if (download) {
    const [, scope, name, version] = download;
    const disposition = `attachment; filename="${scope}-${name}-${version}.tgz"`;
    return { 'content-type': 'application/gzip', 'content-disposition': disposition };
  }
  if (/^npm\/@[^/]+\/[^/]+$/.test(path)) return { 'content-type': 'application/json; charset=utf-8' };
  const ending = /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? '';
  const type = OWN[ending] ?? getMimeType(path) ?? 'application/octet-stream';
  return {
    'content-type': type,
    ...(path.startsWith('api/') && ending === 'html' ? { 'content-security-policy': README_POLICY } : {}),
  };
}

/** What a cache may do with a file. Files of events are asked for to be counted, so each request has to arrive. */
export function cachingOf(path: string): string {
  if (path.startsWith('t/')) return 'no-store';
  return isImmutable(path) ? 'public, max-age=31536000, immutable' : 'no-cache';
}

/** Documents and archives of one version never change, and what pages load has its hash in its name. */
function isImmutable(path: string): boolean {
  if (/^npm\/-\/@[^/]+\/[^/]+\/[^/]+\.tgz$/.test(path)) return true;
  return (
    /^api\/v1\/plugins\/@[^/]+\/[^/]+\/\d[^/]*(?:\.json|\/download)$/.test(path) ||
    /^api\/v1\/plugins\/@[^/]+\/[^/]+\/readme-images\/[0-9a-f]{32}\.\w+$/.test(path) ||
    /^api\/v1\/search\/files\/[\w-]+$/.test(path) ||
    /^assets\/[^/]+\.[\w-]{8}\.\w+$/.test(path)
  );
}
