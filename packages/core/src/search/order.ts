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

/** @param facts what the order asks for is asked of it; `score` asks nothing */
export function sorted(found: readonly Found[], order: OrderBy, facts: (id: number) => Facts): readonly Found[] {
  if (order === 'score') return found.toSorted((a, b) => b.score - a.score || a.id - b.id);
  const keyed = found.map((one) => ({ one, known: facts(one.id) }));
  const compare = COMPARATORS[order];
  return keyed.toSorted((a, b) => compare(a.known, b.known) || a.one.id - b.one.id).map(({ one }) => one);
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
