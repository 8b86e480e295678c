/** Where lines of the log are sent, besides the file. */

/** Consecutive lines of the log. */
export interface Batch {
  readonly first: number;
  readonly last: number;
  /** The value of the last line. */
  readonly chain: string;
  readonly lines: readonly BatchLine[];
}

export interface BatchLine {
  readonly seq: number;
  /** With its newline, and before it what a crash left there that is not of the chain. */
  readonly bytes: Buffer;
  /** Where the line itself begins in `bytes`. */
  readonly start: number;
}

export interface BatchLimits {
  readonly maxLines: number;
  /** One line may be longer, and is a batch of its own then. */
  readonly maxBytes: number;
}

export interface Destination {
  /** `s3`, `datadog`. */
  readonly name: string;
  readonly limits: BatchLimits;
  /**
   * Settles when the destination has all of the batch. The same batch may come again, after a crash or a failure.
   *
   * @throws {ShipError}
   */
  send(batch: Batch, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** A destination did not take a batch. The message names no secret, and nothing of what was sent. */
export class ShipError extends Error {
  override readonly name = 'ShipError';
  /** How long the destination asked to be left alone. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: { readonly retryAfterMs?: number | undefined; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.retryAfterMs = options.retryAfterMs;
  }
}

const MAX_RETRY_AFTER_MS = 300_000;

/**
 * Milliseconds of a `Retry-After` in seconds or as a date, at most five minutes; undefined for anything else.
 *
 * @source https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
export function parseRetryAfter(value: string | null | undefined, nowMs: number): number | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  const ms = /^\d{1,9}$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS);
}
