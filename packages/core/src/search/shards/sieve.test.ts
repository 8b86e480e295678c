import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PLAIN_ENTRY } from '../../../test/plain-entry.ts';
import type { SearchEntry } from '../query.ts';
import { strengthOf } from '../strength.ts';
import { termsOf, wordsIn } from '../terms.ts';
import { wantedWords } from '../ladder.ts';
import { beginningOfWritten } from '../words.ts';
import { createSieve } from './sieve.ts';
import { toTable } from './table.ts';

/** Words that lose an ending, or begin or are made of others, and some that have more than one spelling. */
const WORDS =
  'bus buses library libraries librarys y s ies key keys slack slacks class classes news api a yes series'.split(' ');
const ODD = ['Ｌｉｂｒａｒｙ', '日本語', 'Größe', 'keys²', 'the', 'İ', '1st'];
const word = fc.constantFrom(...WORDS);
const type = fc.constantFrom('bridge' as const, 'policy' as const, 'memory' as const);
const base = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join('-'));

const entry: fc.Arbitrary<SearchEntry> = fc
  .record({
    name: fc.tuple(base, base).map(([scope, own]) => `@${scope}/${own}`),
    description: fc.array(fc.constantFrom(...WORDS, ...ODD), { maxLength: 6 }).map((words) => words.join(' ')),
    tags: fc.uniqueArray(base, { maxLength: 3 }),
    type,
    category: fc.constantFrom(undefined, 'ai', 'series'),
    aliases: fc.uniqueArray(base, { maxLength: 1 }).map((names) => names.map((name) => `@old/${name}`)),
  })
  .map(({ category, ...rest }): SearchEntry => ({
    ...PLAIN_ENTRY,
    ...rest,
    ...(category === undefined ? {} : { category }),
  }));

/** Beginnings and words run together among them. */
const query = fc
  .array(
    fc.oneof(
      fc.constantFrom(...WORDS, ...ODD),
      base.map((words) => words.replaceAll('-', '')),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .chain((words) => fc.nat({ max: 6 }).map((cut) => words.join(' ').slice(0, words.join(' ').length - cut)));

describe('a sieve', () => {
  it('leaves out nothing that has every word, and of what is left in no text that counts', () => {
    let left = 0;
    fc.assert(
      fc.property(entry, query, (one, text) => {
        const wanted = wantedWords(text);
        const words = wanted.map((each) => each.word);
        const { mayHave, partsOf } = createSieve(words);
        const all = termsOf(one);
        const strengths = wanted.map((each) => strengthOf(all, each, 'beginning'));
        const isFound = strengths.every((strength) => strength > 0);
        const isLeft = mayHave(toTable([{ id: 1, entry: one, standing: 0, updated: 0 }]), 0);
        left += isLeft ? 0 : 1;
        expect(isFound && !isLeft).toBe(false);
        const some = wordsIn(partsOf(one), {
          has: (each) => words.some((own) => each.startsWith(own)),
          mayHave: (each) => words.some((own) => each.startsWith(beginningOfWritten(own))),
        });
        expect(wanted.map((each) => strengthOf(some, each, 'beginning'))).toEqual(strengths);
      }),
      { numRuns: 3000 },
    );
    expect(left).toBeGreaterThan(300);
  });
});
