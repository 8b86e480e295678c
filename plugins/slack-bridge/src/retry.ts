const BASE_DELAY_MS = 1000;
const MAX_DELAY_MS = 60_000;

/**
 * How long to wait before the next attempt: doubled each time from one second up to a minute, of which a random half is
 * taken off, so that bridges which lost Slack together do not return together.
 *
 * @param attempt the one that failed, from 1
 * @param random from 0 up to, not including, 1
 */
export function retryDelayMs(attempt: number, random: number): number {
  return Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** Math.min(attempt - 1, 10)) * (1 - random / 2);
}
