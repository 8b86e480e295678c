/** Plugins as a table of columns, and back: half of what the same takes as a list of objects. */
import { splitName } from '../../name/index.ts';
import { idOfName } from '../ids.ts';
import type { SearchEntry } from '../query.ts';
import type { PluginTable } from './format.ts';
import type { IndexedPlugin } from './lists.ts';

export function toTable(plugins: readonly IndexedPlugin[]): PluginTable {
  const column = <T>(of: (entry: SearchEntry) => T): readonly T[] => plugins.map(({ entry }) => of(entry));
  return {
    names: column(({ name }) => name),
    versions: column(({ version }) => version),
    types: column(({ type }) => type),
    descriptions: column(({ description }) => description),
    categories: column(({ category }) => category ?? ''),
    tags: column(({ tags }) => tags.join(',')),
    trust: column(({ trust }) => trust),
    licenses: column(({ license }) => license),
    authors: column(({ name, author }) => (author === splitName(name).scope ? '' : author)),
    publishedAt: column(({ publishedAt }) => toSeconds(publishedAt)),
    updatedAt: column(({ updatedAt }) => toSeconds(updatedAt)),
    downloads: column(({ downloads }) => downloads),
    ...few(
      'deprecated',
      column(({ deprecated }) => deprecated),
    ),
    ...few(
      'aliases',
      column(({ aliases }) => aliases),
    ),
    ...few(
      'moved',
      plugins.map(({ id, entry }) => (idOfName(entry.name) === id ? undefined : id)),
    ),
  };
}

function few<Key extends string, T>(
  key: Key,
  values: readonly (T | undefined)[],
): { readonly [K in Key]?: Readonly<Record<string, T>> } {
  const there = values.flatMap((value, index) => (value === undefined ? [] : [[index, value] as const]));
  return (there.length === 0 ? {} : { [key]: Object.fromEntries(there) }) as { [K in Key]?: Record<string, T> };
}

function toSeconds(instant: string): number | string {
  const seconds = Date.parse(instant) / 1000;
  return fromSeconds(seconds) === instant ? seconds : instant;
}

function fromSeconds(seconds: number): string {
  return Number.isInteger(seconds) ? `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z` : '';
}

/** A plugin as it stands in a table. */
export interface TablePlace {
  readonly table: PluginTable;
  readonly at: number;
}

/** Columns that say something of few plugins alone. */
const SPARSE = ['deprecated', 'aliases', 'moved'] as const;
/** The same plugins as one table, as `toTable` would make it of them. */
export function pickTable(places: readonly TablePlace[]): PluginTable {
  const dense = Object.keys(toTable([])).map((key) => {
    const column = key as 'names';
    return [key, places.map(({ table, at }) => table[column][at])] as const;
  });
  const sparse = SPARSE.map((key) =>
    few(
      key,
      places.map(({ table, at }) => own<unknown>(table[key], at)),
    ),
  );
  return Object.assign(Object.fromEntries(dense), ...sparse) as PluginTable;
}

/** A plugin of a table, and its number. */
export interface TableRow {
  readonly id: number;
  readonly entry: SearchEntry;
}

/** What a plugin of a table is found by. */
export type Looked = Omit<SearchEntry, 'version' | 'author' | 'publishedAt' | 'updatedAt' | 'deprecated'>;

/**
 * @param table of a validated document: all columns are as long as that of the names
 * @throws RangeError for a position that is not in it
 */
export function lookAt(table: PluginTable, at: number): Looked {
  if (table.names[at] === undefined)
    throw new RangeError(`A table of ${table.names.length} plugins has no position ${at}.`);
  const tags = table.tags[at];
  const looked = {
    name: table.names[at],
    type: table.types[at],
    description: table.descriptions[at],
    ...unless('category', table.categories[at], ''),
    tags: tags === '' ? [] : tags?.split(','),
    trust: table.trust[at],
    license: table.licenses[at],
    downloads: table.downloads[at],
    ...unless('aliases', own(table.aliases, at), undefined),
  };
  return looked as unknown as Looked;
}

/** @param table of a validated document @throws RangeError for a position that is not in it */
export function rowAt(table: PluginTable, at: number): TableRow {
  const { name, type, description, category, tags, trust, license, downloads, aliases } = lookAt(table, at);
  const entry = {
    name,
    version: table.versions[at],
    type,
    description,
    ...unless('category', category, undefined),
    tags,
    trust,
    license,
    author: table.authors[at] === '' ? splitName(name).scope : table.authors[at],
    publishedAt: toInstant(table.publishedAt[at]),
    updatedAt: toInstant(table.updatedAt[at]),
    ...unless('deprecated', own(table.deprecated, at), undefined),
    downloads,
    ...unless('aliases', aliases, undefined),
  };
  return { id: idAt(table, at), entry: entry as unknown as SearchEntry };
}

/** The plugin with a number, in a table in the order of these: a number is made of the name, which takes its time. */
export function rowWith(table: PluginTable, id: number): TableRow | undefined {
  let low = 0;
  let high = table.names.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (idAt(table, middle) < id) low = middle + 1;
    else high = middle;
  }
  return low < table.names.length && idAt(table, low) === id ? rowAt(table, low) : undefined;
}

/** The number of the plugin at a position. */
export function idAt(table: PluginTable, at: number): number {
  return own(table.moved, at) ?? idOfName(table.names[at] ?? '');
}

function unless<T>(key: string, value: T, absent: T): Readonly<Record<string, T>> {
  return value === absent ? NOTHING : { [key]: value };
}

const NOTHING = {};

function own<T>(values: Readonly<Record<string, T>> | undefined, at: number): T | undefined {
  return values !== undefined && Object.hasOwn(values, at) ? values[at] : undefined;
}

function toInstant(value: number | string | undefined): string {
  return typeof value === 'number' ? fromSeconds(value) : (value ?? '');
}
