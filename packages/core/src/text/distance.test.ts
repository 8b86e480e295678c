import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, nearest } from './index.ts';

const word = fc.stringMatching(/^[abc]{0,8}$/);

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['abc', 'abc', 0],
    ['abc', 'abd', 1],
    ['abc', 'ab', 1],
    ['abc', 'xabc', 1],
    ['abcd', 'acbd', 1],
    ['ca', 'abc', 3],
    ['kitten', 'sitting', 3],
  ])('of %j and %j is %d', (a, b, distance) => {
    expect(editDistance(a, b, 5)).toBe(distance);
  });

  it('is the same both ways, zero only for the same word, and at most the limit and one', () => {
    fc.assert(
      fc.property(word, word, fc.nat({ max: 8 }), (a, b, limit) => {
        const distance = editDistance(a, b, limit);
        expect(distance).toBe(editDistance(b, a, limit));
        expect(distance === 0).toBe(a === b);
        expect(distance).toBeLessThanOrEqual(limit + 1);
      }),
    );
  });

  it('does not depend on the limit, where it lies within', () => {
    fc.assert(
      fc.property(word, word, fc.nat({ max: 8 }), (a, b, limit) => {
        const exact = editDistance(a, b, 100);
        expect(editDistance(a, b, limit)).toBe(Math.min(exact, limit + 1));
      }),
    );
  });
});

describe('nearest', () => {
  const names = ['install', 'info', 'init', 'list', 'update'];

  it('finds what a typo explains', () => {
    expect(nearest('instal', names)).toEqual(['install']);
    expect(nearest('INSTAL', names)).toEqual(['install']);
  });

  it('finds nothing for what is far from all', () => {
    expect(nearest('qwerty', names)).toEqual([]);
  });

  it('puts the nearest first, then by name, and no more than asked for', () => {
    expect(nearest('updaet', ['upbeat', 'update', 'updat'], 3)).toEqual(['updat', 'update', 'upbeat']);
    expect(nearest('updaet', ['upbeat', 'update', 'updat'], 1)).toEqual(['updat']);
  });

  it('does not take a long text for a short name', () => {
    expect(nearest('a'.repeat(60_000), names)).toEqual([]);
  });
});
