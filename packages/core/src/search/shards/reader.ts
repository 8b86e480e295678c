/** Reading the files of an index, each once for a query. */
import { ID_COUNT } from '../ids.ts';
import type { SearchEntry } from '../query.ts';
import { fromBase64, unpackRising } from './bytes.ts';
import { shardAt } from './cut.ts';
import {
  DIRECTORY_BITS,
  nameAt,
  namesIn,
  type FileName,
  type PluginTable,
  type SearchColumns,
  type SearchDirectory,
  type SearchDocuments,
  type SearchLong,
  type SearchNumbers,
  type SearchRoot,
  type SearchShard,
} from './format.ts';
import { idAt, lookAt, rowAt, rowWith, type Looked } from './table.ts';

/** The documents by their kind. */
export interface SearchDocumentKinds {
  readonly shard: SearchShard;
  readonly long: SearchLong;
  readonly numbers: SearchNumbers;
  readonly columns: SearchColumns;
  readonly directory: SearchDirectory;
  readonly documents: SearchDocuments;
}

/** Fetches the file of this name, which must be its content’s, as a document of its kind. */
export type ReadSearchFile = <Kind extends keyof SearchDocumentKinds>(
  kind: Kind,
  name: FileName,
) => Promise<SearchDocumentKinds[Kind]>;

/** The same file as it is written. */
export type ReadSearchText = (name: FileName) => Promise<string>;

/** A list as it is known: the plugins themselves of a whole one, and of any the best. */
export interface KnownList {
  readonly count: number;
  readonly isWhole: boolean;
  /** Best first. */
  readonly head: Rows;
  /** Last updated first, where the list is long and not of a word. */
  readonly updated: Rows;
}

/** Plugins of which one is made only where it is asked for: most lists are longer than a page. */
export interface Rows {
  readonly length: number;
  slice(from?: number, to?: number): readonly IndexedEntry[];
  /** Those of which `isWanted` holds. */
  filter(isWanted: (table: PluginTable, at: number) => boolean): readonly LookedRow[];
}

/** A plugin of which little is made: what it is found by, and the rest where somebody asks for it. */
export interface LookedRow {
  readonly id: number;
  readonly looked: Looked;
  readonly entry: () => SearchEntry;
}

export interface IndexedEntry {
  readonly id: number;
  readonly entry: SearchEntry;
}

export interface NumberedList {
  /** Rising. */
  readonly ids: Uint32Array;
  readonly strengths: Uint8Array;
  readonly standings: Uint8Array;
  readonly columns: () => Promise<Pick<SearchColumns, 'downloads' | 'updated'>>;
}

export interface IndexReader {
  readonly root: SearchRoot;
  /** How many are listed under a key, where that is many or a filter offers it; else nothing: they are few. */
  commonCount(key: string): number | undefined;
  isLong(key: string): boolean;
  /** The positions of the shards from that of the key `from` to that of `to`. */
  shardsBetween(from: string, to: string): readonly number[];
  shard(position: number): Promise<SearchShard>;
  shardOf(key: string): Promise<SearchShard>;
  list(key: string): Promise<KnownList>;
  /** All numbers of a long list. */
  numbers(key: string): Promise<NumberedList>;
  /** The plugins with these numbers. */
  entries(ids: readonly number[]): Promise<readonly IndexedEntry[]>;
}

export function createReader(root: SearchRoot, fetch: ReadSearchFile): IndexReader {
  const read = once(fetch);
  const shard = (position: number): Promise<SearchShard> => read('shard', nameAt(root.shards, position));
  const shardOf = (key: string): Promise<SearchShard> => shard(shardAt(root.borders, key));
  const commonCount = (key: string): number | undefined =>
    Object.hasOwn(root.common, key) ? root.common[key] : undefined;
  return {
    root,
    commonCount,
    isLong: (key) => (commonCount(key) ?? 0) > root.wholeList,
    shardsBetween: (from, to) => {
      const first = shardAt(root.borders, from);
      return Array.from({ length: shardAt(root.borders, to) - first + 1 }, (_, more) => first + more);
    },
    shard,
    shardOf,
    list: async (key) => (root.borders.length === 0 ? EMPTY : listIn(await shardOf(key), key)),
    numbers: async (key) => {
      const { numbers } = await read('long', root.long);
      const names = Object.hasOwn(numbers, key) ? numbers[key] : undefined;
      if (names === undefined) throw new RangeError(`The index has no long list of ${key}.`);
      const blocks = await Promise.all(namesIn(names).map((name) => read('numbers', name)));
      const columns = async (): Promise<readonly SearchColumns[]> =>
        Promise.all(blocks.map((block) => read('columns', block.columns)));
      return toNumberedList(blocks, columns);
    },
    entries: (ids) => readEntries(ids, root, read),
  };
}

