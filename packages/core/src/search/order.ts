/** The orders of results. Every one ends with the number of the plugin, so that nothing is left to chance. */
import { byCodeUnit } from './ids.ts';
import type { SearchEntry, SearchQuery, SortOrder } from './query.ts';

/** One that was found. */
export interface Found {
  readonly id: number;
  /** 0 where no words were looked for. */
  readonly score: number;
}

export interface Facts {
  readonly downloads: number;
  /** Whole seconds since 1970. */
  readonly updated: number;
  readonly name: string;
}

export type OrderBy = 'score' | 'downloads' | 'updated' | 'name';

/** What to order by: without words there is no relevance, and the most downloaded come first. */
export function orderOf(sort: SortOrder | undefined, hasWords: boolean): OrderBy {
  if (sort !== undefined && sort !== 'relevance') return sort;
  return hasWords ? 'score' : 'downloads';
}

/** So many of the first are looked at again (`refine.ts`): no more than any page has that is shown. */
export const REFINED = 10;

/** How many have to be in order: all of them, where some are put before the others afterwards. */
export function countInOrder({ ranks, offset = 0, limit = Infinity }: SearchQuery): number {
  return ranks && ranks.size > 0 ? Infinity : Math.max(REFINED, offset + limit);
}

export interface Sorting {
  readonly by: OrderBy;
  /** So many of the first are asked for; others may be left out. */
  readonly count: number;
}

/** @param facts what the order asks for is asked of it; `score` asks nothing */
export function sorted(
  found: readonly Found[],
  { by, count }: Sorting,
  facts: (id: number) => Facts,
): readonly Found[] {
  if (by === 'score') return firstOf(found, count, (a, b) => b.score - a.score || a.id - b.id);
  const keyed = found.map((one) => ({ one, known: facts(one.id) }));
  const compare = COMPARATORS[by];
  return firstOf(keyed, count, (a, b) => compare(a.known, b.known) || a.one.id - b.one.id).map(({ one }) => one);
}

/** More than a page are sorted together. */
const FEW = 100;

/** The first of them in order. A page of thousands is found by looking at each once: most come after all of it. */
function firstOf<T>(values: readonly T[], count: number, compare: (a: T, b: T) => number): readonly T[] {
  if (count > FEW || count >= values.length) return values.toSorted(compare);
  if (count < 1) return [];
  const first: T[] = [];
  for (const value of values) {
    const last = first[count - 1];
    if (last !== undefined && compare(value, last) > 0) continue;
    let at = Math.min(first.length, count - 1);
    for (; at > 0; at -= 1) {
      const before = first[at - 1];
      if (before === undefined || compare(before, value) <= 0) break;
      first[at] = before;
    }
    first[at] = value;
  }
  return first;
}

const COMPARATORS: Readonly<Record<Exclude<OrderBy, 'score'>, (a: Facts, b: Facts) => number>> = {
  downloads: (a, b) => b.downloads - a.downloads,
  updated: (a, b) => b.updated - a.updated,
  name: (a, b) => byCodeUnit(a.name, b.name),
};

export function factsOf({ name, downloads, updatedAt }: SearchEntry): Facts {
  return { name, downloads, updated: Math.floor(Date.parse(updatedAt) / 1000) || 0 };
}

/** The part of `found` that a query asks for. */
export function pageOf<T>(found: Sliced<T>, { offset = 0, limit }: SearchQuery): readonly T[] {
  return found.slice(offset, limit === undefined ? undefined : offset + limit);
}

interface Sliced<T> {
  slice(from?: number, to?: number): readonly T[];
}
