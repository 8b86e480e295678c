/**
 * Reads along a sorted set of names, page by page, until enough is found that fits. What a name stands for may be gone
 * (its time was over) or be another by now: everything is looked at before it is given out.
 */
import type { Redis } from './connection.ts';

export interface Lookup<Item> {
  /** Key of the sorted set. */
  readonly index: string;
  readonly order: 'asc' | 'desc';
  /** Lowest score. */
  readonly since?: number | undefined;
  readonly limit: number;
  /** The items of some names, in their order; undefined for one that is gone. */
  readonly load: (names: readonly string[]) => Promise<readonly (Item | undefined)[]>;
  readonly fits: (item: Item) => boolean;
}

const PAGE = 200;

/** Those that fit, at most `limit`, by score. Names of what is gone are taken out of the set. */
export async function lookUp<Item>(redis: Redis, { index, order, since, limit, load, fits }: Lookup<Item>) {
  const found: Item[] = [];
  const [low, high] = [since ?? '-inf', '+inf'];
  for (let offset = 0; found.length < limit;) {
    const range = { BY: 'SCORE', LIMIT: { offset, count: PAGE } } as const;
    const names =
      order === 'asc'
        ? await redis.zRange(index, low, high, range)
        : await redis.zRange(index, high, low, { ...range, REV: true });
    const items = await load(names);
    const gone = names.filter((_, at) => items[at] === undefined);
    if (gone.length > 0) await redis.zRem(index, gone);
    found.push(...items.filter((item) => item !== undefined).filter(fits));
    if (names.length < PAGE) break;
    offset += names.length - gone.length;
  }
  return found.slice(0, limit);
}

/** How much is asked for. What is no number counts as not given. */
export function bounded(limit: number | undefined, otherwise: number): number {
  const count = Math.trunc(limit ?? otherwise);
  return Number.isNaN(count) ? otherwise : Math.min(Math.max(count, 0), 10_000);
}
