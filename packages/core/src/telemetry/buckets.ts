/** Upper bounds in milliseconds: how long a plugin took to load is told as one of these, and no finer. */
export const LOAD_BUCKETS = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 60_000] as const;

export type LoadBucket = (typeof LOAD_BUCKETS)[number];

/** The smallest bound that `durationMs` does not exceed; the last one for all that is longer, or is no number. */
export function loadBucket(durationMs: number): LoadBucket {
  return LOAD_BUCKETS.find((bound) => durationMs <= bound) ?? 60_000;
}
