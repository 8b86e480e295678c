import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PLAIN_ENTRY } from '../../test/plain-entry.ts';
import { comparePlaces, placeOf, placesOf, toPages } from './plugin-pages.ts';

const plugin = (name: string, publishedAt: string) => ({
  name,
  publishedAt,
  entry: { ...PLAIN_ENTRY, name, publishedAt },
});
/** One that is not listed any more. */
const unlisted = (name: string, publishedAt: string) => ({ name, publishedAt });

describe('the pages of the list of all plugins', () => {
  it('have the oldest first, and those of one instant by name, however it is written', () => {
    const entries = [
      plugin('@a/new', '2026-03-01T00:00:00Z'),
      plugin('@a/one', '2026-02-01T00:00:00.000Z'),
      plugin('@a/two', '2026-02-01T00:00:00Z'),
      plugin('@z/old', '2026-01-01T00:00:00Z'),
      plugin('@z/day-of-no-calendar', '2026-13-77T00:00:00Z'),
    ];
    const [page] = toPages(entries, 10);
    expect(page?.plugins.map(({ name }) => name)).toEqual([
      '@z/day-of-no-calendar',
      '@z/old',
      '@a/one',
      '@a/two',
      '@a/new',
    ]);
  });

  it('stay as they are, but the last, when a plugin is new', () => {
    const one = fc.record({
      name: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'),
      month: fc.integer({ min: 1, max: 4 }),
    });
    const some = fc.uniqueArray(one, { selector: ({ name }) => name });
    fc.assert(
      fc.property(some, fc.integer({ min: 1, max: 4 }), (plugins, size) => {
        const all = plugins.map(({ name, month }) => plugin(`@x/${name}`, `2026-0${month}-01T00:00:00Z`));
        const before = [...toPages(all, size)];
        const after = [...toPages([plugin('@a/new', '2026-05-01T00:00:00Z'), ...all], size)];
        const same = Math.floor(plugins.length / size);
        expect(after.slice(0, same)).toEqual(before.slice(0, same));
        expect(after).toHaveLength(same + 1);
        const starts = before.flatMap((page) => page.plugins.slice(0, 1).map(placeOf));
        expect(placesOf(all, size)).toEqual({ starts, empty: [] });
        expect(before.flatMap((page) => page.plugins.map(placeOf))).toEqual(all.map(placeOf).toSorted(comparePlaces));
      }),
    );
  });

  it('leave the place of one empty that is not listed any more', () => {
    const some = [1, 2, 3, 4, 5].map((month) => plugin(`@x/p${month}`, `2026-0${month}-01T00:00:00Z`));
    const gone = [2, 3, 4].map((month) => unlisted(`@x/p${month}`, `2026-0${month}-01T00:00:00Z`));
    const left = [...gone, ...some.filter(({ name }) => !gone.some((other) => other.name === name))];
    expect([...toPages(left, 2)].map((page) => page.plugins.map(({ name }) => name))).toEqual([
      ['@x/p1'],
      [],
      ['@x/p5'],
    ]);
    expect(placesOf(left, 2)).toEqual({ starts: placesOf(some, 2).starts, empty: gone.map(placeOf) });
  });
});
