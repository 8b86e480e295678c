/**
 * The page of all widgets, for the user of this machine alone.
 *
 * It listens on the loopback interface, on a random port. Every path begins with a token that only whoever was given the
 * URL knows; it is no cookie, since the browser would send one to every other port of this machine too. The Host header
 * must name the loopback interface, so that no name on the web can be made to point here. The page is fixed text: what
 * plugins say reaches the browser as JSON, which a script shows as text.
 */
import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import type { Asset, Assets } from './assets.ts';
import { streamEvents } from './event-stream.ts';
import type { Feed } from './feed.ts';

export interface WidgetServerOptions {
  readonly feed: Feed;
  readonly assets: () => Promise<Assets>;
  /** URL-safe text that cannot be guessed. */
  readonly token: string;
}

export interface WidgetServer {
  /** With the token in it. */
  readonly url: string;
  close(): Promise<void>;
}

const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  // The URL holds the token.
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;

const MAX_STREAMS = 16;

export async function startWidgetServer(options: WidgetServerOptions): Promise<WidgetServer> {
  const streams = new Set<ServerResponse>();
  const server = createServer({ maxHeaderSize: 8_192, requestTimeout: 10_000, headersTimeout: 5_000 });
  server.maxConnections = 64;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.on('request', (request, response) => {
    answer(request, response, { ...options, port, streams }).catch(() => fail(response));
  });
  // It must not keep a process alive that has nothing else to do.
  server.unref();
  return { url: `http://127.0.0.1:${port}/${options.token}/`, close: () => close(server) };
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

interface Context extends WidgetServerOptions {
  readonly port: number;
  readonly streams: Set<ServerResponse>;
}

async function answer(request: IncomingMessage, response: ServerResponse, context: Context): Promise<void> {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
  if (!isLoopbackName(request.headers.host, context.port)) return end(response, 421, 'Misdirected request');
  const path = pathBehindToken(request.url ?? '', context.token);
  if (path === undefined) return end(response, 404, 'Not found');
  if (request.method !== 'GET' && request.method !== 'HEAD') return end(response, 405, 'Method not allowed');
  if (path === 'events') return stream(request, response, context);
  if (path === 'api/widgets') return sendDisplays(response, context.feed);
  const assets = await context.assets();
  return sendAsset(response, assets.get(path));
}

/** Files of the page may be missing, say; the daemon goes on. */
function fail(response: ServerResponse): void {
  if (response.headersSent) response.destroy();
  else end(response, 500, 'The page cannot be shown');
}

/** Node leaves the body out where a request was for the head alone. */
function sendAsset(response: ServerResponse, asset: Asset | undefined): void {
  if (!asset) return end(response, 404, 'Not found');
  response.setHeader('content-type', asset.type);
  response.end(asset.text);
  return undefined;
}

function isLoopbackName(host: string | undefined, port: number): boolean {
  return host === `127.0.0.1:${port}` || host === `localhost:${port}`;
}

/** Everything that is not behind the token looks alike. */
function pathBehindToken(url: string, token: string): string | undefined {
  const [, first = '', ...rest] = (url.split('?')[0] ?? '').split('/');
  const [given, expected] = [Buffer.from(first), Buffer.from(token)];
  const isRight = given.length === expected.length && timingSafeEqual(given, expected);
  return isRight && rest.length > 0 ? rest.join('/') : undefined;
}

async function sendDisplays(response: ServerResponse, feed: Feed): Promise<void> {
  await feed.refresh();
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.end(JSON.stringify({ schemaVersion: 1, displays: feed.list() }));
}

function stream(request: IncomingMessage, response: ServerResponse, { feed, streams }: Context): void {
  if (request.method === 'HEAD') return end(response, 405, 'Method not allowed');
  if (streams.size >= MAX_STREAMS) return end(response, 503, 'Too many pages are open');
  streams.add(response);
  response.once('close', () => streams.delete(response));
  return streamEvents(response, feed);
}

function end(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status;
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.end(`${text}\n`);
}
