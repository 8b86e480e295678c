import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDuration, addSketch, isBin, quantile, type Sketch } from './sketch.ts';

const durations = fc.array(fc.double({ min: 0.01, max: 120_000, noNaN: true }), { minLength: 1, maxLength: 200 });

function sketchOf(values: readonly number[]): Sketch {
  const sketch: Sketch = new Map();
  for (const value of values) addDuration(sketch, value);
  return sketch;
}

describe('a quantile', () => {
  test('is off by at most two percent of the exact one, whatever was counted', () => {
    fc.assert(
      fc.property(durations, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
        const exact = values.toSorted((a, b) => a - b)[Math.floor(q * (values.length - 1))] ?? 0;
        const found = quantile(sketchOf(values), q) ?? 0;
        expect(Math.abs(found - exact)).toBeLessThanOrEqual(0.0201 * exact);
      }),
    );
  });

  test('of sketches that were added up is that of all their durations', () => {
    fc.assert(
      fc.property(durations, durations, (a, b) => {
        const sum = sketchOf(a);
        addSketch(sum, sketchOf(b));
        expect(sum).toEqual(sketchOf([...a, ...b]));
      }),
    );
  });

  test('of nothing is null', () => {
    expect(quantile(new Map(), 0.5)).toBeNull();
  });
});

test('whatever durations come, the bins are few', () => {
  const sketch = sketchOf([Number.NaN, -1, 0, 1e-300, 1e300, Infinity, -Infinity]);
  for (let power = -10; power < 10; power += 0.001) addDuration(sketch, 10 ** power);
  expect(sketch.size).toBeLessThanOrEqual(409);
  expect([...sketch.keys()].every(isBin)).toBe(true);
  expect(isBin(1e9)).toBe(false);
});
