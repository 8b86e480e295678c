/**
 * The registry's API on a server: the static files as they are, and the exact URLs of the reference on top of them.
 *
 * Web-standard requests and responses alone, no Node: the same handler can run at the edge, reading the same files
 * through another `StaticFiles`. Requests are untrusted.
 */
import { Hono, type MiddlewareHandler } from 'hono';
import { compress } from 'hono/compress';
import { EVERYWHERE, cachingOf, contentTypeOf } from './content.ts';
import { problem } from './problem.ts';
import { parseQuery } from './query.ts';
import { createSearch, type Search } from './search.ts';

export interface StaticFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Strong entity tag, with its quotes (RFC 9110 §8.8.3). */
  readonly etag: string;
}

export interface StaticFiles {
  /** @param path relative to the root, checked: no empty, dot or parent segments. */
  read(path: string): Promise<StaticFile | undefined>;
  /** The JSON in a file of the search index of a large registry; undefined for what is none. Only they need it. */
  readonly unpack?: (bytes: Uint8Array) => Uint8Array | undefined;
}

export interface AppOptions {
  /** Whether text is compressed here, for who asks for it: unless told otherwise. Not where the runtime does. */
  readonly compresses?: boolean;
  /** Asked before anything is read. */
  readonly limit?: MiddlewareHandler;
}

const SEARCH_PATH = 'api/v1/plugins';
const NOT_FOUND_PAGE = '404.html';

/** GET and HEAD only; every error is `application/problem+json`. */
export function createApp(files: StaticFiles, { compresses = true, limit }: AppOptions = {}): Hono {
  const app = new Hono();
  const search = createSearch(files);
  // Text alone: archives and fonts are compressed as they are.
  if (compresses) app.use(compress({ encoding: 'gzip' }));
  app.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(EVERYWHERE)) context.header(name, value);
  });
  if (limit) app.use(limit);
  app.options('*', (context) =>
    context.body(null, 204, {
      'access-control-allow-methods': 'GET, HEAD',
      'access-control-allow-headers': 'if-none-match',
      'access-control-max-age': '86400',
    }),
  );
  app.get('*', async (context) => {
    const url = new URL(context.req.url);
    const path = toPath(url.pathname);
    if (path === undefined) return problem(404, 'NOT_FOUND', 'There is nothing at this address.');
    if (path === SEARCH_PATH) return answerSearch(context.req.raw, { url, search });
    const found = await find(files, path);
    return found ? answerFile(context.req.raw, found) : answerNothing(context.req.raw, { files, path });
  });
  app.all('*', () =>
    problem(405, 'METHOD_NOT_ALLOWED', 'This registry is read-only; changes are pull requests.', {
      allow: 'GET, HEAD',
    }),
  );
  app.onError(() => problem(500, 'INTERNAL', 'The registry could not answer.'));
  return app;
}

/** The path below the root, or `undefined` for one that no file can have. `%40ar%2Fname` is `@ar/name`. */
function toPath(pathname: string): string | undefined {
  const decoded = decode(pathname);
  if (decoded === undefined) return undefined;
  const path = decoded.replace(/^\//, '').replace(/\/$/, '');
  if (path === '') return 'index.html';
  // oxlint-disable-next-line no-control-regex -- control characters are what this refuses
  if (/[\\\u0000-\u001f]/.test(path)) return undefined;
  return path.split('/').some((segment) => segment === '' || segment.startsWith('.')) ? undefined : path;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // not UTF-8 in percent encoding
  }
}

interface Found extends StaticFile {
  readonly path: string;
}

/** The file itself; else what the reference's address without an ending means. */
async function find(files: StaticFiles, path: string): Promise<Found | undefined> {
  const candidates = [path, `${path}.json`, ...(path.endsWith('/readme') ? [`${path}.md`] : []), `${path}/index.html`];
  for (const candidate of candidates) {
    const file = await files.read(candidate);
    if (file) return { ...file, path: candidate };
  }
  return undefined;
}

function answerFile(request: Request, { path, bytes, etag }: Found): Response {
  const headers = {
    etag,
    'cache-control': cachingOf(path),
    ...contentTypeOf(path),
  };
  if (matches(request, etag)) return new Response(null, { status: 304, headers });
  const body = request.method === 'HEAD' ? null : bytes;
  return new Response(body, { headers: { ...headers, 'content-length': String(bytes.length) } });
}

/** For browsers the page that says so, if the registry has pages; for programs a problem. */
async function answerNothing(
  request: Request,
  { files, path }: { readonly files: StaticFiles; readonly path: string },
): Promise<Response> {
  const wantsPage = !path.startsWith('api/') && request.headers.get('accept')?.includes('text/html');
  const page = wantsPage ? await files.read(NOT_FOUND_PAGE) : undefined;
  if (!page) return problem(404, 'NOT_FOUND', `There is no ${path}.`);
  const headers = { 'cache-control': 'no-cache', ...contentTypeOf(NOT_FOUND_PAGE) };
  return new Response(request.method === 'HEAD' ? null : page.bytes, { status: 404, headers });
}

async function answerSearch(request: Request, { url, search }: { url: URL; search: Search }): Promise<Response> {
  const query = parseQuery(url.searchParams);
  if ('detail' in query) return problem(400, 'INVALID_QUERY', query.detail);
  const answer = await search(query);
  if (!answer) return problem(503, 'NOT_BUILT', 'This registry has no search index yet.', { 'retry-after': '10' });
  const headers = { etag: answer.etag, 'cache-control': 'no-cache', 'content-type': 'application/json; charset=utf-8' };
  if (matches(request, answer.etag)) return new Response(null, { status: 304, headers });
  return new Response(request.method === 'HEAD' ? null : answer.body, { headers });
}

/** @source RFC 9110 §13.1.2: a weak comparison, of a list or `*`. */
function matches(request: Request, etag: string): boolean {
  const header = request.headers.get('if-none-match');
  if (header === null) return false;
  return header.trim() === '*' || header.split(',').some((tag) => opaque(tag) === opaque(etag));
}

function opaque(tag: string): string {
  return tag.trim().replace(/^W\//, '');
}
