import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beginningPageOf, beginningPages, type BeginningPage } from './beginnings.ts';

const MOST = 4;
const compare = (a: string, b: string): number => (a < b ? -1 : 1);
const each = (value: unknown): string => JSON.stringify(value);
const pagesOf = (names: readonly string[], most = MOST): readonly BeginningPage[] => [...beginningPages(names, most)];
/** Beginning → what is on its page. */
const shown = (names: readonly string[]): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    pagesOf(names).map(({ beginning, below, at }) => [
      beginning,
      [...below.map((part) => `${part.beginning}…${part.count}`), ...at.map((index) => names[index] ?? '')],
    ]),
  );

/** What is on each page, of many names. */
const keyed = (all: readonly string[]): ReadonlyMap<string, string> =>
  new Map(
    pagesOf(all, 48).map(({ beginning, above, below, at }) => [
      beginning,
      JSON.stringify([above, below.map((part) => part.beginning), at.map((index) => all[index])]),
    ]),
  );

/** Four letters, two of which begin most names. */
const some = fc
  .uniqueArray(fc.string({ unit: fc.constantFrom('a', 'a', 'b', 'c', ' ', '-'), minLength: 1, maxLength: 8 }), {
    maxLength: 80,
  })
  .map((names) => names.toSorted(compare));

describe('names by how they begin', () => {
  it('are on one page while they fit', () => {
    expect(pagesOf(['a', 'b', 'c'])).toEqual([{ beginning: '', above: [], below: [], at: [0, 1, 2] }]);
    expect(pagesOf([])).toEqual([{ beginning: '', above: [], below: [], at: [] }]);
  });

  it('get pages for the beginnings that the most have, until what is left fits', () => {
    expect(shown(['a', 'ab', 'ac', 'b', 'c', 'ca'])).toEqual({ '': ['a…3', 'b', 'c', 'ca'], a: ['a', 'ab', 'ac'] });
  });

  it('have a page for all that too many have in common, and none for each letter of it', () => {
    const names = ['abc1', 'abc2', 'abc3', 'abc4', 'abc5', 'abc5x', 'z'];
    expect(shown(names)).toEqual({
      '': ['abc…6', 'z'],
      abc: ['abc5…2', 'abc1', 'abc2', 'abc3', 'abc4'],
      abc5: ['abc5', 'abc5x'],
    });
  });

  it('are each on one page, no page has more than fit, and each page is named above it', () => {
    fc.assert(
      fc.property(some, (names) => {
        const pages = pagesOf(names, 7);
        expect(pages.flatMap(({ at }) => at).toSorted((a, b) => a - b)).toEqual([...names.keys()]);
        expect(pages.filter(({ at }) => at.length > 7)).toEqual([]);
        expect(new Set(pages.map(({ beginning }) => beginning)).size).toBe(pages.length);
        const named = pages.flatMap(({ beginning, above, below }) =>
          below.map((part) => [part.beginning, [...above, beginning]]),
        );
        const own = pages.slice(1).map(({ beginning, above }) => [beginning, above]);
        expect(new Set(named.map(each))).toEqual(new Set(own.map(each)));
        for (const page of pages) {
          expect(page.at.every((index) => names[index]?.startsWith(page.beginning))).toBe(true);
          for (const index of page.at) expect(beginningPageOf(names, index, 7)).toEqual(page);
        }
      }),
    );
  });

  it('change a few pages when one comes, however many there are', () => {
    const names = Array.from({ length: 5000 }, (_, index) => ((index * 7919) % 46_656).toString(36).padStart(3, '0'));
    const before = keyed(names.toSorted(compare));
    expect(before.size).toBeGreaterThan(100);
    for (const one of ['0000', 'aaaa', 'mmmm', 'zzzz']) {
      const after = keyed([...names, one].toSorted(compare));
      expect([...after].filter(([beginning, text]) => before.get(beginning) !== text).length).toBeLessThan(4);
    }
  });
});
