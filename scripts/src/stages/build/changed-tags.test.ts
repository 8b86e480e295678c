import { toTags } from '@ar-registry/core/api';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeTags } from './changed-tags.ts';
import { StateUnusable } from './state/store.ts';

function textOf(counts: ReadonlyMap<string, number>): string {
  return `${JSON.stringify(toTags(counts))}\n`;
}

/** Some are the beginning of others. */
const ids = fc.string({ unit: fc.constantFrom('a', 'b', '-', '0'), minLength: 1, maxLength: 4 });
const countsOf = (least: number) =>
  fc.uniqueArray(fc.tuple(ids, fc.integer({ min: least, max: 12 })), { selector: ([id]) => id, maxLength: 30 });

describe('the text of the list of tags', () => {
  it('is that of all tags anew, whichever come, go or have other counts', () => {
    fc.assert(
      fc.property(countsOf(1), countsOf(0), (before, changes) => {
        const counts = new Map(before);
        const differences = new Map(changes.map(([id, count]) => [id, count - (counts.get(id) ?? 0)]));
        for (const [id, count] of changes)
          if (count > 0) counts.set(id, count);
          else counts.delete(id);
        const changed = changeTags(textOf(new Map(before)), differences);
        expect(changed.text).toBe(textOf(counts));
        expect(changed.counts).toEqual(new Map(changes));
      }),
    );
  });

  it.each<[string, string, ReadonlyMap<string, number>]>([
    ['what is no list', '{"schemaVersion":1}\n', new Map([['a', 1]])],
    ['a list that is cut off', '{"tags":[{"id":"a","cou', new Map([['a', 1]])],
    ['an entry that is none', '{"tags":[{"id":}]}\n', new Map([['a', 1]])],
    ['a tag of which more go than there are', textOf(new Map([['a', 1]])), new Map([['a', -2]])],
    ['a tag that goes and is not there', textOf(new Map([['a', 1]])), new Map([['b', -1]])],
  ])('is not made of %s', (_, text, differences) => {
    expect(() => changeTags(text, differences)).toThrow(StateUnusable);
  });
});
