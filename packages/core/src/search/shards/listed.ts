/** Plugins that were found, by their numbers, and which of them stand in several lists. */
import type { Found } from '../order.ts';
import { scoreOf } from '../score.ts';

export interface Listed {
  /** Rising; what a registry made up need not be, and then finds less. */
  readonly ids: Uint32Array;
  /** How strongly a word stands for each; not there for what is no word. */
  readonly strengths?: ArrayLike<number>;
}

/** Those that stand in any of the lists. */
export function toUnion(lists: readonly Listed[]): Listed {
  const [only] = lists;
  if (only && lists.length === 1) return only;
  return { ids: Uint32Array.from(new Set(lists.flatMap(({ ids }) => [...ids]))).toSorted() };
}

/** @param strengths by number, in any order */
export function toListed(strengths: ReadonlyMap<number, number>): Listed {
  const ids = Uint32Array.from(strengths.keys()).toSorted();
  return { ids, strengths: Float64Array.from(ids, (id) => strengths.get(id) ?? 0) };
}

export function eachOf({ ids, strengths }: Listed, see: (id: number, strength: number) => void): void {
  for (let at = 0; at < ids.length; at += 1) see(ids[at] ?? 0, strengths?.[at] ?? 0);
}

/**
 * Those that stand in every list, by their numbers. Nothing is made for one of them but what `see` makes: lists have
 * thousands, and a command runs once.
 *
 * @param see is given, of each list, the position; the same array each time
 */
export function eachInAll(lists: readonly Listed[], see: (id: number, positions: readonly number[]) => void): void {
  const lengths = lists.map(({ ids }) => ids.length);
  const shortest = lists[lengths.indexOf(Math.min(...lengths))]?.ids ?? new Uint32Array();
  const positions = lists.map(() => 0);
  for (let at = 0; at < shortest.length; at += 1) {
    const id = shortest[at] ?? 0;
    if (standsInAll(id, lists, positions)) see(id, positions);
  }
}

/** @param positions where to go on looking; moved forward */
function standsInAll(id: number, lists: readonly Listed[], positions: number[]): boolean {
  for (let index = 0; index < lists.length; index += 1) {
    const { ids } = lists[index] ?? NONE;
    let at = positions[index] ?? 0;
    while (at < ids.length && (ids[at] ?? 0) < id) at += 1;
    positions[index] = at;
    if (ids[at] !== id) return false;
  }
  return true;
}

const NONE: Listed = { ids: new Uint32Array() };

export interface InAll {
  /** One for each word. */
  readonly words: readonly Listed[];
  readonly filters: readonly Listed[];
  readonly rarities: readonly number[];
  /** Of a plugin that stands in all of them. */
  readonly passes: (id: number) => boolean;
  readonly standing: (id: number) => number;
}

/** Those that have every word and pass. In no order. */
export function findInAll({ words, filters, rarities, passes, standing }: InAll): readonly Found[] {
  const found: Found[] = [];
  const strengths = words.map(() => 0);
  eachInAll([...words, ...filters], (id, positions) => {
    for (let index = 0; index < words.length; index += 1)
      strengths[index] = words[index]?.strengths?.[positions[index] ?? 0] ?? 0;
    if (strengths.every((strength) => strength > 0) && passes(id))
      found.push({ id, score: scoreOf(strengths, rarities, standing(id)) });
  });
  return found;
}
