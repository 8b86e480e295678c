import { describe, expect, it } from 'vitest';
import { letterPath, pagesOfKind } from './letters.ts';

const entries = (ids: readonly string[]): readonly { readonly id: string; readonly count: number }[] =>
  ids.map((id) => ({ id, count: 1 }));
const many = Array.from({ length: 301 }, (_, index) => `s${String(index).padStart(3, '0')}`);

describe('the lists of a kind', () => {
  it('are on one page while they are few, by letter whatever their case and mark', () => {
    const { front, letters } = pagesOfKind('scopes', entries(['@zoe', '@1st', '@Ann', '@abe']));
    expect(front.letters).toEqual([
      { letter: '0-9', count: 1, entries: entries(['@1st']) },
      { letter: 'a', count: 2, entries: entries(['@abe', '@Ann']) },
      { letter: 'z', count: 1, entries: entries(['@zoe']) },
    ]);
    expect([front.most, letters]).toEqual([[], []]);
  });

  it('have pages of their own when they are many, none of them longer than others', () => {
    const { front, letters } = pagesOfKind('tags', [...entries(many), { id: 'most', count: 9 }]);
    expect(front.letters).toEqual([
      { letter: 'm', count: 1 },
      { letter: 's', count: 301 },
    ]);
    expect([front.most.length, front.most[0]?.id]).toEqual([60, 'most']);
    expect(letters.map(({ letter, page, pages, entries: shown }) => [letter, page, pages, shown.length])).toEqual([
      ['m', 1, 1, 1],
      ['s', 1, 2, 300],
      ['s', 2, 2, 1],
    ]);
  });

  it('lie where no list does', () => {
    expect([letterPath('tags', 's'), letterPath('tags', 's', 2)]).toEqual(['/all/tags/s/', '/all/tags/s/2/']);
  });
});
