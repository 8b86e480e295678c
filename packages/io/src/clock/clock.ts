import type { Timestamp } from '@ar-registry/schemas';

/** The time of day. Whoever needs it is given one, so that tests can stand still. */
export interface Clock {
  /** Milliseconds since 1970 in UTC. */
  nowMs(): number;
  /** The same instant as ISO 8601, to the second: `2026-01-31T12:00:00Z`. */
  now(): Timestamp;
}

/** The clock of this machine. */
export function createClock(): Clock {
  return { nowMs: () => Date.now(), now: () => `${new Date().toISOString().slice(0, 19)}Z` };
}
