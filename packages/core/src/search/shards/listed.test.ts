import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eachInAll, findInAll, toListed, type Listed } from './listed.ts';

const numbers = fc.uniqueArray(fc.nat({ max: 30 }), { maxLength: 20 });

function inAll(lists: readonly Listed[]): readonly number[] {
  const seen: number[] = [];
  eachInAll(lists, (id, positions) => {
    for (const [index, { ids }] of lists.entries()) expect(ids[positions[index] ?? -1]).toBe(id);
    seen.push(id);
  });
  return seen;
}

describe('eachInAll', () => {
  it('sees those that stand in every list, once and rising', () => {
    fc.assert(
      fc.property(fc.array(numbers, { minLength: 1, maxLength: 4 }), (lists) => {
        const [first = [], ...others] = lists;
        const expected = first.filter((id) => others.every((other) => other.includes(id))).toSorted((a, b) => a - b);
        const listed = lists.map((ids) => ({ ids: Uint32Array.from(ids).toSorted() }));
        expect(inAll(listed)).toEqual(expected);
      }),
    );
  });

  it('sees nothing in no lists, and ends with lists that a registry did not put in order', () => {
    expect(inAll([])).toEqual([]);
    expect(inAll([{ ids: Uint32Array.of(9, 3, 5) }, { ids: Uint32Array.of(3, 9, 1, 5) }])).toEqual([9]);
  });
});

describe('findInAll', () => {
  const word = toListed(new Map<number, number>().set(7, 80).set(2, 40).set(4, 0));

  it('gives those that every word stands for and that pass, with their scores', () => {
    const found = findInAll({
      words: [word],
      filters: [{ ids: Uint32Array.of(2, 4, 7) }],
      rarities: [2],
      passes: (id) => id !== 7,
      standing: () => 0,
    });
    expect(found).toEqual([{ id: 2, score: 80 }]);
  });

  it('leaves out what a list has no strength for', () => {
    const words = [{ ids: Uint32Array.of(1, 2), strengths: Uint8Array.of(5) }];
    const all = { filters: [], rarities: [1], passes: () => true, standing: () => 0 };
    expect(findInAll({ words, ...all }).map(({ id }) => id)).toEqual([1]);
  });
});
