/**
 * What an index in shards is made of, in columns: every plugin, every key, and which plugins stand under which key.
 *
 * Keys stand in order. Plugins stand by their number, within a key too. Of a key that is a part of names no plugin is
 * noted: its names follow from `words`.
 */
import type { SearchEntry } from '../query.ts';
import { typoKeysOfName } from './keys.ts';
import { weigh } from './keyed.ts';
import type { ShardLimits } from './limits.ts';
import { entryLists, toIndexed } from './lists.ts';
import { assignIds } from '../ids.ts';

export interface SearchPlugins {
  readonly ids: Uint32Array;
  readonly names: readonly string[];
  readonly standings: Uint8Array;
  readonly downloads: Float64Array;
  /** Whole seconds since 1970. */
  readonly updated: Float64Array;
  /** Characters of name and description. */
  readonly lengths: Uint32Array;
}

export interface SearchKeys {
  readonly keys: readonly string[];
  /** Of each key: where its plugins begin in `ids`; one more for the end. */
  readonly offsets: Uint32Array;
  readonly ids: Uint32Array;
  readonly strengths: Uint8Array;
  /** Of each key: whether it stands in a shard at all. */
  readonly needed: Uint8Array;
  /** Of each key: bytes, roughly. */
  readonly weights: Uint32Array;
}

export interface SearchState {
  readonly plugins: SearchPlugins;
  readonly keys: SearchKeys;
  /** Words of names, in order, and of how many plugins each. */
  readonly words: readonly string[];
  readonly wordCounts: Uint32Array;
}

/** @param entries each name once */
export function toSearchState(entries: readonly SearchEntry[], limits: ShardLimits): SearchState {
  const ids = assignIds(entries.map(({ name }) => name));
  const sorted = entries.map((entry) => toIndexed(entry, ids.get(entry.name) ?? 0)).toSorted((a, b) => a.id - b.id);
  const lists = new Map<string, { readonly ids: number[]; readonly strengths: number[] }>();
  const counts = new Map<string, number>();
  for (const { id, entry } of sorted) {
    const { strengths, names } = entryLists(entry);
    for (const [key, strength] of strengths) {
      const list = lists.get(key);
      if (list) {
        list.ids.push(id);
        list.strengths.push(strength);
      } else lists.set(key, { ids: [id], strengths: [strength] });
    }
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const words = [...counts.keys()].toSorted();
  for (const word of words)
    for (const part of typoKeysOfName(word)) if (!lists.has(part)) lists.set(part, { ids: [], strengths: [] });
  const plugins = {
    ids: Uint32Array.from(sorted, ({ id }) => id),
    names: sorted.map(({ entry }) => entry.name),
    standings: Uint8Array.from(sorted, ({ standing }) => standing),
    downloads: Float64Array.from(sorted, ({ entry }) => entry.downloads),
    updated: Float64Array.from(sorted, ({ updated }) => updated),
    lengths: Uint32Array.from(sorted, ({ entry }) => entry.name.length + entry.description.length),
  };
  const state = {
    plugins,
    keys: joinLists(lists),
    words,
    wordCounts: Uint32Array.from(words, (word) => counts.get(word) ?? 0),
  };
  return { ...state, keys: weigh(state, limits) };
}

function joinLists(
  lists: ReadonlyMap<string, { readonly ids: readonly number[]; readonly strengths: readonly number[] }>,
): SearchKeys {
  const sorted = [...lists].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const keys = sorted.map(([key]) => key);
  const total = sorted.reduce((sum, [, list]) => sum + list.ids.length, 0);
  const offsets = new Uint32Array(keys.length + 1);
  const ids = new Uint32Array(total);
  const strengths = new Uint8Array(total);
  let held = 0;
  for (const [index, [, list]] of sorted.entries()) {
    ids.set(list.ids, held);
    strengths.set(list.strengths, held);
    held += list.ids.length;
    offsets[index + 1] = held;
  }
  return {
    keys,
    offsets,
    ids,
    strengths,
    needed: new Uint8Array(keys.length),
    weights: new Uint32Array(keys.length),
  };
}
