import { describe, expect, it } from 'vitest';
import { isRetryable, parseRetryAfter, retryDelayMs } from './retry.ts';

describe('isRetryable', () => {
  it.each([408, 409, 425, 429, 500, 502, 503, 504, 599])('tries %d again', (status) => {
    expect(isRetryable(status)).toBe(true);
  });

  it.each([301, 302, 307, 400, 401, 403, 404, 410, 413, 422, 499])('does not try %d again', (status) => {
    expect(isRetryable(status)).toBe(false);
  });
});

describe('retryDelayMs', () => {
  it('doubles up to a minute', () => {
    const delays = [1, 2, 3, 4, 5, 6, 7, 8, 20].map((attempt) =>
      retryDelayMs({ attempt, retryAfterMs: undefined, random: 0 }),
    );
    expect(delays).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  it('takes a random half off', () => {
    expect(retryDelayMs({ attempt: 4, retryAfterMs: undefined, random: 0.5 })).toBe(6000);
    expect(retryDelayMs({ attempt: 4, retryAfterMs: undefined, random: 0.999 })).toBeGreaterThanOrEqual(4000);
  });

  it('waits as long as the target asks', () => {
    expect(retryDelayMs({ attempt: 1, retryAfterMs: 90_000, random: 0 })).toBe(90_000);
  });

  it('does not let the target shorten the wait, nor stop the bridge for a day', () => {
    expect(retryDelayMs({ attempt: 4, retryAfterMs: 0, random: 0 })).toBe(8000);
    expect(retryDelayMs({ attempt: 1, retryAfterMs: Infinity, random: 0 })).toBe(900_000);
  });
});

describe('parseRetryAfter', () => {
  const now = new Date('2026-01-02T03:04:05Z');

  it('reads seconds and dates', () => {
    expect(parseRetryAfter('120', now)).toBe(120_000);
    expect(parseRetryAfter('Fri, 02 Jan 2026 03:05:05 GMT', now)).toBe(60_000);
  });

  it('takes a date that has passed for now', () => {
    expect(parseRetryAfter('Fri, 02 Jan 2026 03:00:00 GMT', now)).toBe(0);
  });

  it.each([null, '', 'soon', '-'])('reads nothing from %j', (header) => {
    expect(parseRetryAfter(header, now)).toBeUndefined();
  });
});
