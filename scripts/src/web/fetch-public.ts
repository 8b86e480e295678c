/**
 * One request to an address that a stranger wrote: https, to the public internet, bounded in bytes and time.
 *
 * What a name means is checked where the connection is made, on the very address that is connected to: a name that
 * answers differently the second time gains nothing. Every redirect is checked like the first address.
 */
import { lookup as systemLookup } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { ArError, isArError } from '@ar-registry/core/errors';
import { hideCredentials, toSingleLine, truncate } from '@ar-registry/core/text';
import { isLoopbackAddress, isPublicAddress } from '@ar-registry/io/net-address';

export interface PublicRequest {
  /** POST follows no redirect: what was meant for one address is not told to another. */
  readonly method: 'GET' | 'HEAD' | 'POST';
  /** Of POST. */
  readonly body?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Largest body in bytes; what is compressed in transit is refused. */
  readonly limitBytes: number;
  /** For the whole of it, redirects included. */
  readonly timeoutMs: number;
  /** Whether this machine itself may be asked, also without TLS: for tests, and for a registry that runs beside its files. */
  readonly allowLoopback?: boolean | undefined;
  /** Whether any address will do, also without TLS: for those that an operator wrote down and vouches for. */
  readonly allowPrivate?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface PublicAnswer {
  readonly status: number;
  /** Empty for HEAD, and for a status other than 200. */
  readonly body: Uint8Array;
  /** Of a status that says when to come again; as it was sent. */
  readonly retryAfter?: string | undefined;
}

const MAX_REDIRECTS = 5;

/**
 * @param url attacker-controlled
 * @throws ADDRESS_NOT_PUBLIC, DOWNLOAD_FAILED, and `signal.reason` when aborted
 */
export async function fetchPublic(url: string, request: PublicRequest): Promise<PublicAnswer> {
  const deadline = AbortSignal.timeout(request.timeoutMs);
  const signal = request.signal ? AbortSignal.any([request.signal, deadline]) : deadline;
  let current = url;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    const checked = checkUrl(current, request);
    const answer = await exchange(checked, { ...request, signal }).catch((error: unknown) => {
      request.signal?.throwIfAborted();
      throw translate(error, { url, deadline, timeoutMs: request.timeoutMs });
    });
    if (answer.location === undefined) return answer;
    if (request.method === 'POST') throw failed(url, 'it redirects, and what is sent goes to no other address');
    current = redirected(checked, answer.location, url);
  }
  throw failed(url, 'it redirects without end');
}

type Allowed = Pick<PublicRequest, 'allowLoopback' | 'allowPrivate'>;

/** What of an address can be judged before anything is asked. @throws ADDRESS_NOT_PUBLIC */
function checkUrl(text: string, allowed: Allowed): URL {
  if (!URL.canParse(text)) throw notPublic(text, 'it is no address');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') throw notPublic(text, 'it holds credentials');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) checkAddress(host, { of: text, ...allowed });
  if (url.protocol === 'https:' || (url.protocol === 'http:' && mayBePlain(host, allowed))) return url;
  throw notPublic(text, 'only https is fetched');
}

function mayBePlain(host: string, { allowLoopback, allowPrivate }: Allowed): boolean {
  return allowPrivate === true || (allowLoopback === true && (isLoopbackAddress(host) || host === 'localhost'));
}

function checkAddress(address: string, { of, allowLoopback, allowPrivate }: Allowed & { readonly of: string }): void {
  if (allowPrivate === true || isPublicAddress(address)) return;
  if (allowLoopback === true && isLoopbackAddress(address)) return;
  throw notPublic(of, 'its address is none of the public internet');
}

interface Exchanged extends PublicAnswer {
  readonly location?: string;
}

type Exchange = Omit<PublicRequest, 'signal'> & { readonly signal: AbortSignal };

