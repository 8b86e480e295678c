/**
 * Fetching many files of one registry, without being a burden to it: a few at a time, and none while it says that it has
 * had enough. It is not trusted: every file is bounded, and what is in it is for the caller to check.
 */
import { setTimeout as delay } from 'node:timers/promises';
import pLimit from 'p-limit';
import { createGet, parseBase } from '../api-client/reach.ts';
import { shown } from '../api-client/report.ts';
import { statusError } from '../api-client/parse.ts';
import type { HttpResponse } from '../api-client/http.ts';

export interface PoliteOptions {
  readonly url: string;
  readonly userAgent: string;
  readonly token?: string | undefined;
  readonly tokenEnv?: string | undefined;
  /** Requests at a time. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
  readonly nowMs: () => number;
  /** Told when it waits because the registry asked for that. */
  readonly onWait: (seconds: number) => void;
}

export interface PoliteGet {
  /** Of the registry, without credentials and without a slash at the end. */
  readonly url: string;
  /** Of what came so far. */
  readonly counts: () => { readonly files: number; readonly bytes: number };
  /**
   * A file by its route; undefined where there is none.
   *
   * @throws REGISTRY_UNREACHABLE, REGISTRY_RESPONSE_TOO_LARGE, REGISTRY_STATUS, REGISTRY_UNAUTHORIZED, and the signal's reason
   */
  get(route: string, limitBytes: number): Promise<Uint8Array | undefined>;
}

const MAX_WAIT_SECONDS = 300;
const DEFAULT_WAIT_SECONDS = 5;
/** How often a registry may put one file off. */
const MAX_TRIES = 8;

/** @throws REGISTRY_URL_INVALID, REGISTRY_TOKEN_REFUSED */
export function createPoliteGet(options: PoliteOptions): PoliteGet {
  const { userAgent, concurrency, signal, nowMs, onWait } = options;
  const base = parseBase(options.url);
  const { token, tokenEnv } = options;
  const ask = createGet(base, { registryUrl: base, token, tokenEnv });
  const limit = pLimit(concurrency);
  const headers = { 'user-agent': userAgent, 'accept-encoding': 'br, gzip' };
  let waitsUntilMs = 0;
  let files = 0;
  let bytes = 0;

  /** One for all: whoever is told to wait speaks for the others. */
  async function rest(): Promise<void> {
    for (let left = waitsUntilMs - nowMs(); left > 0; left = waitsUntilMs - nowMs())
      await delay(left, undefined, { signal }).catch(() => signal.throwIfAborted());
  }

  async function once(route: string, limitBytes: number): Promise<Uint8Array | undefined> {
    for (let tries = 1; ; tries += 1) {
      await rest();
      const response = await ask({ url: `${base}/${route}`, base, headers, limitBytes, signal });
      const seconds = tries < MAX_TRIES ? putOff(response) : undefined;
      if (seconds === undefined) return settle(response);
      if (nowMs() + seconds * 1000 > waitsUntilMs) {
        waitsUntilMs = nowMs() + seconds * 1000;
        onWait(seconds);
      }
    }
  }

  function settle(response: HttpResponse): Uint8Array | undefined {
    if (response.status === 404 || response.status === 410) return undefined;
    if (response.status !== 200) throw statusError(response);
    files += 1;
    bytes += response.body.length;
    return response.body;
  }

  return {
    url: shown(base),
    counts: () => ({ files, bytes }),
    get: (route, limitBytes) => {
      signal.throwIfAborted();
      return limit(() => once(route, limitBytes));
    },
  };
}

/** For how long the server wants to be left alone. */
function putOff({ status, headers }: HttpResponse): number | undefined {
  if (status !== 429 && status !== 503) return undefined;
  const seconds = Number(headers['retry-after'] ?? DEFAULT_WAIT_SECONDS);
  return seconds >= 0 ? Math.min(seconds, MAX_WAIT_SECONDS) : DEFAULT_WAIT_SECONDS;
}
