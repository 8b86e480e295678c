import { describe, expect, it } from 'vitest';
import { byNamePath } from './lists.ts';
import { letterPath, pagesOfKind } from './letters.ts';

const entries = (ids: readonly string[]): readonly { readonly id: string; readonly count: number }[] =>
  ids.map((id) => ({ id, count: 1 }));
const many = Array.from({ length: 301 }, (_, index) => `s${String(index).padStart(3, '0')}`);

describe('the lists of a kind', () => {
  it('are on one page while they are few, by letter whatever their case and mark', () => {
    const { front, letters } = pagesOfKind('scopes', entries(['@zoe', '@1st', '@Ann', '@abe']));
    expect(front.letters).toEqual([
      { letter: '0-9', entries: entries(['@1st']) },
      { letter: 'a', entries: entries(['@abe', '@Ann']) },
      { letter: 'z', entries: entries(['@zoe']) },
    ]);
    expect([front.most, front.beginnings, front.others, letters]).toEqual([[], [], [], []]);
  });

  it('have pages of their own when they are many, none of them longer than others', () => {
    const { front, letters } = pagesOfKind('tags', [...entries(many), { id: 'most', count: 9 }]);
    expect([front.letters, front.beginnings, front.others]).toEqual([
      [],
      [{ beginning: 's', count: 301 }],
      [{ id: 'most', count: 9 }],
    ]);
    expect([front.most.length, front.most[0]?.id]).toEqual([60, 'most']);
    expect(
      letters.map(({ beginning, above, below, entries: shown }) => [beginning, above, below, shown.length]),
    ).toEqual([
      ['s', [''], ['s0'], 201],
      ['s0', ['', 's'], [], 100],
    ]);
  });

  it('lie where no list does', () => {
    expect([letterPath('tags', 's'), letterPath('tags', '')]).toEqual(['/all/tags/s/', '/tags/']);
  });

  it('lie in no folder that Windows takes for a device', () => {
    expect([
      letterPath('tags', 'con'),
      byNamePath('types', 'hook', 'aux'),
      byNamePath('types', 'hook', 'con-'),
    ]).toEqual(['/all/tags/con~/', '/types/hook/by-name/aux~/', '/types/hook/by-name/con-/']);
  });
});
