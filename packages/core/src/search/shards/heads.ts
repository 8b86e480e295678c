/** The best of a list, in the order in which a query has them. */
import { scoreOf } from '../score.ts';
import { countAt, listAt, pluginAt } from './keyed.ts';
import type { ShardLimits } from './limits.ts';
import type { SearchPlugins, SearchState } from './state.ts';

/** A list as a shard has it: plugins by number, best first. */
export interface Heads {
  readonly count: number;
  readonly at: readonly number[];
  /** The same, last updated first; where `at` is not all of them and is not of a word. */
  readonly updated?: readonly number[];
}

/** Of the key at this position: words by relevance; what has none by downloads, and where it is long by update too. */
export function headsOf({ plugins, keys }: SearchState, position: number, limits: ShardLimits): Heads {
  const key = keys.keys[position] ?? '';
  const { ids, strengths } = listAt(keys, position);
  const count = countAt(keys, position);
  const isWhole = count <= limits.wholeList;
  const held = isWhole ? count : limits.headLength;
  if (key !== '*' && !key.includes(':')) return { count, at: byScore({ ids, strengths }, plugins, held) };
  const at = byColumn(ids, plugins, { column: plugins.downloads, held });
  return isWhole ? { count, at } : { count, at, updated: byColumn(ids, plugins, { column: plugins.updated, held }) };
}

/** As a query of this one word has them. */
export function byScore(
  { ids, strengths }: { readonly ids: ArrayLike<number>; readonly strengths: ArrayLike<number> },
  plugins: SearchPlugins,
  held: number,
): readonly number[] {
  const scores = new Float64Array(ids.length);
  for (let index = 0; index < ids.length; index += 1) {
    const standing = plugins.standings[pluginAt(plugins, ids[index] ?? 0)] ?? 0;
    scores[index] = scoreOf([strengths[index] ?? 0], [1], standing);
  }
  return best(ids, scores, held);
}

function byColumn(
  ids: ArrayLike<number>,
  plugins: SearchPlugins,
  { column, held }: { readonly column: Float64Array; readonly held: number },
): readonly number[] {
  const values = Float64Array.from(ids, (id) => column[pluginAt(plugins, id)] ?? 0);
  return best(ids, values, held);
}

/** The ids of the highest values, at most `held`; of equal ones the lower id first. */
export function best(ids: ArrayLike<number>, values: ArrayLike<number>, held: number): readonly number[] {
  const isBefore = (a: number, b: number): boolean =>
    (values[a] ?? 0) > (values[b] ?? 0) || (values[a] === values[b] && (ids[a] ?? 0) < (ids[b] ?? 0));
  if (held >= ids.length)
    return Array.from({ length: ids.length }, (_, index) => index)
      .toSorted((a, b) => (isBefore(a, b) ? -1 : 1))
      .map((index) => ids[index] ?? 0);
  const top: number[] = [];
  for (let index = 0; index < ids.length; index += 1) {
    const last = top.at(-1);
    if (top.length >= held && last !== undefined && !isBefore(index, last)) continue;
    let place = top.length;
    while (place > 0 && isBefore(index, top[place - 1] ?? 0)) place -= 1;
    top.splice(place, 0, index);
    if (top.length > held) top.pop();
  }
  return top.map((index) => ids[index] ?? 0);
}
