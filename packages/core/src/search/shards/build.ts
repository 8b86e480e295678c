/**
 * An index in shards: static files, of which a query needs the root and one more, or a few.
 *
 * A list of plugins under a key (a word, a type, a tag …) is whole where it is short: then every query that has the word
 * is answered by that list alone, since the plugins themselves stand in it. Of a long list only the best are there, and
 * its numbers in a file of their own, of which exact intersections are made. Nothing is left out anywhere.
 *
 * Every file but the root is named by its content, so that it never changes, and a client that trusts the root can check
 * each. A file is the same wherever its plugins are: a change of one plugin rewrites the shards of its keys.
 */
import type { Hash } from '../../ports.ts';
import type { SearchEntry } from '../query.ts';
import { changeSearchState, type SearchChange } from './change.ts';
import { NAME_LENGTH, type FileName, type SearchRoot } from './format.ts';
import { SHARD_LIMITS, type ShardLimits } from './limits.ts';
import { publishShards } from './publish.ts';
import { toSearchState, type PublishedShards, type SearchState } from './state.ts';

/** A file beside the root. */
export interface SearchFile {
  readonly name: FileName;
  /** JSON. */
  readonly body: string;
}

export interface BuildShardsOptions {
  readonly hash: Hash;
  readonly limits?: ShardLimits;
}

/** An index, and what it takes to change it. */
export interface ShardedIndex {
  readonly root: SearchRoot;
  readonly state: SearchState;
  readonly published: PublishedShards;
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
  return yield* publishShards(state, { limits, entryOf, named: named(hash) });
}

export interface ChangeShardsOptions extends BuildShardsOptions {
  readonly before: Pick<ShardedIndex, 'state' | 'published'>;
  /** A plugin that did not change, by its name. */
  readonly entryOf: (name: string) => SearchEntry;
}

/**
 * The files that `buildShards` would make of the changed plugins and did not make before, and the root that names all.
 *
 * @returns undefined, before the first file, where all have to be made anew
 */
export function* changeShards(
  change: SearchChange,
  { hash, limits = SHARD_LIMITS, before, entryOf }: ChangeShardsOptions,
): Generator<SearchFile, ShardedIndex | undefined> {
  const changed = changeSearchState(before.state, change, limits);
  if (!changed) return undefined;
  const fresh = new Map(change.added.map((entry) => [entry.name, entry]));
  const { state, touched, ids } = changed;
  return yield* publishShards(state, {
    limits,
    entryOf: (name) => fresh.get(name) ?? entryOf(name),
    named: named(hash),
    before: { ...before.published, touched, ids },
  });
}

/** The names of all files, each once. */
export function shardFileNames({
  shards,
  long,
  longName,
  documents,
  directories,
}: PublishedShards): ReadonlySet<FileName> {
  return new Set([
    ...shards.map(({ name }) => name),
    ...long.flatMap(([, numbers, columns]) => [numbers, columns]),
    longName,
    ...documents,
    ...directories,
  ]);
}

/** What a file of this content is called: the first 120 bits of its SHA-512, where case counts. */
export function fileNameOf(body: string, hash: Hash): FileName {
  const digest = hash(new TextEncoder().encode(body)).slice('sha512-'.length);
  return digest.slice(0, NAME_LENGTH).replaceAll('+', '-').replaceAll('/', '_');
}

function named(hash: Hash): (body: string) => SearchFile {
  return (body) => ({ name: fileNameOf(body, hash), body });
}

function entryIn(entries: ReadonlyMap<string, SearchEntry>, name: string): SearchEntry {
  const entry = entries.get(name);
  if (!entry) throw new RangeError(`There is no plugin ${name} in the index.`);
  return entry;
}
