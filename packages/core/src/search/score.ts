/**
 * How well a plugin answers a text.
 *
 * Per word of the query: the weight of the best match times how rare that match is (inverse document frequency), so
 * that a name outweighs a description, and `postgres` outweighs `plugin`. Trust and downloads then weigh in by a bounded
 * factor: they order answers that are about as good, and never lift a poor one over a good one.
 */
import type { SearchEntry } from './query.ts';
import { isOneEdit } from './typo.ts';
import type { Terms } from './terms.ts';

export const TRUST_RANK = { community: 0, verified: 1, official: 2 } as const;

const PREFIX_FACTOR = 0.7;
const TYPO_FACTOR = 0.4;
const MIN_TYPO_LENGTH = 4;
const EXACT_NAME_FACTOR = 1.2;

export interface Scored {
  readonly entry: SearchEntry;
  readonly score: number;
}

/**
 * The plugins that hold every word; where there is none, those that hold most of them. In no order.
 *
 * @param words of the query, each once; the last one may be the beginning of a word.
 */
export function scoreAll(documents: readonly Terms[], words: readonly string[]): readonly Scored[] {
  const matches = documents
    .map((terms) => ({
      terms,
      strengths: words.map((word, index) => strength(terms, word, index === words.length - 1)),
    }))
    .filter(({ strengths }) => strengths.some((value) => value > 0));
  const rarities = words.map((_, index) => rarity(documents.length, countOf(matches, index)));
  const most = matches.reduce((best, { strengths }) => Math.max(best, wordsFound(strengths)), 0);
  return matches
    .filter(({ strengths }) => wordsFound(strengths) === most)
    .map(({ terms, strengths }) => {
      const text = strengths.reduce((sum, value, index) => sum + value * (rarities[index] ?? 0), 0);
      return {
        entry: terms.entry,
        score: text * standing(terms.entry) * (isName(terms, words) ? EXACT_NAME_FACTOR : 1),
      };
    });
}

function wordsFound(strengths: readonly number[]): number {
  return strengths.filter((value) => value > 0).length;
}

function strength({ weights, names }: Terms, word: string, last: boolean): number {
  const exact = weights.get(word);
  if (exact !== undefined) return exact;
  return Math.max(last ? prefixStrength(weights, word) : 0, typoStrength({ weights, names }, word));
}

/** The more of the word is typed, the better: `sla` is nearer to `slack` than to `slackware`. */
function prefixStrength(weights: Terms['weights'], prefix: string): number {
  let best = 0;
  for (const [word, weight] of weights)
    if (word.startsWith(prefix)) best = Math.max(best, weight * PREFIX_FACTOR * Math.sqrt(prefix.length / word.length));
  return best;
}

function typoStrength({ weights, names }: Pick<Terms, 'weights' | 'names'>, word: string): number {
  if (word.length < MIN_TYPO_LENGTH) return 0;
  let best = 0;
  for (const name of names)
    if (name.length >= MIN_TYPO_LENGTH && isOneEdit(word, name))
      best = Math.max(best, (weights.get(name) ?? 0) * TYPO_FACTOR);
  return best;
}

function countOf(matches: readonly { readonly strengths: readonly number[] }[], index: number): number {
  return matches.filter(({ strengths }) => (strengths[index] ?? 0) > 0).length;
}

/** @source Robertson and Zaragoza 2009, BM25’s inverse document frequency, which is never negative. */
function rarity(total: number, count: number): number {
  return Math.log(1 + (total - count + 0.5) / (count + 0.5));
}

/** From 1 to 1.6. */
function standing({ trust, downloads }: SearchEntry): number {
  return 1 + 0.15 * TRUST_RANK[trust] + Math.min(0.3, Math.log10(1 + downloads) * 0.05);
}

function isName({ base }: Terms, words: readonly string[]): boolean {
  return base.length === words.length && base.every((word, index) => word === words[index]);
}
