/**
 * One GET over plain HTTP(S), bounded in bytes and time.
 *
 * `node:http` and not the global `fetch`: loading fetch costs as much as two starts of Node, this half of one
 * (docs/decisions/dependencies.md). The server is untrusted: every answer has a limit, also after decompression.
 */
import http from 'node:http';
import https from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { createBrotliDecompress, createGunzip } from 'node:zlib';
import { ArError, isArError } from '@ar-registry/core/errors';
import { hideCredentials } from '@ar-registry/core/text';

export interface HttpRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Largest body, in bytes after decompression. */
  readonly limitBytes: number;
  /** Longest silence of the server. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface HttpResponse {
  readonly url: string;
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

const MAX_REDIRECTS = 5;
const RETRY_DELAYS_MS = [200, 800];
const RETRIED_STATUS: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);
const MAX_RETRY_AFTER_MS = 10_000;

/**
 * Fetches once more, twice at most, after a dropped connection or an answer that asks for it.
 *
 * @returns the answer whatever its status, after redirects
 * @throws REGISTRY_UNREACHABLE, REGISTRY_RESPONSE_TOO_LARGE, REGISTRY_RESPONSE_INVALID
 */
export async function httpGet(request: HttpRequest): Promise<HttpResponse> {
  for (let attempt = 0; ; attempt += 1) {
    const waitMs = RETRY_DELAYS_MS[attempt];
    const outcome = await getOnce(request).catch((error: unknown) => {
      if (waitMs === undefined || !(isArError(error) && error.code === 'REGISTRY_UNREACHABLE')) throw error;
      return undefined;
    });
    if (outcome && (waitMs === undefined || !RETRIED_STATUS.has(outcome.status))) return outcome;
    await delay(outcome ? retryAfterMs(outcome, waitMs ?? 0) : waitMs, undefined, { signal: request.signal });
  }
}

function retryAfterMs({ headers }: HttpResponse, otherwise: number): number {
  const seconds = Number(headers['retry-after']);
  return Number.isFinite(seconds) ? Math.min(seconds * 1000, MAX_RETRY_AFTER_MS) : otherwise;
}

async function getOnce(request: HttpRequest): Promise<HttpResponse> {
  let url = request.url;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    const response = await exchange({ ...request, url });
    const location = response.headers.location;
    if (response.status < 300 || response.status > 399 || response.status === 304 || location === undefined)
      return response;
    url = redirected(url, location);
  }
  throw new ArError('REGISTRY_RESPONSE_INVALID', { url: shown(request.url), problem: 'it redirects without end' });
}

function redirected(from: string, location: string): string {
  const to = URL.canParse(location, from) ? new URL(location, from) : undefined;
  if (!to || !/^https?:$/.test(to.protocol) || (from.startsWith('https:') && to.protocol === 'http:'))
    throw new ArError('REGISTRY_RESPONSE_INVALID', { url: shown(from), problem: 'it redirects to an unsafe address' });
  return to.href;
}

function exchange({ url, headers, limitBytes, timeoutMs, signal }: HttpRequest): Promise<HttpResponse> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const client = url.startsWith('https:') ? https : http;
    const fail = (error: unknown): void => reject(signal.aborted ? signal.reason : translate(error, url));
    const request = client.get(
      url,
      { headers: { 'accept-encoding': 'br, gzip', ...headers }, signal, timeout: timeoutMs },
      (response) => {
        collect(response, { url, limitBytes }).then(
          (body) => resolve({ url, status: response.statusCode ?? 0, headers: response.headers, body }),
          (error: unknown) => {
            request.destroy();
            fail(error);
          },
        );
      },
    );
    request.on('timeout', () => request.destroy(new Error(`no answer for ${timeoutMs} ms`)));
    request.on('error', fail);
  });
}

async function collect(
  response: http.IncomingMessage,
  { url, limitBytes }: { url: string; limitBytes: number },
): Promise<Buffer> {
  const tooLarge = (): ArError => new ArError('REGISTRY_RESPONSE_TOO_LARGE', { url: shown(url), limitBytes });
  if (Number(response.headers['content-length'] ?? 0) > limitBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of decoded(response)) {
    size += (chunk as Buffer).length;
    if (size > limitBytes) throw tooLarge();
    chunks.push(chunk as Buffer);
  }
  if (!response.complete) throw new Error('the connection ended in the middle of the answer');
  return Buffer.concat(chunks);
}

function decoded(response: http.IncomingMessage): AsyncIterable<unknown> {
  switch (response.headers['content-encoding']) {
    case 'gzip':
      return pipeSafely(response, createGunzip());
    case 'br':
      return pipeSafely(response, createBrotliDecompress());
    default:
      return response;
  }
}

/** `pipe` does not hand errors on: a connection that breaks must end the decoder too. */
function pipeSafely(from: http.IncomingMessage, to: NodeJS.ReadWriteStream & AsyncIterable<unknown> & { destroy(error?: Error): void }): AsyncIterable<unknown> {
  from.on('error', (error) => to.destroy(error));
  from.on('aborted', () => to.destroy(new Error('the connection ended in the middle of the answer')));
  from.pipe(to);
  return to;
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  ENOTFOUND: 'its host name is not known',
  EAI_AGAIN: 'its host name could not be looked up',
  ETIMEDOUT: 'it did not answer in time',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no network',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not trusted here',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not trusted here',
};

function translate(error: unknown, url: string): unknown {
  if (isArError(error) || !(error instanceof Error)) return error;
  const code = 'code' in error ? String(error.code) : '';
  const inner = 'errors' in error && Array.isArray(error.errors) ? (error.errors[0] as { code?: string }) : undefined;
  const reason = REASONS[code] ?? REASONS[inner?.code ?? ''] ?? (error.message || code);
  return new ArError('REGISTRY_UNREACHABLE', { url: shown(url), reason }, { cause: error });
}

/** An address as it may be printed: without credentials, and without a query that could hold a token. */
export function shown(url: string): string {
  return hideCredentials(url).replace(/\?.*$/s, '');
}
