/**
 * Where one shard ends and the next begins.
 *
 * The keys themselves say so, by a hash, so that a key that comes or goes moves no border but those beside it.
 */
import { fnv } from '../ids.ts';
import type { ShardLimits } from './limits.ts';

export interface Weighed {
  readonly key: string;
  /** Bytes. */
  readonly weight: number;
}

/** One key in so many begins a shard, once there is enough in the one before. */
const BORDER_EVERY = 8;

/** @param keys in order @returns the positions at which shards begin, the first one 0 */
export function cut(keys: readonly Weighed[], limits: ShardLimits): readonly number[] {
  const starts: number[] = keys.length === 0 ? [] : [0];
  let held = 0;
  for (const [index, weighed] of keys.entries()) {
    if (beginsShard(weighed, held, limits)) {
      starts.push(index);
      held = 0;
    }
    held += weighed.weight;
  }
  return starts;
}

/** Whether a shard ends before this key. @param held what the keys of that shard weigh, 0 before the first one */
export function beginsShard({ key, weight }: Weighed, held: number, { shardBytes: [from, to] }: ShardLimits): boolean {
  const isBorder = held >= from && fnv(key) % BORDER_EVERY === 0;
  return held > 0 && (isBorder || held + weight > to);
}

/** The shortest text that is after `last` and not after `first`: a border needs no more. */
export function borderBetween(last: string, first: string): string {
  let same = 0;
  while (same < last.length && last[same] === first[same]) same += 1;
  return first.slice(0, same + 1);
}

/** The position of the shard that a key belongs to. @param borders where each shard begins, in order */
export function shardAt(borders: readonly string[], key: string): number {
  let low = 0;
  let high = borders.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((borders[middle] ?? '') <= key) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}
