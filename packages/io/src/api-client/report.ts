import { ArError, isArError } from '@ar-registry/core/errors';
import { hideCredentials, toSingleLine, truncate } from '@ar-registry/core/text';

/** What the codes of sockets, name servers and TLS mean to a person. */
const REASONS: ReadonlyMap<unknown, string> = new Map(
  Object.entries({
    ECONNREFUSED: 'the connection was refused',
    ECONNRESET: 'the connection was reset',
    ENOTFOUND: 'its host name is not known',
    EAI_AGAIN: 'its host name could not be looked up',
    ETIMEDOUT: 'it did not answer in time',
    EHOSTUNREACH: 'there is no route to it',
    ENETUNREACH: 'there is no network',
    ERR_PROXY_TUNNEL: 'the proxy did not connect to it',
    ERR_PROXY_INVALID_CONFIG: 'the address of the proxy is not valid',
    CERT_HAS_EXPIRED: 'its certificate has expired',
    DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not trusted here',
    SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not trusted here',
  }),
);

/** Why an exchange was given up: nobody waits a second time for what did not come. */
export class TimedOut extends Error {}

/** `error` as REGISTRY_UNREACHABLE; one that has a code already stays as it is. */
export function unreachable(error: unknown, url: string): unknown {
  if (isArError(error) || !(error instanceof Error)) return error;
  // Where a name has several addresses, each has failed for itself.
  const parts: readonly unknown[] = 'errors' in error && Array.isArray(error.errors) ? error.errors : [error];
  const known = parts.map((part) => REASONS.get(codeOf(part))).find((reason) => reason !== undefined);
  // The rest is said by TLS and the parser of HTTP, and can quote the server.
  const reason = known ?? truncate(toSingleLine(hideCredentials(error.message)), 200);
  const facts = { url: shown(url), reason };
  const timedOut = error instanceof TimedOut ? ({ timedOut: true } as const) : {};
  return new ArError('REGISTRY_UNREACHABLE', { ...facts, ...timedOut }, { cause: error });
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** An address as it may be printed: without credentials, and without a query that could hold a token. */
export function shown(url: string): string {
  return hideCredentials(url).replace(/[?#].*$/s, '');
}
