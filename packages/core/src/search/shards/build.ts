/**
 * An index in shards: static files, of which a query needs the root and one more, or a few.
 *
 * A list of plugins under a key (a word, a type, a tag …) is whole where it is short: then every query that has the word
 * is answered by that list alone, since the plugins themselves stand in it. Of a long list only the best are there, and
 * its numbers in files of their own, of which exact intersections are made. Nothing is left out anywhere.
 *
 * Every file but the root is named by its content, so that it never changes, and a client that trusts the root can check
 * each. A file is the same wherever its plugins are: a change of one plugin rewrites the shards of its keys.
 */
import type { Hash } from '../../ports.ts';
import { idOfName } from '../ids.ts';
import type { SearchEntry } from '../query.ts';
import { naming, type SearchFile } from './file-names.ts';
import type { SearchRoot } from './format.ts';
import { SHARD_LIMITS, type ShardLimits } from './limits.ts';
import { publishShards } from './publish.ts';
import { toSearchState } from './state.ts';

export interface BuildShardsOptions {
  readonly hash: Hash;
  readonly limits?: ShardLimits;
}

/** An index, and what it takes to change it besides its files. */
export interface ShardedIndex {
  readonly root: SearchRoot;
  /** Plugins that have another number than their name gives, by name. */
  readonly moved: ReadonlyMap<string, number>;
}

/** All files, one after the other, and in the end the root that names them. */
export function* buildShards(
  entries: readonly SearchEntry[],
  options: BuildShardsOptions,
): Generator<SearchFile, SearchRoot> {
  return (yield* buildShardedIndex(entries, options)).root;
}

/** The same, with what it takes to change it. */
export function* buildShardedIndex(
  entries: readonly SearchEntry[],
  { hash, limits = SHARD_LIMITS }: BuildShardsOptions,
): Generator<SearchFile, ShardedIndex> {
  const state = toSearchState(entries, limits);
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const entryOf = (name: string): SearchEntry => entryIn(byName, name);
  const root = yield* publishShards(state, { limits, entryOf, named: naming(hash) });
  const { ids, names } = state.plugins;
  const moved = names.flatMap((name, at) => (ids[at] === idOfName(name) ? [] : [[name, ids[at] ?? 0] as const]));
  return { root, moved: new Map(moved) };
}

function entryIn(entries: ReadonlyMap<string, SearchEntry>, name: string): SearchEntry {
  const entry = entries.get(name);
  if (!entry) throw new RangeError(`There is no plugin ${name} in the index.`);
  return entry;
}
