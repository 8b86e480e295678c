import { hasCode } from '@ar-registry/core/errors';
import { routes } from '@ar-registry/core/layout';
import type { FallOver } from '../fall-over.ts';
import { maxAgeOf } from '../freshness.ts';
import type { HttpResponse } from '../http.ts';
import { statusError } from '../parse.ts';
import type { Get } from '../reach.ts';
import type { AskMetadata } from './trust-session.ts';

export interface MetadataPorts {
  readonly get: Get;
  readonly fallOver: FallOver;
  readonly userAgent: string;
  readonly signal: AbortSignal;
}

/** Asks the registry, or a mirror, for files of its metadata. */
export function createAskMetadata({ get, fallOver, userAgent, signal }: MetadataPorts): AskMetadata {
  return async ({ file, limitBytes, etag }) => {
    const conditions = etag === undefined ? {} : { 'if-none-match': etag };
    const headers = { 'user-agent': userAgent, 'accept-encoding': 'br, gzip', ...conditions };
    const response = await fallOver((place) =>
      get({ url: `${place}/${routes.trust}/${file}`, base: place, headers, limitBytes, signal }),
    ).catch(missingIfForbidden);
    if (!response || response.status === 404 || response.status === 410) return { kind: 'missing' };
    if (response.status === 304 && etag !== undefined) return { kind: 'unchanged' };
    if (response.status !== 200) throw statusError(response);
    const { etag: tag, 'cache-control': cacheControl } = response.headers;
    return { kind: 'found', bytes: response.body, etag: tag, maxAgeSeconds: maxAgeOf(cacheControl) };
  };
}

/** Stores of files say so of what is not there. */
function missingIfForbidden(error: unknown): HttpResponse | undefined {
  if (hasCode(error, 'REGISTRY_UNAUTHORIZED')) return undefined;
  throw error;
}