/** Blocks, one after the other, as one list: most lists have one alone. Of what nobody asks for, no text is read. */
function toNumberedList(
  blocks: readonly SearchNumbers[],
  columns: () => Promise<readonly SearchColumns[]>,
): NumberedList {
  let [strengths, standings]: (Uint8Array | undefined)[] = [];
  return {
    ids: joined(blocks.map(({ ids }) => unpackRising(ids))) ?? new Uint32Array(),
    get strengths() {
      return (strengths ??= joined(blocks.map((block) => fromBase64(block.strengths))) ?? new Uint8Array());
    },
    get standings() {
      return (standings ??= joined(blocks.map((block) => fromBase64(block.standings))) ?? new Uint8Array());
    },
    columns: async () => {
      const read = await columns();
      return {
        downloads: read.flatMap(({ downloads }) => downloads),
        updated: read.flatMap(({ updated }) => updated),
      };
    },
  };
}

function joined<T extends Uint8Array | Uint32Array>(parts: readonly T[]): T | undefined {
  const [first] = parts;
  if (!first || parts.length === 1) return first;
  const whole = new (first.constructor as new (length: number) => T)(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Fetches each file once. */
export function once(fetch: ReadSearchFile): ReadSearchFile {
  const files = new Map<FileName, Promise<unknown>>();
  return <Kind extends keyof SearchDocumentKinds>(kind: Kind, name: FileName) => {
    const asked = files.get(name) ?? fetch(kind, name);
    files.set(name, asked);
    return asked as Promise<SearchDocumentKinds[Kind]>;
  };
}

const NO_ROWS: Rows = { length: 0, slice: () => [], filter: () => [] };
const EMPTY: KnownList = { count: 0, isWhole: true, head: NO_ROWS, updated: NO_ROWS };

/** The list of a key in the shard that it belongs to: empty where it is not there. */
function listIn({ lists, plugins }: SearchShard, key: string): KnownList {
  const list = Object.hasOwn(lists, key) ? lists[key] : undefined;
  if (!list) return EMPTY;
  const { count, at, updated = [] } = list;
  return {
    count,
    isWhole: at.length === count,
    head: rowsAt(at, plugins),
    updated: rowsAt(updated, plugins),
  };
}

function rowsAt(positions: readonly number[], plugins: PluginTable): Rows {
  return {
    length: positions.length,
    slice: (from, to) => positions.slice(from, to).map((position) => rowAt(plugins, position)),
    filter: (isWanted) =>
      positions.filter((position) => isWanted(plugins, position)).map((position) => lookedRow(plugins, position)),
  };
}

function lookedRow(plugins: PluginTable, at: number): LookedRow {
  return { id: idAt(plugins, at), looked: lookAt(plugins, at), entry: () => rowAt(plugins, at).entry };
}

async function readEntries(
  ids: readonly number[],
  { documents: { bits, directories } }: SearchRoot,
  read: ReadSearchFile,
): Promise<readonly IndexedEntry[]> {
  const parts = Map.groupBy(new Set(ids), (id) => Math.floor(id / (ID_COUNT / 2 ** bits)));
  const rows = await Promise.all(
    [...parts].map(async ([part, wanted]) => {
      const directory = await read('directory', nameAt(directories, part >> DIRECTORY_BITS));
      const { plugins } = await read('documents', nameAt(directory.documents, part % 2 ** DIRECTORY_BITS));
      return wanted.map((id) => rowWith(plugins, id)).filter((row) => row !== undefined);
    }),
  );
  return rows.flat();
}
