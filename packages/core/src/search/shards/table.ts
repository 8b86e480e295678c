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

/** @param table of a validated document @throws RangeError for a position that is not in it */
export function rowAt(table: PluginTable, at: number): TableRow {
  const name = table.names[at];
  if (name === undefined) throw new RangeError(`A table of ${table.names.length} plugins has no position ${at}.`);
  const entry = {
    name,
    version: table.versions[at],
    type: table.types[at],
    description: table.descriptions[at],
    ...unless('category', table.categories[at], ''),
    tags: table.tags[at] === '' ? [] : table.tags[at]?.split(','),
    trust: table.trust[at],
    license: table.licenses[at],
    author: table.authors[at] === '' ? splitName(name).scope : table.authors[at],
    publishedAt: toInstant(table.publishedAt[at]),
    updatedAt: toInstant(table.updatedAt[at]),
    ...unless('deprecated', own(table.deprecated, at), undefined),
    downloads: table.downloads[at],
    ...unless('aliases', own(table.aliases, at), undefined),
  };
  // All columns are as long as that of the names.
  return { id: own(table.moved, at) ?? idOfName(name), entry: entry as unknown as SearchEntry };
}

function unless<T>(key: string, value: T, absent: T): Readonly<Record<string, T>> {
  return value === absent ? {} : { [key]: value };
}

function own<T>(values: Readonly<Record<string, T>> | undefined, at: number): T | undefined {
  return values !== undefined && Object.hasOwn(values, at) ? values[at] : undefined;
}

function toInstant(value: number | string | undefined): string {
  return typeof value === 'number' ? fromSeconds(value) : (value ?? '');
}
