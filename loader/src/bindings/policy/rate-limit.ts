/** Counts what each agent sends, over the last minute. */
export interface RateLimits {
  /** Counts one message. @returns whether it is within the limit; one that is not does not count */
  take(agent: string, perMinute: number): boolean;
}

const MINUTE_MS = 60_000;
const MAX_PER_MINUTE = 100_000;
const MAX_AGENTS = 1_000;

/** @param now milliseconds of a clock that nobody sets: set back, an agent would be over its limit for as long */
export function createRateLimits(now: () => number): RateLimits {
  const sent = new Map<string, number[]>();
  return {
    take(agent, perMinute) {
      const sinceMs = now() - MINUTE_MS;
      const times = sent.get(agent) ?? [];
      while (times[0] !== undefined && times[0] <= sinceMs) times.shift();
      sent.delete(agent);
      sent.set(agent, times);
      const [oldest] = sent.keys();
      if (sent.size > MAX_AGENTS && oldest !== undefined) sent.delete(oldest);
      if (times.length >= Math.min(perMinute, MAX_PER_MINUTE)) return false;
      times.push(now());
      return true;
    },
  };
}
