/** The plugins that a query puts before all others. */
import type { Found } from './order.ts';
import { byCodeUnit } from './ids.ts';
import type { SearchQuery } from './query.ts';

export type Ranks = NonNullable<SearchQuery['ranks']>;

/** The names with a rank, the highest first, equal ones by name. */
export function namesByRank(ranks: Ranks): readonly string[] {
  return [...ranks].toSorted(([a, x], [b, y]) => y - x || byCodeUnit(a, b)).map(([name]) => name);
}

/** Those with a rank first; the others in the order that they have. */
export function rankedFirst(
  found: readonly Found[],
  ranks: Ranks | undefined,
  nameOf: (id: number) => string,
): readonly Found[] {
  if (!ranks || ranks.size === 0) return found;
  const byName = new Map(found.map((one) => [nameOf(one.id), one]));
  const first = namesByRank(ranks).flatMap((name) => byName.get(name) ?? []);
  return before(first, found);
}

/** `first`, and what else was found. */
export function before(first: readonly Found[], found: readonly Found[]): readonly Found[] {
  const ids = new Set(first.map(({ id }) => id));
  return [...first, ...found.filter(({ id }) => !ids.has(id))];
}
