import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeTopList, type TopList } from './top-list.ts';

const compare = (a: number, b: number): number => a - b;
const EMPTY: TopList<number> = { items: [], isAll: true };

describe('the first few of many', () => {
  it('are those of all, after any changes, or are not known', () => {
    const change = fc.record({ gone: fc.array(fc.nat({ max: 99 })), added: fc.array(fc.nat({ max: 99 })) });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 20 }), fc.integer({ min: 1, max: 4 }), (changes, needed) => {
        let all = new Set<number>();
        let list: TopList<number> | undefined = EMPTY;
        for (const { gone, added } of changes) {
          const coming = [...new Set(added)].filter((item) => !all.has(item) || gone.includes(item));
          all = new Set([...[...all].filter((item) => !gone.includes(item)), ...coming]);
          list =
            list && changeTopList(list, { isGone: (item) => gone.includes(item), added: coming }, { compare, needed });
          const first = [...all].toSorted(compare).slice(0, needed);
          expect(list?.items.slice(0, needed) ?? first).toEqual(first);
        }
      }),
    );
  });

  it('are no more than a few hundred besides, however many are asked for', () => {
    const added = Array.from({ length: 10_000 }, (_, at) => at);
    const kept = changeTopList(EMPTY, { isGone: () => false, added }, { compare, needed: 1000 });
    expect(kept).toMatchObject({ isAll: false, items: { length: 1250 } });
    const others = { isGone: (item: number) => item < 251, added: [] };
    expect(changeTopList(kept ?? EMPTY, others, { compare, needed: 1000 })).toBeUndefined();
  });
});
