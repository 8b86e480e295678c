import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scoreOf } from '../score.ts';
import { commonOf, findInAll, toListed, type Listed } from './listed.ts';

const numbers = fc.uniqueArray(fc.nat({ max: 30 }), { maxLength: 20 });

function inAll(lists: readonly Listed[]): readonly number[] {
  const { ids, positions } = commonOf(lists);
  for (const [index, list] of lists.entries())
    expect(Array.from(positions[index] ?? [], (position) => list.ids[position])).toEqual([...ids]);
  return [...ids];
}

describe('commonOf', () => {
  it('gives those that stand in every list, once and rising', () => {
    fc.assert(
      fc.property(fc.array(numbers, { minLength: 1, maxLength: 4 }), (lists) => {
        const [first = [], ...others] = lists;
        const expected = first.filter((id) => others.every((other) => other.includes(id))).toSorted((a, b) => a - b);
        const listed = lists.map((ids) => ({ ids: Uint32Array.from(ids).toSorted() }));
        expect(inAll(listed)).toEqual(expected);
      }),
    );
  });

  it('gives nothing of no lists, and ends with lists that a registry did not put in order', () => {
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

  it('takes the standing from a list of a word that has it, and asks for it only where none has', () => {
    const own = { ids: Uint32Array.of(1, 2), strengths: Uint8Array.of(5, 5) };
    const asked: number[] = [];
    const all = { filters: [], rarities: [1], passes: () => true, standing: (id: number) => asked.push(id) * 0 };
    const [one] = findInAll({ ...all, words: [{ ...own, standings: Uint8Array.of(150, 0) }] });
    expect({ one, asked }).toEqual({ one: { id: 1, score: scoreOf([5], [1], 150) }, asked: [] });
    expect(findInAll({ ...all, words: [own] }).map(({ score }) => score)).toEqual([5, 5]);
    expect(asked).toEqual([1, 2]);
  });

  it('leaves out what a list has no strength for', () => {
    const words = [{ ids: Uint32Array.of(1, 2), strengths: Uint8Array.of(5) }];
    const all = { filters: [], rarities: [1], passes: () => true, standing: () => 0 };
    expect(findInAll({ words, ...all }).map(({ id }) => id)).toEqual([1]);
  });
});
