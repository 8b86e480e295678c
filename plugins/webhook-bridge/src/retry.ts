const BASE_DELAY_MS = 1000;
const MAX_DELAY_MS = 60_000;
/** A target that asks for more is taken at this: its messages would fill the queue. */
const MAX_RETRY_AFTER_MS = 15 * 60_000;

/** Statuses that ask to try again; every other from 300 to 499 would be answered in the same way. */
const RETRYABLE: ReadonlySet<number> = new Set([408, 409, 425, 429]);

/** Whether a response with this status, which is no success, is worth another attempt. */
export function isRetryable(status: number): boolean {
  return status >= 500 || RETRYABLE.has(status);
}

export interface DelayOptions {
  /** The attempt that failed, from 1. */
  readonly attempt: number;
  /** What the target asked for. */
  readonly retryAfterMs: number | undefined;
  /** From 0 up to, not including, 1. */
  readonly random: number;
}

/**
 * How long to wait before the next attempt: doubled each time from one second up to a minute, of which a random half is
 * taken off, so that bridges which lost the same target do not return to it at once. Never less than the target asked
 * for, as far as that is reasonable.
 */
export function retryDelayMs({ attempt, retryAfterMs = 0, random }: DelayOptions): number {
  const ceiling = Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** (attempt - 1));
  return Math.max(ceiling * (1 - random / 2), Math.min(retryAfterMs, MAX_RETRY_AFTER_MS));
}

/** Milliseconds from `now` that a `Retry-After` header asks for; undefined if it cannot be read. @source RFC 9110, 10.2.3 */
export function parseRetryAfter(header: string | null, now: Date): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}
