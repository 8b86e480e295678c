import type { Rating } from '@ar-registry/schemas';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ratingOf } from './index.ts';

const REMOVED = { reason: 'Not about the plugin.', at: '2026-06-02T00:00:00Z' };

function of(...stars: readonly number[]): Rating {
  const rating = ratingOf(stars.map((each) => ({ stars: each })));
  if (!rating) throw new Error('Nobody rated it.');
  return rating;
}

describe('ratingOf', () => {
  it('is the mean, and one that few opinions hardly move', () => {
    expect(of(5)).toEqual({ count: 1, mean: 5, bayesian: 3.75 });
    expect(of(5, 5).bayesian).toBeLessThan(of(...Array.from({ length: 200 }, () => 4.5)).bayesian);
  });

  it('passes over what was removed', () => {
    expect(ratingOf([{ stars: 5 }, { stars: 1, removed: REMOVED }])).toEqual(of(5));
    expect(ratingOf([{ stars: 1, removed: REMOVED }])).toBeUndefined();
    expect(ratingOf([])).toBeUndefined();
  });

  it('lies between the prior and the mean', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 300 }), (stars) => {
        const { mean, bayesian } = of(...stars);
        expect(bayesian).toBeGreaterThanOrEqual(Math.min(mean, 3.5) - 0.01);
        expect(bayesian).toBeLessThanOrEqual(Math.max(mean, 3.5) + 0.01);
      }),
    );
  });
});
