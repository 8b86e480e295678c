/** What a plugin stands under: the index before it is cut into files. */
import type { SearchEntry } from '../query.ts';
import { standingOf } from '../score.ts';
import { termsOf } from '../terms.ts';
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

/** What a plugin is listed under: when it changes, the lists of these keys are what changes, before and after. */
export function keysOf(entry: SearchEntry): readonly string[] {
  const { strengths, names } = entryLists(entry);
  return [...strengths.keys(), ...names.flatMap(typoKeysOfName)];
}

export interface EntryLists {
  /** Key → how strongly it stands for the plugin; 0 for what is no word. */
  readonly strengths: ReadonlyMap<string, number>;
  /** Words of its names. */
  readonly names: readonly string[];
}

export function entryLists(entry: SearchEntry): EntryLists {
  const { strengths, names } = termsOf(entry);
  // No word is spelt like a key of another kind.
  return { strengths: new Map([...strengths, ...facetKeys(entry).map((key) => [key, 0] as const)]), names };
}

export function toIndexed(entry: SearchEntry, id: number): IndexedPlugin {
  return { id, entry, standing: standingOf(entry), updated: factsOf(entry).updated };
}
