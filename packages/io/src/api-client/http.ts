/**
 * One question over plain HTTP(S), bounded in bytes and time: asked again where that may help, and where it is redirected to.
 *
 * The server is untrusted: every answer has a limit, also after decompression.
 */
import type { FileHandle } from 'node:fs/promises';
import type http from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { ArError, hasCode } from '@ar-registry/core/errors';
import { exchange } from './exchange.ts';
import { shown } from './report.ts';

export interface HttpRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Largest body, in bytes after decompression. */
  readonly limitBytes: number;
  /** Longest silence of the server. A whole answer may take twenty times as long, so that no trickle goes on for ever. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly authorization?: Authorization | undefined;
  readonly agentFor?: AgentFor | undefined;
}

/** A secret for one origin: a request that leaves it goes on without. */
export interface Authorization {
  readonly origin: string;
  /** Value of the header. */
  readonly value: string;
}

/** Makes the connections where Node's own agents will not do, as behind a proxy. */
export type AgentFor = (protocol: 'http:' | 'https:') => Promise<http.Agent>;

export interface HttpPost extends HttpRequest {
  readonly json: string;
}

/** What is sent once, to one address. */
export type Sent = HttpRequest & { readonly json?: string; readonly file?: FileHandle };

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
 * @throws REGISTRY_URL_INVALID, REGISTRY_UNREACHABLE, REGISTRY_RESPONSE_TOO_LARGE, REGISTRY_RESPONSE_INVALID, and
 *   `signal.reason` when aborted
 */
export async function httpGet(request: HttpRequest): Promise<HttpResponse> {
  return ask(request);
}

/** The same for a question that is posted, and changes nothing: it may be sent twice. Redirects are not followed. */
export async function httpPost(request: HttpPost): Promise<HttpResponse> {
  return ask(request);
}

/**
 * The same for what is too large for the memory: the body goes into `file`, and that of the answer is empty.
 *
 * @param file opened for appending; what is in it is overwritten
 * @throws DISK_FULL, FILE_ACCESS besides
 */
export async function httpDownload(request: HttpRequest, file: FileHandle): Promise<HttpResponse> {
  return ask({ ...request, file });
}

async function ask(request: Sent): Promise<HttpResponse> {
  for (let attempt = 0; ; attempt += 1) {
    const waitMs = RETRY_DELAYS_MS[attempt];
    const outcome = await askOnce(request).catch((error: unknown) => {
      if (waitMs === undefined || !hasCode(error, 'REGISTRY_UNREACHABLE') || error.facts.timedOut) throw error;
      return undefined;
    });
    if (outcome && (waitMs === undefined || !RETRIED_STATUS.has(outcome.status))) return outcome;
    await pause(outcome ? retryAfterMs(outcome, waitMs ?? 0) : (waitMs ?? 0), request.signal);
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
}

function retryAfterMs({ headers }: HttpResponse, otherwise: number): number {
  const seconds = Number(headers['retry-after'] ?? Number.NaN);
  return seconds >= 0 ? Math.min(seconds * 1000, MAX_RETRY_AFTER_MS) : otherwise;
}

async function askOnce(request: Sent): Promise<HttpResponse> {
  let { url, authorization } = request;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    // Once it has left the origin, it does not get the secret back: where it returns to was chosen by others.
    if (authorization && originOf(url) !== authorization.origin) authorization = undefined;
    const response = await exchange({ ...request, url, authorization });
    const location = response.headers.location;
    if (response.status < 300 || response.status > 399 || response.status === 304 || location === undefined)
      return response;
    // What is posted is for this server alone.
    if (request.json !== undefined) return response;
    url = redirected(url, location);
  }
  throw new ArError('REGISTRY_RESPONSE_INVALID', { url: shown(request.url), problem: 'it redirects without end' });
}

function originOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).origin : undefined;
}

function redirected(from: string, location: string): string {
  const to = URL.canParse(location, from) ? new URL(location, from) : undefined;
  if (!to || !/^https?:$/.test(to.protocol) || (new URL(from).protocol === 'https:' && to.protocol === 'http:'))
    throw new ArError('REGISTRY_RESPONSE_INVALID', { url: shown(from), problem: 'it redirects to an unsafe address' });
  return to.href;
}
