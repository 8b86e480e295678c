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
function positionIn(sorted: readonly string[], text: string): number {
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

/** Bytes of a plugin in a table, besides its texts; of these where it stands in a list that is not whole, roughly. */
const ROW_BYTES = 60;
const TEXT_BYTES = 80;
/** Bytes of a list, besides its plugins. */
const LIST_BYTES = 20;

/** Of a key, with the names that stand under it. */
export function weightOfKey(key: string, names: readonly string[]): number {
  return names.reduce((sum, name) => sum + name.length + 3, key.length);
}

/** @param lengths characters of name and description of all plugins, asked for where these are `count` that stand in it */
export function weightOfList(
  count: number,
  lengths: () => Iterable<number>,
  { wholeList, headLength }: ShardLimits,
): number {
  // Not of its best: it is the same then, whoever of so many changes.
  if (count > wholeList) return LIST_BYTES + headLength * (ROW_BYTES + TEXT_BYTES);
  let weight = LIST_BYTES;
  for (const length of lengths()) weight += ROW_BYTES + length;
  return weight;
}

/**
 * The keys with what they weigh, and which of them are needed: a tag that is found by its word needs no list of its own,
 * as long as that of the word is whole.
 */
export function weigh(
  { plugins, keys, words }: Pick<SearchState, 'plugins' | 'keys' | 'words'>,
  limits: ShardLimits,
): SearchKeys {
  const names = namesByPart(words, new Set(keys.keys.filter(isPart)));
  const weights = Uint32Array.from(keys.keys, (key, at) => {
    const lengths = (): Iterable<number> =>
      listAt(keys, at).ids.map((id) => plugins.lengths[pluginAt(plugins, id)] ?? 0);
    return weightOfKey(key, names.get(key) ?? []) + weightOfList(countAt(keys, at), lengths, limits);
  });
  return { ...keys, needed: Uint8Array.from(keys.keys, (key) => (isNeeded(keys, key, limits) ? 1 : 0)), weights };
}

function isNeeded(keys: SearchKeys, key: string, { wholeList }: ShardLimits): boolean {
  const word = wordOfTagKey(key);
  if (word === undefined) return true;
  const at = positionIn(keys.keys, word);
  return at !== -1 && countAt(keys, at) > wholeList;
}
