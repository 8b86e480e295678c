/** Which plugins stand under which key: the index before it is cut into files. */
import type { SearchEntry } from '../query.ts';
import { standingOf } from '../score.ts';
import { termsOf } from '../terms.ts';
import { assignIds } from '../ids.ts';
import { factsOf } from '../order.ts';
import { facetKeys, typoKeysOfName } from './keys.ts';

/** A plugin as an index holds it. */
export interface IndexedPlugin {
  readonly id: number;
  readonly entry: SearchEntry;
  readonly standing: number;
  /** Whole seconds since 1970. */
  readonly updated: number;
}

/** One plugin under one key. */
export interface Posting {
  readonly plugin: IndexedPlugin;
  /** How strongly the word stands for it; 0 under what is no word. */
  readonly strength: number;
}

export interface Lists {
  readonly plugins: readonly IndexedPlugin[];
  /** Word → plugins. */
  readonly words: ReadonlyMap<string, readonly Posting[]>;
  /** What a plugin is → plugins. */
  readonly facets: ReadonlyMap<string, readonly Posting[]>;
  /** Part of a name → names that have it, in order. */
  readonly parts: ReadonlyMap<string, readonly string[]>;
}

/** What a plugin is listed under: when it changes, the lists of these keys are what changes, before and after. */
export function keysOf(entry: SearchEntry): readonly string[] {
  const { strengths, names } = termsOf(entry);
  return [...strengths.keys(), ...facetKeys(entry), ...names.flatMap(typoKeysOfName)];
}

/** Plugins in each list by their number. */
export function toLists(entries: readonly SearchEntry[]): Lists {
  const ids = assignIds(entries.map(({ name }) => name));
  const plugins = entries.map((entry) => toIndexed(entry, ids.get(entry.name) ?? 0)).toSorted((a, b) => a.id - b.id);
  const words = new Map<string, Posting[]>();
  const facets = new Map<string, Posting[]>();
  const parts = new Map<string, Set<string>>();
  for (const plugin of plugins) {
    const { strengths, names } = termsOf(plugin.entry);
    for (const [word, strength] of strengths) push(words, word, { plugin, strength });
    for (const key of new Set(facetKeys(plugin.entry))) push(facets, key, { plugin, strength: 0 });
    for (const name of names)
      for (const key of typoKeysOfName(name)) parts.set(key, (parts.get(key) ?? new Set()).add(name));
  }
  return { plugins, words, facets, parts: new Map([...parts].map(([key, names]) => [key, [...names].toSorted()])) };
}

function toIndexed(entry: SearchEntry, id: number): IndexedPlugin {
  return { id, entry, standing: standingOf(entry), updated: factsOf(entry).updated };
}

function push(lists: Map<string, Posting[]>, key: string, posting: Posting): void {
  const list = lists.get(key);
  if (list) list.push(posting);
  else lists.set(key, [posting]);
}
