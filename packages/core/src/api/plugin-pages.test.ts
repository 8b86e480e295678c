import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PLAIN_ENTRY } from '../../test/plain-entry.ts';
import { comparePlaces, pageStarts, placeOf, toPages } from './plugin-pages.ts';

const entry = (name: string, publishedAt: string) => ({ ...PLAIN_ENTRY, name, publishedAt });

describe('the pages of the list of all plugins', () => {
  it('have the oldest first, and those of one instant by name, however it is written', () => {
    const entries = [
      entry('@a/new', '2026-03-01T00:00:00Z'),
      entry('@a/one', '2026-02-01T00:00:00.000Z'),
      entry('@a/two', '2026-02-01T00:00:00Z'),
      entry('@z/old', '2026-01-01T00:00:00Z'),
      entry('@z/day-of-no-calendar', '2026-13-77T00:00:00Z'),
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
        const entries = plugins.map(({ name, month }) => entry(`@x/${name}`, `2026-0${month}-01T00:00:00Z`));
        const before = [...toPages(entries, size)];
        const after = [...toPages([entry('@a/new', '2026-05-01T00:00:00Z'), ...entries], size)];
        const same = Math.floor(plugins.length / size);
        expect(after.slice(0, same)).toEqual(before.slice(0, same));
        expect(after).toHaveLength(same + 1);
        expect(pageStarts(entries, size)).toEqual(before.flatMap((page) => page.plugins.slice(0, 1).map(placeOf)));
        expect(before.flatMap((page) => page.plugins.map(placeOf))).toEqual(
          entries.map(placeOf).toSorted(comparePlaces),
        );
      }),
    );
  });
});
