/**
 * A token bucket for each client, in memory that is bounded whatever they do.
 *
 * @source draft-ietf-httpapi-ratelimit-headers-10 (the header fields)
 */
import type { MiddlewareHandler } from 'hono';
import { problem } from './problem.ts';

export interface RateLimit {
  /** Requests that a client may make at once, and again in each window. */
  readonly requests: number;
  readonly windowSeconds: number;
}

export interface RateLimitPorts {
  readonly nowMs: () => number;
  /** What requests are counted by; untrusted text, of any length. */
  readonly clientOf: (context: Parameters<MiddlewareHandler>[0]) => string;
}

interface Bucket {
  readonly tokens: number;
  readonly atMs: number;
}

/** Clients that are remembered: a few megabytes. Whoever was not seen for longest is forgotten, and begins anew. */
export const MAX_CLIENTS = 20_000;

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** Reads `100/1m`: a number, and a window in seconds, minutes or hours; a day at most. */
export function parseRateLimit(text: string): RateLimit | undefined {
  const [, count = '', amount = '', unit = 's'] = /^([1-9]\d{0,8})\/([1-9]\d{0,4})?([smh])$/.exec(text) ?? [];
  if (count === '') return undefined;
  const windowSeconds = (amount === '' ? 1 : Number(amount)) * (UNITS[unit] ?? 1);
  return windowSeconds <= 86_400 ? { requests: Number(count), windowSeconds } : undefined;
}

/** Refuses with 429 who asks too often, and tells everybody how much is left. */
export function limitRate(limit: RateLimit, { nowMs, clientOf }: RateLimitPorts): MiddlewareHandler {
  const take = createBuckets(limit, nowMs);
  const policy = `"default";q=${limit.requests};w=${limit.windowSeconds}`;
  return async (context, next) => {
    const { allowed, remaining, resetSeconds, retrySeconds } = take(clientOf(context));
    const headers = { 'ratelimit-policy': policy, ratelimit: `"default";r=${remaining};t=${resetSeconds}` };
    if (!allowed) {
      return problem(429, 'RATE_LIMITED', `More than ${limit.requests} requests in ${limit.windowSeconds} seconds.`, {
        ...headers,
        'retry-after': String(retrySeconds),
      });
    }
    await next();
    for (const [name, value] of Object.entries(headers)) context.header(name, value);
    return undefined;
  };
}

interface Taken {
  readonly allowed: boolean;
  readonly remaining: number;
  /** Until all of it is there again. */
  readonly resetSeconds: number;
  /** Until there is one. */
  readonly retrySeconds: number;
}

function createBuckets({ requests, windowSeconds }: RateLimit, nowMs: () => number): (client: string) => Taken {
  const buckets = new Map<string, Bucket>();
  const perMs = requests / (windowSeconds * 1000);
  return (client) => {
    const atMs = nowMs();
    const known = buckets.get(client);
    // A clock that was set back gives nothing.
    const earned = known ? Math.max(0, atMs - known.atMs) * perMs : requests;
    const tokens = Math.min(requests, (known?.tokens ?? 0) + earned);
    const allowed = tokens >= 1;
    const left = allowed ? tokens - 1 : tokens;
    // Deleted first, so that the order of the map is that of the last requests.
    buckets.delete(client);
    if (buckets.size >= MAX_CLIENTS) forgetOldest(buckets);
    buckets.set(client, { tokens: left, atMs });
    const secondsTo = (wanted: number): number => Math.max(0, Math.ceil((wanted - left) / perMs / 1000));
    return { allowed, remaining: Math.floor(left), resetSeconds: secondsTo(requests), retrySeconds: secondsTo(1) };
  };
}

function forgetOldest(buckets: Map<string, Bucket>): void {
  const [oldest] = buckets.keys();
  if (oldest !== undefined) buckets.delete(oldest);
}
