/**
 * The second look at the first page.
 *
 * An index says in one byte how strongly a word stands for a plugin, and nothing of where it stands: places would make its
 * lists several times as long. What comes first by those bytes is read anyway, being the page that is shown, and so its
 * texts can tell which of these plugins have the words together. Nothing enters these first ones by it, and nothing leaves.
 */
import { closenessFactor } from './closeness.ts';
import { REFINED, pageOf, sorted, type Facts, type Found, type OrderBy } from './order.ts';
import type { SearchQuery } from './query.ts';
import type { Typed } from './strength.ts';
import type { Described } from './terms.ts';

export interface Refining {
  readonly query: SearchQuery;
  readonly words: readonly Typed[];
  readonly by: OrderBy;
}

/** Whose texts are to be read: those that are looked at again, and the page. */
export function readFirst(found: readonly Found[], refining: Refining): readonly number[] {
  if (!isRefined(refining)) return [];
  const page = hasRanks(refining.query) ? [] : pageOf(found, refining.query);
  return [...new Set([...found.slice(0, REFINED), ...page].map(({ id }) => id))];
}

/** @param found in the order of their scores */
export function refined(
  found: readonly Found[],
  refining: Refining,
  describedAs: (id: number) => Described,
): readonly Found[] {
  if (!isRefined(refining)) return found;
  const first = found
    .slice(0, REFINED)
    .map(({ id, score }) => ({ id, score: score * closenessFactor(refining.words, describedAs(id)) }));
  return [...sorted(first, { by: 'score', count: Infinity }, bug), ...found.slice(REFINED)];
}

/** A page behind the first ones is the same without. */
function isRefined({ query, words, by }: Refining): boolean {
  return by === 'score' && words.length > 1 && (hasRanks(query) || (query.offset ?? 0) < REFINED);
}

function hasRanks({ ranks }: SearchQuery): boolean {
  return ranks !== undefined && ranks.size > 0;
}

function bug(): Facts {
  throw new Error('An order of scores needs nothing else.');
}
