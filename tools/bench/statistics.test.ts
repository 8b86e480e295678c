import { describe, expect, it } from 'vitest';
import { median, quantile, ratios, slope, summarize } from './statistics.ts';

describe('median', () => {
  it('is the middle of an odd number of values, in whatever order', () => {
    expect(median([9, 1, 5])).toBe(5);
  });

  it('lies between the two in the middle of an even number', () => {
    expect(median([4, 1, 2, 100])).toBe(3);
  });

  it('does not follow one value out of line', () => {
    expect(median([1, 1, 1, 1, 1000])).toBe(1);
  });

  it('is not defined for no values', () => {
    expect(() => median([])).toThrow(RangeError);
  });

  it('leaves its values in their order', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });
});

describe('quantile', () => {
  it('reaches from the smallest to the largest', () => {
    expect([quantile([2, 3, 1], 0), quantile([2, 3, 1], 1)]).toEqual([1, 3]);
  });

  it('goes straight between two values', () => {
    expect(quantile([0, 10], 0.25)).toBe(2.5);
  });
});

describe('summarize', () => {
  it('tells the middle half', () => {
    expect(summarize([1, 2, 3, 4, 5])).toEqual({ median: 3, lower: 2, upper: 4 });
  });

  it('is the value itself where there is but one', () => {
    expect(summarize([7])).toEqual({ median: 7, lower: 7, upper: 7 });
  });
});

describe('ratios', () => {
  it('compares within a round, so that a slow round counts as any other', () => {
    expect(ratios([2, 20, 4], [1, 10, 2])).toEqual([2, 2, 2]);
  });

  it('refuses rounds that the base does not have, or that only the base has', () => {
    expect(() => ratios([1, 2], [1])).toThrow(RangeError);
    expect(() => ratios([1], [1, 2])).toThrow(RangeError);
  });
});

describe('slope', () => {
  it('is what values rise by', () => {
    expect(slope([5, 7, 9, 11])).toBe(2);
  });

  it('is nothing where values go up and down', () => {
    expect(slope([10, 11, 10, 11, 10])).toBe(0);
  });

  it('does not follow one value out of line', () => {
    expect(slope([1, 1, 1, 1, 1, 1, 1, 1, 500])).toBe(0);
  });

  it('sees a leak below noise', () => {
    const leaking = Array.from({ length: 50 }, (_, round) => 100 + round * 0.5 + (round % 3));
    expect(slope(leaking)).toBeCloseTo(0.5, 1);
  });

  it('is not defined for one value', () => {
    expect(() => slope([1])).toThrow(RangeError);
  });
});
