/**
 * One request over `node:http`, and not the global `fetch`: loading fetch costs as much as two starts of Node, this half of one
 * (docs/decisions/dependencies.md).
 */
import http from 'node:http';
import type { FileHandle } from 'node:fs/promises';
import { ArError } from '@ar-registry/core/errors';
import { translateFileError } from '../files/index.ts';
import { collectBody } from './body.ts';
import type { HttpResponse, Sent } from './http.ts';
import { shown, TimedOut, unreachable } from './report.ts';

/** Why an exchange is given up that trickles on. */
export const TOO_SLOW = 'it answers too slowly';

/** How many times the longest silence a whole answer may take. */
export const TIMEOUTS_IN_ALL = 20;

/**
 * One request and its answer, whatever its status.
 *
 * @throws REGISTRY_URL_INVALID, REGISTRY_UNREACHABLE, REGISTRY_RESPONSE_TOO_LARGE, REGISTRY_RESPONSE_INVALID, DISK_FULL, FILE_ACCESS,
 *   and `signal.reason` when aborted
 */
export async function exchangeOverHttp(request: Sent): Promise<HttpResponse> {
  const { url, timeoutMs, signal } = request;
  signal.throwIfAborted();
  await request.file?.truncate(0);
  let failure: Error | undefined;
  let sent: http.ClientRequest | undefined;
  const stop = (reason: string): void => {
    failure ??= new TimedOut(reason);
    sent?.destroy(failure);
  };
  const deadline = setTimeout(() => stop(TOO_SLOW), timeoutMs * TIMEOUTS_IN_ALL);
  try {
    sent = await send(request);
    sent.on('timeout', () => stop(silence(timeoutMs)));
    return await receive(sent, request);
  } catch (error) {
    sent?.destroy();
    throw signal.aborted ? signal.reason : unreachable(failure ?? error, url);
  } finally {
    clearTimeout(deadline);
  }
}

/** Why an exchange is given up where nothing came for so long. */
export function silence(timeoutMs: number): string {
  return `no answer for ${timeoutMs < 1000 ? `${timeoutMs} ms` : `${Math.round(timeoutMs / 1000)} s`}`;
}

/** @throws REGISTRY_URL_INVALID */
async function send(request: Sent): Promise<http.ClientRequest> {
  const { url, timeoutMs, signal, authorization, json } = request;
  const headers = authorization ? { ...request.headers, authorization: authorization.value } : request.headers;
  const protocol = protocolOf(url);
  // TLS takes a third of a start of Node to load: not for a registry on this machine.
  const client = protocol === 'https:' ? await import('node:https') : http;
  const agent = await request.agentFor?.(protocol);
  try {
    const options = { signal, timeout: timeoutMs, ...(agent ? { agent } : {}) };
    if (json === undefined) return client.get(url, { ...options, headers });
    const described = { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) };
    return client.request(url, { ...options, method: 'POST', headers: described }).end(json);
  } catch (cause) {
    // Credentials or a path that no request can carry.
    throw new ArError('REGISTRY_URL_INVALID', { url: shown(url) }, { cause });
  }
}

/** @throws REGISTRY_URL_INVALID */
export function protocolOf(url: string): 'http:' | 'https:' {
  const protocol = URL.canParse(url) ? new URL(url).protocol : '';
  if (protocol === 'http:' || protocol === 'https:') return protocol;
  throw new ArError('REGISTRY_URL_INVALID', { url: shown(url) });
}

function receive(sent: http.ClientRequest, { url, limitBytes, file }: Sent): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    sent.on('error', reject);
    sent.on('response', (response) => {
      collectBody(response, { url, limitBytes, into: file && ((chunk) => append(file, chunk, url)) }).then(
        (body) => resolve({ url, status: response.statusCode ?? 0, headers: response.headers, body }),
        reject,
      );
    });
  });
}

async function append(file: FileHandle, chunk: Buffer, url: string): Promise<void> {
  try {
    await file.appendFile(chunk);
  } catch (error) {
    throw translateFileError(error, shown(url));
  }
}
