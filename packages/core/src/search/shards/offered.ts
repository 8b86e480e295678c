/** The values that filters offer, of which the root says how many plugins have each. */
import { countAt, lowerBound } from './keyed.ts';
import type { SearchKeys } from './state.ts';

/** Of these there are few: all of them. */
const ALL = ['type:', 'trust:', 'category:'] as const;
/** Of these there are thousands: those that the most plugins have. */
const MOST_USED = ['license:', 'tag:'] as const;
export const OFFERED_COUNT = 24;

/** Of those of which there are thousands, the first few. @param counts by key */
export function mostUsed(counts: Iterable<readonly [key: string, count: number]>): readonly string[] {
  const first: (readonly [string, number])[] = [];
  let last: readonly [string, number] | undefined;
  for (const entry of counts) {
    // Nearly all of thousands are passed over here.
    if (last && comesBefore(last, entry)) continue;
    const place = first.findIndex((other) => comesBefore(entry, other));
    first.splice(place === -1 ? first.length : place, 0, entry);
    if (first.length > OFFERED_COUNT) first.pop();
    if (first.length === OFFERED_COUNT) last = first.at(-1);
  }
  return first.map(([key]) => key);
}

function comesBefore([a, one]: readonly [string, number], [b, other]: readonly [string, number]): boolean {
  return one > other || (one === other && a < b);
}

/** Whether all keys of this kind are offered. */
export function isOffered(key: string): boolean {
  return ALL.some((prefix) => key.startsWith(prefix));
}

/** Positions of keys, in order. */
export function offeredKeys(keys: SearchKeys): readonly number[] {
  const all = ALL.flatMap((prefix) => positionsOf(keys, prefix));
  const some = MOST_USED.flatMap((prefix) => {
    const positions = new Map(positionsOf(keys, prefix).map((at) => [keys.keys[at] ?? '', at]));
    const counts = new Map([...positions].map(([key, at]) => [key, countAt(keys, at)]));
    return mostUsed(counts).map((key) => positions.get(key) ?? 0);
  });
  return [...all, ...some].toSorted((a, b) => a - b);
}

function positionsOf({ keys }: SearchKeys, prefix: string): readonly number[] {
  const from = lowerBound(keys, prefix);
  // Nothing that begins with the prefix comes after it with the next character at its end.
  const to = lowerBound(keys, `${prefix.slice(0, -1)};`);
  return Array.from({ length: to - from }, (_, more) => from + more);
}
