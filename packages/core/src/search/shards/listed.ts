/** Plugins that were found, by their numbers, and which of them stand in several lists. */
import type { Found } from '../order.ts';
import { scoreOf } from '../score.ts';

export interface Listed {
  /** Rising; what a registry made up need not be, and then finds less. */
  readonly ids: Uint32Array;
  /** How strongly a word stands for each; not there for what is no word. */
  readonly strengths?: ArrayLike<number>;
  /** Trust and downloads of each, where the list itself says so. */
  readonly standings?: ArrayLike<number>;
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

/** Those that stand in every list, rising, and the position of each in each of the lists. */
export interface Common {
  readonly ids: Uint32Array;
  readonly positions: readonly Uint32Array[];
}

/**
 * From the shortest list on, two at a time: lists have thousands, and in a command that runs once no code is compiled yet,
 * so that a plain loop over numbers takes a tenth of what one takes that asks something else about each.
 */
export function commonOf(lists: readonly Listed[]): Common {
  const all = lists.map((list) => list.ids);
  const order = all.map((_, index) => index).toSorted((a, b) => lengthOf(all[a]) - lengthOf(all[b]));
  const positions: (Uint32Array | undefined)[] = all.map(() => undefined);
  let ids: Uint32Array | undefined;
  for (const index of order) {
    const own = all[index] ?? NONE;
    const [before, here] = ids ? meet(ids, own) : [NONE, Uint32Array.from(own.keys())];
    ids = ids ? valuesAt(ids, before) : own;
    for (const [at, known] of positions.entries()) positions[at] = known && valuesAt(known, before);
    positions[index] = here;
  }
  return { ids: ids ?? NONE, positions: positions.map((known) => known ?? NONE) };
}

const NONE = new Uint32Array();

function lengthOf(ids: Uint32Array = NONE): number {
  return ids.length;
}

/** The positions at which both have the same. */
function meet(one: Uint32Array, other: Uint32Array): readonly [Uint32Array, Uint32Array] {
  const inOne = new Uint32Array(one.length);
  const inOther = new Uint32Array(one.length);
  let count = 0;
  let to = 0;
  for (let from = 0; from < one.length && to < other.length; from += 1) {
    const id = one[from] ?? 0;
    while (to < other.length && (other[to] ?? 0) < id) to += 1;
    if (other[to] === id) {
      inOne[count] = from;
      inOther[count] = to;
      count += 1;
    }
  }
  return [inOne.subarray(0, count), inOther.subarray(0, count)];
}

function valuesAt(values: Uint32Array, positions: Uint32Array): Uint32Array {
  const picked = new Uint32Array(positions.length);
  for (let index = 0; index < positions.length; index += 1) picked[index] = values[positions[index] ?? 0] ?? 0;
  return picked;
}

export interface InAll {
  /** One for each word. */
  readonly words: readonly Listed[];
  readonly filters: readonly Listed[];
  readonly rarities: readonly number[];
  /** Of a plugin that stands in all of them. */
  readonly passes: (id: number) => boolean;
  /** Of one that no list of a word says it of. */
  readonly standing: (id: number) => number;
}

/** Those that have every word and pass. In no order. */
export function findInAll({ words, filters, rarities, passes, standing }: InAll): readonly Found[] {
  const { ids, positions } = commonOf([...words, ...filters]);
  const columns = words.map((word, index) => columnOf(word.strengths, positions[index]));
  const standings = standingsIn(words, positions);
  const found: Found[] = [];
  const strengths = words.map(() => 0);
  for (let at = 0; at < ids.length; at += 1) {
    const id = ids[at] ?? 0;
    for (let index = 0; index < columns.length; index += 1) strengths[index] = columns[index]?.[at] ?? 0;
    if (strengths.includes(0) || !passes(id)) continue;
    found.push({ id, score: scoreOf(strengths, rarities, standings?.[at] ?? standing(id)) });
  }
  return found;
}

/** From the first list that says it. */
function standingsIn(words: readonly Listed[], positions: Common['positions']): Float64Array | undefined {
  const said = words.findIndex((word) => word.standings !== undefined);
  return said === -1 ? undefined : columnOf(words[said]?.standings, positions[said]);
}

/** What stands at these positions; 0 where nothing does. */
function columnOf(values: ArrayLike<number> = [], positions: Uint32Array = NONE): Float64Array {
  const column = new Float64Array(positions.length);
  for (let at = 0; at < column.length; at += 1) column[at] = values[positions[at] ?? 0] ?? 0;
  return column;
}
