/** The hourly allowance of each token, and of all that come without one. */
import { Refusal } from './answer.ts';
import type { State, Token } from './state.ts';

const HOUR_MS = 3_600_000;

export interface RateLimits {
  /** Counts a request; the refusal when it is one too many. */
  count(token: Token | undefined): Refusal | undefined;
  headers(token: Token | undefined): Readonly<Record<string, string>>;
}

interface Window {
  used: number;
  resetMs: number;
}

/** `limit` is what a token may ask in an hour; without one it is 60. */
export function createRateLimits(state: State, limit: number): RateLimits {
  const windows = new Map<string, Window>();
  const limitOf = (token: Token | undefined): number => (token ? limit : Math.min(60, limit));
  const windowOf = (token: Token | undefined): Window => {
    const key = token?.value ?? '';
    const nowMs = state.clock.nowMs();
    const known = windows.get(key);
    if (known && known.resetMs > nowMs) return known;
    const fresh = { used: 0, resetMs: nowMs + HOUR_MS };
    windows.set(key, fresh);
    return fresh;
  };
  return {
    count(token) {
      const window = windowOf(token);
      window.used += 1;
      if (window.used <= limitOf(token)) return undefined;
      const whose = token ? `user ID ${token.account.id}` : '127.0.0.1';
      return new Refusal(403, `API rate limit exceeded for ${whose}.`);
    },
    headers(token) {
      const { used, resetMs } = windowOf(token);
      return {
        'x-ratelimit-limit': String(limitOf(token)),
        'x-ratelimit-remaining': String(Math.max(limitOf(token) - used, 0)),
        'x-ratelimit-used': String(used),
        'x-ratelimit-reset': String(Math.ceil(resetMs / 1000)),
        'x-ratelimit-resource': 'core',
      };
    },
  };
}