function exchange(url: URL, request: Exchange): Promise<Exchanged> {
  const client = url.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const sent = client.request(url, {
      method: request.method,
      signal: request.signal,
      agent: false,
      lookup: checkedLookup(url.href, request),
      headers: { 'user-agent': 'ar-registry', accept: '*/*', 'accept-encoding': 'identity', ...request.headers },
    });
    sent.on('error', reject);
    sent.on('response', (response) => {
      receive(response, { url: url.href, ...request }).then(resolve, (error: unknown) => {
        sent.destroy();
        reject(error);
      });
    });
    sent.end(request.body);
  });
}

/** The system's lookup, and then the check of every address that it gives. */
function checkedLookup(of: string, allowed: Allowed): LookupFunction {
  return (hostname, options, callback) => {
    systemLookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      try {
        for (const { address } of addresses) checkAddress(address, { of, ...allowed });
      } catch (refused) {
        return callback(refused as NodeJS.ErrnoException, []);
      }
      const [first] = addresses;
      if (options.all === true || !first) return callback(null, addresses);
      return callback(null, first.address, first.family);
    });
  };
}

async function receive(
  response: http.IncomingMessage,
  { url, limitBytes, method }: Exchange & { readonly url: string },
): Promise<Exchanged> {
  const status = response.statusCode ?? 0;
  const { location } = response.headers;
  if (status >= 300 && status < 400 && status !== 304 && location !== undefined) {
    response.destroy();
    return { status, body: new Uint8Array(), location };
  }
  if (method !== 'GET' || status !== 200) {
    response.destroy();
    return { status, body: new Uint8Array(), retryAfter: response.headers['retry-after'] };
  }
  const encoding = response.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') throw failed(url, 'it is compressed in transit');
  return { status, body: await collect(response, { url, limitBytes }) };
}

async function collect(
  response: http.IncomingMessage,
  { url, limitBytes }: { readonly url: string; readonly limitBytes: number },
): Promise<Uint8Array> {
  const tooLarge = `it is larger than ${limitBytes} bytes`;
  if (Number(response.headers['content-length'] ?? 0) > limitBytes) throw failed(url, tooLarge);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    size += (chunk as Buffer).length;
    if (size > limitBytes) throw failed(url, tooLarge);
    chunks.push(chunk as Buffer);
  }
  if (!response.complete) throw failed(url, 'the connection ended in the middle of the answer');
  return new Uint8Array(Buffer.concat(chunks));
}

function redirected(from: URL, location: string, url: string): string {
  if (!URL.canParse(location, from.href)) throw failed(url, 'it redirects to no address');
  const to = new URL(location, from);
  if (from.protocol === 'https:' && to.protocol !== 'https:') throw failed(url, 'it redirects to an unsafe address');
  return to.href;
}

function translate(
  error: unknown,
  { url, deadline, timeoutMs }: { readonly url: string; readonly deadline: AbortSignal; readonly timeoutMs: number },
): unknown {
  if (isArError(error) || !(error instanceof Error)) return error;
  if (deadline.aborted) return failed(url, `it did not answer within ${Math.round(timeoutMs / 1000)} s`, error);
  const code = 'code' in error ? String(error.code) : '';
  return failed(url, REASONS.get(code) ?? 'the connection failed', error);
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ['ENOTFOUND', 'the host is not known'],
  ['EAI_AGAIN', 'the host is not known at present'],
  ['ECONNREFUSED', 'the connection was refused'],
  ['ECONNRESET', 'the connection was reset'],
  ['ETIMEDOUT', 'the host does not answer'],
  ['CERT_HAS_EXPIRED', 'its certificate has expired'],
]);

function failed(url: string, problem: string, cause?: Error): ArError {
  return new ArError('DOWNLOAD_FAILED', { url: shown(url), problem }, cause === undefined ? {} : { cause });
}

function notPublic(url: string, problem: string): ArError {
  return new ArError('ADDRESS_NOT_PUBLIC', { url: shown(url), problem });
}

function shown(url: string): string {
  return truncate(toSingleLine(hideCredentials(url)), 300);
}
