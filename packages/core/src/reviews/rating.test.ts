import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ratingOf } from './index.ts';

const of = (...stars: readonly number[]) => ratingOf(stars.map((each) => ({ stars: each })));

describe('ratingOf', () => {
  it('is the mean, and one that few opinions hardly move', () => {
    expect(of(5)).toEqual({ count: 1, mean: 5, bayesian: 3.75 });
    expect(of(5, 5).bayesian).toBeLessThan(ratingOf(Array.from({ length: 200 }, () => ({ stars: 4.5 }))).bayesian);
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
