/** What stands under one key of a state, and how much that weighs. */
import { wordOfTagKey } from './keys.ts';
import { typoKeysOfName } from './keys.ts';
import type { ShardLimits } from './limits.ts';
import type { SearchKeys, SearchPlugins, SearchState } from './state.ts';

/** Plugins under a key, by number. */
export interface Keyed {
  readonly ids: Uint32Array;
  readonly strengths: Uint8Array;
}

/** Of the key at this position. */
export function listAt({ offsets, ids, strengths }: SearchKeys, at: number): Keyed {
  const [from, to] = [offsets[at] ?? 0, offsets[at + 1] ?? 0];
  return { ids: ids.subarray(from, to), strengths: strengths.subarray(from, to) };
}

/** How many stand under the key at this position. */
export function countAt({ offsets }: SearchKeys, at: number): number {
  return (offsets[at + 1] ?? 0) - (offsets[at] ?? 0);
}

/** The first position in `sorted` whose text is not before `text`. */
export function lowerBound(sorted: readonly string[], text: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? '') < text) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The position of `text`, -1 for none. */
export function positionIn(sorted: readonly string[], text: string): number {
  const at = lowerBound(sorted, text);
  return sorted[at] === text ? at : -1;
}

/** The position of a plugin by its number, -1 for none. */
export function pluginAt({ ids }: Pick<SearchPlugins, 'ids'>, id: number): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ids[middle] ?? 0) < id) low = middle + 1;
    else high = middle;
  }
  return ids[low] === id ? low : -1;
}

/** Whether a key is a part of names. */
export function isPart(key: string): boolean {
  return key.startsWith('<') || key.startsWith('>');
}

/** Names, in order, by those of their parts that `wanted` holds. */
export function namesByPart(
  words: readonly string[],
  wanted: ReadonlySet<string>,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  if (wanted.size === 0) return found;
  for (const word of words)
    for (const part of new Set(typoKeysOfName(word))) {
      if (!wanted.has(part)) continue;
      const names = found.get(part);
      if (names) names.push(word);
      else found.set(part, [word]);
    }
  return found;
}

/** Bytes of a plugin in a table, besides its texts. */
const ROW_BYTES = 60;

/**
 * The keys with what they weigh, and which of them are needed: a tag that is found by its word needs no list of its own,
 * as long as that of the word is whole.
 *
 * @param touched the positions of keys to look at; all unless given
 */
export function weigh(
  { plugins, keys, words }: Pick<SearchState, 'plugins' | 'keys' | 'words'>,
  { limits, touched }: { readonly limits: ShardLimits; readonly touched?: readonly number[] },
): SearchKeys {
  const positions = touched ?? keys.keys.map((_, index) => index);
  const parts = new Set(positions.flatMap((at) => (isPart(keys.keys[at] ?? '') ? [keys.keys[at] ?? ''] : [])));
  const names = namesByPart(words, parts);
  const needed = Uint8Array.from(keys.needed);
  const weights = Uint32Array.from(keys.weights);
  for (const at of positions) {
    const key = keys.keys[at] ?? '';
    needed[at] = isNeeded(keys, key, limits) ? 1 : 0;
    const own = (names.get(key) ?? []).reduce((sum, name) => sum + name.length + 3, key.length);
    weights[at] = own + weightOf(listAt(keys, at), { plugins, limits });
  }
  return { ...keys, needed, weights };
}

function isNeeded(keys: SearchKeys, key: string, { wholeList }: ShardLimits): boolean {
  const word = wordOfTagKey(key);
  if (word === undefined) return true;
  const at = positionIn(keys.keys, word);
  return at !== -1 && countAt(keys, at) > wholeList;
}

function weightOf(
  { ids }: Keyed,
  { plugins, limits }: { readonly plugins: SearchPlugins; readonly limits: ShardLimits },
): number {
  const held = ids.length <= limits.wholeList ? ids : ids.subarray(0, limits.headLength);
  let sum = 20;
  for (const id of held) sum += ROW_BYTES + (plugins.lengths[pluginAt(plugins, id)] ?? 0);
  return sum;
}
