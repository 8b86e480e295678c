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
import { ID_COUNT, byCodeUnit } from '../ids.ts';
import type { SearchEntry } from '../query.ts';
import { commonFrom } from '../score.ts';
import { beginningsAcross } from './beginnings.ts';
import { borderBetween, cut, shardAt } from './cut.ts';
import { DIRECTORY_BITS, NAME_LENGTH, type FileName, type SearchRoot } from './format.ts';
import { SHARD_LIMITS, type ShardLimits } from './limits.ts';
import { toColumns, toNumbers, toShard, toText, type KeyedList } from './list-files.ts';
import { wordOfTagKey } from './keys.ts';
import { toLists, type IndexedPlugin, type Lists } from './lists.ts';
import { toTable } from './table.ts';

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

/** All files, one after the other, and in the end the root that names them. */
export function* buildShards(
  entries: readonly SearchEntry[],
  { hash, limits = SHARD_LIMITS }: BuildShardsOptions,
): Generator<SearchFile, SearchRoot> {
  const context: Context = {
    named: (document) => {
      const body = toText(document);
      return { name: fileNameOf(body, hash), body };
    },
    limits,
    lists: withoutNeedless(toLists(entries), limits),
  };
  const { shards, borders } = cutLists(context);
  const names: FileName[] = [];
  for (const shard of shards) {
    const file = context.named(toShard(shard, limits));
    yield file;
    names.push(file.name);
  }
  const common = yield* commonFiles(context, entries.length);
  const documents = yield* documentFiles(context);
  return {
    schemaVersion: 1,
    format: 'sharded',
    total: entries.length,
    borders,
    shards: names.join(''),
    ...common,
    wholeList: limits.wholeList,
    documents,
  };
}

interface Context {
  readonly lists: Lists;
  readonly named: (document: object) => SearchFile;
  readonly limits: ShardLimits;
}

/** What a file of this content is called: the first 120 bits of its SHA-512, where case counts. */
export function fileNameOf(body: string, hash: Hash): FileName {
  const digest = hash(new TextEncoder().encode(body)).slice('sha512-'.length);
  return digest.slice(0, NAME_LENGTH).replaceAll('+', '-').replaceAll('/', '_');
}

/** A tag that is found by its word needs no list of its own, as long as that of the word is whole. */
function withoutNeedless(lists: Lists, { wholeList }: ShardLimits): Lists {
  const isNeeded = (key: string): boolean => {
    const word = wordOfTagKey(key);
    return word === undefined || (lists.words.get(word)?.length ?? 0) > wholeList;
  };
  return { ...lists, facets: new Map([...lists.facets].filter(([key]) => isNeeded(key))) };
}

interface Cut {
  readonly shards: readonly (readonly KeyedList[])[];
  readonly borders: readonly string[];
}

function cutLists({ lists, limits }: Context): Cut {
  const keys = [...lists.words.keys(), ...lists.facets.keys(), ...lists.parts.keys()].toSorted(byCodeUnit);
  const weighed = keys.map((key) => ({ key, weight: weightOf(listOf(lists, key), limits) }));
  const starts = cut(weighed, limits);
  const edges = starts.slice(1).map((start) => [keys[start - 1] ?? '', keys[start] ?? ''] as const);
  const borders = starts.length === 0 ? [] : ['', ...edges.map(([last, first]) => borderBetween(last, first))];
  const shards = starts.map((start, index) => keys.slice(start, starts[index + 1]).map((key) => listOf(lists, key)));
  for (const [key, postings] of beginningsAcross(lists, edges))
    shards[shardAt(borders, key)]?.push({ key, postings, names: [] });
  return { shards: shards.map((shard) => shard.toSorted((a, b) => byCodeUnit(a.key, b.key))), borders };
}

function listOf({ words, facets, parts }: Lists, key: string): KeyedList {
  const names = parts.get(key);
  if (names) return { key, postings: [], names };
  return { key, postings: words.get(key) ?? facets.get(key) ?? [], names: [] };
}

/** Bytes of a plugin in a table, besides its texts. */
const ROW_BYTES = 60;

function weightOf({ key, postings, names }: KeyedList, { wholeList, headLength }: ShardLimits): number {
  const held = postings.length <= wholeList ? postings : postings.slice(0, headLength);
  return (
    held.reduce((sum, { plugin: { entry } }) => sum + ROW_BYTES + entry.name.length + entry.description.length, 20) +
    names.reduce((sum, name) => sum + name.length + 3, key.length)
  );
}

/** How many are listed under the keys of many, and the files of the long lists among them. */
function* commonFiles(
  { lists: { words, facets }, named, limits }: Context,
  total: number,
): Generator<SearchFile, Pick<SearchRoot, 'common' | 'long'>> {
  const atLeast = Math.min(commonFrom(total), limits.wholeList);
  const common = [...words, ...facets]
    .filter(([, postings]) => postings.length > atLeast)
    .toSorted(([a], [b]) => byCodeUnit(a, b));
  const numbers: [string, FileName][] = [];
  for (const [key, postings] of common) {
    if (postings.length <= limits.wholeList) continue;
    const columns = named(toColumns(postings));
    yield columns;
    const file = named(toNumbers(postings, columns.name));
    yield file;
    numbers.push([key, file.name]);
  }
  const long = named({ schemaVersion: 1, numbers: Object.fromEntries(numbers) });
  yield long;
  return { common: Object.fromEntries(common.map(([key, postings]) => [key, postings.length])), long: long.name };
}

function* documentFiles({ lists, named, limits }: Context): Generator<SearchFile, SearchRoot['documents']> {
  const { plugins } = lists;
  const bits = Math.min(16, Math.max(0, Math.ceil(Math.log2(plugins.length / limits.documentsInShard))));
  const tables = Array.from({ length: 2 ** bits }, (): IndexedPlugin[] => []);
  for (const plugin of plugins) tables[documentShardOf(plugin.id, bits)]?.push(plugin);
  const directories: FileName[] = [];
  for (let first = 0; first < tables.length; first += 2 ** DIRECTORY_BITS) {
    const names: FileName[] = [];
    for (const table of tables.slice(first, first + 2 ** DIRECTORY_BITS)) {
      const file = named({ schemaVersion: 1, plugins: toTable(table) });
      yield file;
      names.push(file.name);
    }
    const directory = named({ schemaVersion: 1, documents: names.join('') });
    yield directory;
    directories.push(directory.name);
  }
  return { bits, directories: directories.join('') };
}

/** The position of the document shard that has this plugin. */
function documentShardOf(id: number, bits: number): number {
  return Math.floor(id / (ID_COUNT / 2 ** bits));
}
