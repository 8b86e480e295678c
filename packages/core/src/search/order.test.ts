import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countInOrder, sorted, type Facts, type OrderBy } from './order.ts';

const found = fc
  .array(fc.nat({ max: 4 }), { maxLength: 60 })
  .map((scores) => scores.map((score, at) => ({ id: (at * 37) % 61, score })));

const facts = (id: number): Facts => ({ downloads: id % 3, updated: id % 5, name: `${id % 7}` });

describe('sorted', () => {
  it('begins as all of them in order would, however few are asked for', () => {
    const orders: readonly OrderBy[] = ['score', 'downloads', 'updated', 'name'];
    const count = fc.oneof(fc.integer({ min: -1, max: 70 }), fc.constant(Infinity));
    fc.assert(
      fc.property(found, fc.constantFrom(...orders), count, (some, by, most) => {
        const all = sorted(some, { by, count: Infinity }, facts);
        expect(all).toHaveLength(some.length);
        const first = sorted(some, { by, count: most }, facts).slice(0, Math.max(0, most));
        expect(first).toEqual(all.slice(0, Math.max(0, most)));
      }),
    );
  });
});

describe('countInOrder', () => {
  it('is where the page ends, and everything where there is no page or some come first afterwards', () => {
    expect(countInOrder({ limit: 20, offset: 40 })).toBe(60);
    expect(countInOrder({ offset: 40 })).toBe(Infinity);
    expect(countInOrder({ limit: 20, ranks: new Map([['@acme/one', 1]]) })).toBe(Infinity);
    expect(countInOrder({ limit: 20, ranks: new Map() })).toBe(20);
  });
});
