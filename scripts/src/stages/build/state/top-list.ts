/**
 * The first few of many, in an order, that can be changed without the many: some more are kept than are needed. All that
 * comes before the last of `items` is in it; what comes after it is not known, unless these are all there are.
 */
export interface TopList<T> {
  readonly items: readonly T[];
  readonly isAll: boolean;
}

export interface TopOptions<T> {
  readonly compare: (a: T, b: T) => number;
  /** How many are asked for. */
  readonly needed: number;
}

/** So many times as many are kept besides; some may go before it has to be made anew. */
const RESERVE = 2;
/** And no more than these: whoever goes takes few of the first thousand along. */
const MOST_RESERVED = 250;

export interface TopChange<T> {
  readonly isGone: (item: T) => boolean;
  readonly added: readonly T[];
}

/** @returns undefined where too few are known now */
export function changeTopList<T>(
  { items, isAll }: TopList<T>,
  { isGone, added }: TopChange<T>,
  { compare, needed }: TopOptions<T>,
): TopList<T> | undefined {
  const last = items.at(-1);
  const fits = (item: T): boolean => isAll || (last !== undefined && compare(item, last) < 0);
  const kept = items.filter((item) => !isGone(item));
  const coming = added.filter(fits);
  const sorted = coming.length === 0 ? kept : [...kept, ...coming].toSorted(compare);
  if (!isAll && sorted.length < needed) return undefined;
  return shortened({ items: sorted, isAll }, needed);
}

/** @param all in any order */
export function topListOf<T>(all: readonly T[], { compare, needed }: TopOptions<T>): TopList<T> {
  return shortened({ items: all.toSorted(compare), isAll: true }, needed);
}

function shortened<T>({ items, isAll }: TopList<T>, needed: number): TopList<T> {
  const reserve = Math.min(needed * RESERVE, MOST_RESERVED);
  return items.length > needed + 2 * reserve
    ? { items: items.slice(0, needed + reserve), isAll: false }
    : { items, isAll };
}
