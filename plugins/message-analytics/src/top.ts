/**
 * Who sent most, out of a fixed number of counters, however many names there are: Space-Saving.
 *
 * A name that is not counted yet takes the place of the one with the least, and inherits its count. So no count is too
 * low, `error` says by how much it may be too high, and whoever sent more than 1/100 of all is in it.
 *
 * @source https://www.cs.ucsb.edu/sites/default/files/documents/2005-23.pdf
 */
export interface Counted {
  readonly count: number;
  /** By how much `count` may be too high. */
  readonly error: number;
}

export type Top = Map<string, Counted>;

/** Of one table. */
export const MAX_TOP_NAMES = 100;

export function countName(top: Top, name: string): void {
  const known = top.get(name);
  if (known) {
    top.set(name, { count: known.count + 1, error: known.error });
    return;
  }
  const least = top.size < MAX_TOP_NAMES ? undefined : leastOf(top);
  if (least) top.delete(least.name);
  const error = least?.count ?? 0;
  top.set(name, { count: error + 1, error });
}

/** Sums, most first. A name that a full table has no room for may have had as many there as the least that it has. */
export function mergeTops(
  tops: readonly ReadonlyMap<string, Counted>[],
): readonly (Counted & { readonly name: string })[] {
  const missed = tops.map((top) => (top.size < MAX_TOP_NAMES ? 0 : (leastOf(top)?.count ?? 0)));
  const sumOf = (name: string): Counted => {
    const counted = tops.map((top, at) => top.get(name) ?? { count: missed[at] ?? 0, error: missed[at] ?? 0 });
    return {
      count: counted.reduce((sum, { count }) => sum + count, 0),
      error: counted.reduce((sum, { error }) => sum + error, 0),
    };
  };
  return [...new Set(tops.flatMap((top) => [...top.keys()]))]
    .map((name) => ({ name, ...sumOf(name) }))
    .toSorted((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
}

function leastOf(top: ReadonlyMap<string, Counted>): { readonly name: string; readonly count: number } | undefined {
  let least: { readonly name: string; readonly count: number } | undefined;
  for (const [name, { count }] of top) if (!least || count < least.count) least = { name, count };
  return least;
}
