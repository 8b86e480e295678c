/** A shard as it was published, opened to be changed; and a changed one as it is to be published. */
import { factsOf } from '../order.ts';
import { scoreOf, standingOf } from '../score.ts';
import { strengthOf } from '../strength.ts';
import { termsOf, type Terms } from '../terms.ts';
import { idOfName } from '../ids.ts';
import { isPart, weightOfKey, weightOfList } from './keyed.ts';
import type { SearchList, SearchShard } from './format.ts';
import type { ShardLimits } from './limits.ts';
import { entryLists, type IndexedPlugin } from './lists.ts';
import { pickTable, rowAt, toTable, type TablePlace } from './table.ts';

/** A plugin, where it stands in the table of a shard. */
export interface Row extends TablePlace {
  readonly id: number;
}

export interface OpenList {
  readonly count: number;
  /** As in `SearchList`. */
  readonly at: readonly Row[];
  readonly updated?: readonly Row[] | undefined;
  /** Characters of name and description of those in `at`, which need not be made rows for that. */
  readonly lengths?: () => Iterable<number>;
}

export interface OpenShard {
  readonly lists: ReadonlyMap<string, OpenList>;
  readonly parts: ReadonlyMap<string, readonly string[]>;
}

/** Most of a shard is never looked at, so that lists are made of it as they are asked for. */
export function openShard({ plugins, lists, parts }: SearchShard): OpenShard {
  const rows: (Row | undefined)[] = [];
  const rowAtPosition = (at: number): Row =>
    (rows[at] ??= { table: plugins, at, id: plugins.moved?.[String(at)] ?? idOfName(plugins.names[at] ?? '') });
  const opened = new Map<string, OpenList>();
  const lengthAt = (at: number): number => lengthOf({ table: plugins, at });
  for (const [key, list] of Object.entries(lists)) opened.set(key, lazyList(list, rowAtPosition, lengthAt));
  return { lists: opened, parts: new Map(Object.entries(parts)) };
}

function lazyList(
  { count, at, updated }: SearchList,
  rowAtPosition: (at: number) => Row,
  lengthAt: (at: number) => number,
): OpenList {
  let [rows, newest]: (readonly Row[] | undefined)[] = [];
  return {
    count,
    lengths: () => at.map(lengthAt),
    get at() {
      return (rows ??= at.map(rowAtPosition));
    },
    get updated() {
      return (newest ??= updated?.map(rowAtPosition));
    },
  };
}

/** What `openShard` opens. */
export function closeShard({ lists, parts }: OpenShard): SearchShard {
  const positions = new Map<number, number>();
  const places: Row[] = [];
  const positionOf = (row: Row): number => {
    const known = positions.get(row.id);
    if (known !== undefined) return known;
    positions.set(row.id, places.length);
    return places.push(row) - 1;
  };
  const entries = [...lists].toSorted(byKey).map(([key, { count, at, updated }]): [string, SearchList] => {
    const list = { count, at: at.map(positionOf) };
    return [key, updated ? { ...list, updated: updated.map(positionOf) } : list];
  });
  return {
    schemaVersion: 1,
    plugins: pickTable(places),
    lists: Object.fromEntries(entries),
    parts: Object.fromEntries([...parts].toSorted(byKey)),
  };
}

export function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

/** The row of a plugin that changed, or came. */
export function freshRow(plugin: IndexedPlugin): Row {
  return { table: toTable([plugin]), at: 0, id: plugin.id };
}

/** Whether it is no key, but the best of what a word begins: `rea*`, of which `*` alone is the key of all plugins. */
export function isBeginning(key: string): boolean {
  return key.length > 1 && key.endsWith('*');
}

/** The keys that stand in it, in order. */
export function keysIn({ lists, parts }: OpenShard): readonly string[] {
  return [...[...lists.keys()].filter((key) => !isBeginning(key)), ...parts.keys()].toSorted();
}

/** What a key of it weighs: see `weigh`. */
export function weightIn({ lists, parts }: OpenShard, key: string, limits: ShardLimits): number {
  const names = isPart(key) ? (parts.get(key) ?? []) : [];
  const list = lists.get(key);
  const lengths = (): Iterable<number> => list?.lengths?.() ?? list?.at.map(lengthOf) ?? [];
  return weightOfKey(key, names) + weightOfList(list?.count ?? 0, lengths, limits);
}

function lengthOf({ table, at }: TablePlace): number {
  return (table.names[at]?.length ?? 0) + (table.descriptions[at]?.length ?? 0);
}

/** What a list is ordered by, the highest first. */
export type ValueOf = (row: Row) => number;

/** Values of rows, with the words of each read once. */
export interface Values {
  readonly of: (key: string) => ValueOf;
  readonly ofBeginning: (beginning: string) => ValueOf;
  readonly updated: ValueOf;
  readonly terms: (row: Row) => Terms;
  /** By the keys that it is listed under. */
  readonly strengths: (row: Row) => ReadonlyMap<string, number>;
}

export function createValues(): Values {
  const known = new Map<Row, Terms>();
  const terms = (row: Row): Terms => {
    const own = known.get(row) ?? termsOf(rowAt(row.table, row.at).entry);
    known.set(row, own);
    return own;
  };
  const listed = new Map<Row, ReadonlyMap<string, number>>();
  const strengths = (row: Row): ReadonlyMap<string, number> => {
    const own = listed.get(row) ?? entryLists(rowAt(row.table, row.at).entry).strengths;
    listed.set(row, own);
    return own;
  };
  const score = (row: Row, strength: number): number => scoreOf([strength], [1], standingOf(terms(row).entry));
  return {
    terms,
    strengths,
    of: (key) =>
      isScored(key)
        ? (row) => score(row, terms(row).strengths.get(key) ?? 0)
        : (row) => row.table.downloads[row.at] ?? 0,
    ofBeginning: (beginning) => (row) =>
      score(row, strengthOf(terms(row), { word: beginning, isLast: true }, 'beginning')),
    updated: (row) => factsOf(rowAt(row.table, row.at).entry).updated,
  };
}

/** Whether a list is of a word, and so in the order of relevance; others are in that of downloads. */
export function isScored(key: string): boolean {
  return key !== '*' && !key.includes(':');
}

/** Before those of a lower value; of equal ones the lower number first. */
export function compareRows(a: Row, b: Row, valueOf: ValueOf): number {
  return valueOf(b) - valueOf(a) || a.id - b.id;
}
