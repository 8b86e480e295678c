import { comparePlaces, type ListPlace } from '@ar-registry/core/api';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changePages, type PageRow } from './changed-pages.ts';
import { StateUnusable } from './state/store.ts';

const row = (at: number, text: string | undefined = `at ${at}`): PageRow => ({
  place: { at, name: `@a/p${at}` },
  text,
});

const emptied = ({ place }: PageRow): PageRow => ({ place, text: undefined });

const inPages = (rows: readonly PageRow[], size: number): readonly (readonly PageRow[])[] =>
  Array.from({ length: Math.max(1, Math.ceil(rows.length / size)) }, (_, page) =>
    rows.slice(page * size, (page + 1) * size),
  );

const startsOf = (pages: readonly (readonly PageRow[])[]): readonly ListPlace[] =>
  pages.flatMap((rows) => rows.slice(0, 1).map(({ place }) => place));

/** Changes a list in pages. */
async function change(
  before: readonly PageRow[],
  { removed = [], added = [] }: { readonly removed?: readonly PageRow[]; readonly added?: readonly PageRow[] },
  size = 3,
) {
  const pages = [...inPages(before, size)];
  const [reads, writes]: [number[], number[]] = [[], []];
  const starts = await changePages(
    { removed, added },
    {
      starts: startsOf(inPages(before, size)),
      size,
      read: async (page) => {
        reads.push(page);
        return inPages(before, size)[page - 1] ?? [];
      },
      write: async (page, rows) => {
        if (JSON.stringify(pages[page - 1]) !== JSON.stringify(rows)) writes.push(page);
        pages[page - 1] = rows;
      },
    },
  );
  const gone = new Set(removed.map(({ place }) => place.at));
  const after = [...before.filter(({ place }) => !gone.has(place.at)), ...added].toSorted((a, b) =>
    comparePlaces(a.place, b.place),
  );
  expect(pages.slice(0, Math.max(1, Math.ceil(after.length / size)))).toEqual(inPages(after, size));
  expect(starts).toEqual(startsOf(inPages(after, size)));
  return { reads, writes };
}

const rows = (...ats: readonly number[]): readonly PageRow[] => ats.map((at) => row(at));
const EIGHT = rows(10, 20, 30, 40, 50, 60, 70, 80);

describe('the pages of a list that changes', () => {
  it('are those of the changed list, whatever it was and whatever changed', async () => {
    const places = fc.uniqueArray(fc.nat({ max: 30 }), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(
        places,
        places,
        fc.func(fc.nat({ max: 2 })),
        fc.integer({ min: 1, max: 5 }),
        async (...given) => {
          const [old, coming, fate, size] = given;
          const sorted = rows(...old.toSorted((a, b) => a - b));
          // Some places are empty, or come to be.
          const before = sorted.map((each) => (fate(each.place.at) === 1 ? emptied(each) : each));
          const others = before.filter(({ place }) => fate(place.at) > 0);
          const removed = before.filter((each) => fate(each.place.at) === 0 || coming.includes(each.place.at));
          const changed = coming.map((at) => (at % 3 === 0 ? emptied(row(at)) : row(at, `now ${at}`)));
          expect(others.length).toBeLessThanOrEqual(before.length);
          await change(before, { removed, added: changed }, size);
        },
      ),
    );
  });

  it.each<readonly [string, Parameters<typeof change>[1], object]>([
    ['of the last one, for a new plugin', { added: rows(90) }, { reads: [3], writes: [3] }],
    ['of its own, for another text', { removed: rows(50), added: [row(50, 'now')] }, { reads: [2], writes: [2] }],
    [
      'of its own, for one that leaves its place empty',
      { removed: rows(40), added: [emptied(row(40))] },
      { reads: [2], writes: [2] },
    ],
    ['of none, for no change', {}, { reads: [], writes: [] }],
    ['of all after it, for one that goes', { removed: rows(40) }, { reads: [2, 3], writes: [2, 3] }],
    ['of all after it, for one that comes late', { added: rows(15) }, { reads: [1, 2, 3], writes: [1, 2, 3] }],
    [
      'of those between, for one that moves',
      { removed: rows(50), added: [row(15)] },
      { reads: [1, 2], writes: [1, 2] },
    ],
  ])('are read and written %s', async (_what, changed, expected) => {
    expect(await change(EIGHT, changed)).toEqual(expected);
  });

  it('become one more where the last is full, and one fewer where it is left empty', async () => {
    const full = EIGHT.slice(0, 6);
    expect(await change(full, { added: rows(90) })).toEqual({ reads: [2], writes: [3] });
    expect(await change([...full, row(90)], { removed: rows(90) })).toEqual({ reads: [3], writes: [] });
  });

  it('are one without a plugin', async () => {
    expect(await change(rows(10), { removed: rows(10) })).toEqual({ reads: [1], writes: [1] });
    expect(await change([], { added: rows(10) })).toEqual({ reads: [], writes: [1] });
  });

  it('are not known where one has not what goes', async () => {
    await expect(change(EIGHT, { removed: [row(50, 'something else')] })).rejects.toThrow(StateUnusable);
  });
});
