import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matches } from './pattern.ts';

describe('a pattern', () => {
  it.each([
    ['Worker1', 'Worker1', true],
    ['Worker', 'Worker1', false],
    ['Worker*', 'Worker', true],
    ['Worker*', 'Worker1', true],
    ['*', '', true],
    ['*', '*', true],
    ['a*b*c', 'aXbXc', true],
    ['a*b*c', 'acb', false],
    ['*ab', 'aab', true],
    ['.', 'x', false],
    ['[a]', 'a', false],
    ['worker', 'Worker', false],
    ['', '', true],
  ])('%s and %s: %s', (pattern, name, expected) => {
    expect(matches(pattern, name)).toBe(expected);
  });

  it('means what the regular expression of it means', () => {
    const text = fc.array(fc.constantFrom('a', 'b', '*', '.', '\n'), { maxLength: 8 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, (pattern, name) => {
        const source = pattern.replaceAll(/[^*]/g, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
        expect(matches(pattern, name)).toBe(new RegExp(`^${source.replaceAll('*', '.*')}$`, 'su').test(name));
      }),
      { numRuns: 2000 },
    );
  });

  it('of many stars is answered at once', () => {
    const begin = performance.now();
    expect(matches(`${'*a'.repeat(99)}*b`, 'a'.repeat(20_000))).toBe(false);
    expect(performance.now() - begin).toBeLessThan(2000);
  });
});
