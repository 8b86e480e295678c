import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance } from '../text/index.ts';
import { isOneEdit } from './typo.ts';

describe('isOneEdit', () => {
  it.each([
    ['slack', 'slakc'],
    ['slack', 'slck'],
    ['slack', 'sslack'],
    ['slack', 'slacks'],
    ['slack', 'black'],
  ])('holds for %s and %s', (a, b) => {
    expect(isOneEdit(a, b)).toBe(true);
    expect(isOneEdit(b, a)).toBe(true);
  });

  it.each([
    ['slack', 'slack'],
    ['slack', 'salkc'],
    ['slack', 'sla'],
  ])('does not hold for %s and %s', (a, b) => {
    expect(isOneEdit(a, b)).toBe(false);
  });

  it('says what the edit distance says', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 7 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(isOneEdit(a, b)).toBe(a !== b && editDistance(a, b, 1) === 1);
      }),
      { numRuns: 2000 },
    );
  });
});
