import { describe, expect, it, test } from 'vitest';
import { isFresh, maxAgeOf } from './freshness.ts';

test.each([
  ['max-age=60', 60],
  ['public, max-age=60', 60],
  ['Max-Age=60,public', 60],
  // More is not believed.
  ['max-age=31536000, immutable', 600],
  ['max-age=999999999999', undefined],
  ['max-age=0', undefined],
  ['max-age=-5', undefined],
  ['max-age=60, no-cache', undefined],
  ['no-store, max-age=60', undefined],
  ['s-maxage=60', undefined],
  ['max-age="60"', undefined],
  ['', undefined],
  [undefined, undefined],
])('of %j an answer is fresh for %s seconds', (header, seconds) => {
  expect(maxAgeOf(header)).toBe(seconds);
});

describe('an answer that was kept', () => {
  const kept = { body: Buffer.alloc(0), checkedAtMs: 1_000_000, maxAgeSeconds: 60 };

  it('is fresh until its age is what the registry said', () => {
    expect([0, 59_999, 60_000].map((ageMs) => isFresh(kept, 1_000_000 + ageMs))).toEqual([true, true, false]);
  });

  it('is not where the registry said nothing, or there is none', () => {
    const { maxAgeSeconds: _unknown, ...silent } = kept;
    expect(isFresh(silent, 1_000_000)).toBe(false);
    expect(isFresh(undefined, 1_000_000)).toBe(false);
  });

  it('is not where it seems to come from the future: the clock was set back', () => {
    expect(isFresh(kept, 999_999)).toBe(false);
  });

  it('is not for longer because its file says so', () => {
    expect(isFresh({ ...kept, maxAgeSeconds: 1e9 }, 1_000_000 + 600_000)).toBe(false);
  });
});
