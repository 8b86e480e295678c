/**
 * What was counted on a day, as a document. Written once, when the day is final; never changed after that, which is what
 * keeps a log that is read twice from counting twice.
 */
import type { DailyStats, PluginName, Version } from '@ar-registry/schemas';
import { DOWNLOAD } from './counted.ts';
import { monthOf } from './days.ts';
import { roundCount } from './rounding.ts';
import { addTerms, mostTerms, sumTerms, toTermCounts, type TermCells, type TermRow } from './terms.ts';

/** One line of the aggregation. */
export interface CountRow {
  readonly day: string;
  /** Of the table of what counts. */
  readonly kind: string;
  readonly name: PluginName;
  readonly version: Version;
  readonly ci: boolean;
  /** Exact: nothing of it is written anywhere. */
  readonly count: number;
  /** Of a load: how long it took at most, in milliseconds, where that was told. */
  readonly bucket?: number;
}

/** By plugin and version. */
export type Counts = Readonly<Record<PluginName, Readonly<Record<Version, number>>>>;

type Cells = Map<string, Map<PluginName, Map<Version, number>>>;

interface Day {
  readonly cells: Cells;
  readonly terms: TermCells;
}

/**
 * The documents of the days in `rows` and `terms`, by day, small counts rounded.
 *
 * @param random from 0 to below 1
 * @param terms what enough clients looked for
 */
export function toDailyStats(
  rows: Iterable<CountRow>,
  random: () => number,
  terms: Iterable<TermRow> = [],
): readonly DailyStats[] {
  const days = new Map<string, Day>();
  for (const row of rows) {
    const { cells } = entry(days, row.day, noDay);
    const count = roundCount(row.count, random);
    // A day on which everything was rounded away is a day that was counted.
    if (count > 0) for (const kind of kindsOf(row)) add(cells, kind, { ...row, count });
  }
  addTerms(terms, (day) => entry(days, day, noDay).terms, random);
  return [...days].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([day, counted]) => toDocument(day, counted));
}

function noDay(): Day {
  return { cells: new Map(), terms: { search: new Map(), missed: new Map() } };
}

/** A load is one of all loads, and one of those that took as long: so the former are the sum of what is told of the latter. */
function kindsOf({ kind, ci, bucket }: CountRow): readonly string[] {
  if (ci) return [`ci ${kind}`];
  return bucket === undefined ? [kind] : [kind, `${TOOK}${bucket}`];
}

/** Stands before the bound of a load time where kinds are keys. */
const TOOK = 'ms ';

/** One document that stands for all days of a month. @param days of one month, at least one */
export function joinMonth(days: readonly DailyStats[]): DailyStats {
  const month = noDay();
  const { cells, terms } = month;
  for (const stats of days) {
    addAll(cells, DOWNLOAD.kind, stats.downloads);
    addAll(cells, `ci ${DOWNLOAD.kind}`, stats.ciDownloads);
    for (const [kind, counts] of Object.entries(stats.events)) addAll(cells, kind, counts);
    for (const [bound, counts] of Object.entries(stats.loadTimes ?? {})) addAll(cells, `${TOOK}${bound}`, counts);
    sumTerms(terms.search, stats.searches);
    sumTerms(terms.missed, stats.missed);
  }
  const last =
    days
      .map(({ day }) => day)
      .toSorted()
      .at(-1) ?? '';
  return { ...toDocument(last, month), month: monthOf(last) };
}

/** The bytes of a document: keys sorted, a line for each plugin, so that a change reads well in git. */
export function stringifyStats(document: object): string {
  return `${JSON.stringify(document, undefined, 1)}\n`;
}

function addAll(cells: Cells, kind: string, counts: Counts): void {
  for (const [name, versions] of Object.entries(counts))
    for (const [version, count] of Object.entries(versions)) add(cells, kind, { name, version, count });
}

function add(cells: Cells, kind: string, cell: Pick<CountRow, 'name' | 'version' | 'count'>): void {
  const versions = entry(
    entry(cells, kind, () => new Map<PluginName, Map<Version, number>>()),
    cell.name,
    () => new Map(),
  );
  versions.set(cell.version, (versions.get(cell.version) ?? 0) + cell.count);
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}

function toDocument(day: string, { cells, terms }: Day): DailyStats {
  const of = (kind: string): Counts => toCounts(cells.get(kind) ?? new Map());
  const kinds = [...cells.keys()].filter((kind) => kind !== DOWNLOAD.kind && !kind.includes(' ')).toSorted();
  const bounds = [...cells.keys()].filter((kind) => kind.startsWith(TOOK)).map((kind) => kind.slice(TOOK.length));
  return {
    schemaVersion: 1,
    day,
    downloads: of(DOWNLOAD.kind),
    ciDownloads: of(`ci ${DOWNLOAD.kind}`),
    events: Object.fromEntries(kinds.map((kind) => [kind, of(kind)])),
    ...(bounds.length === 0 ? {} : { loadTimes: Object.fromEntries(bounds.map((one) => [one, of(`${TOOK}${one}`)])) }),
    ...(terms.search.size === 0 ? {} : { searches: toTermCounts(mostTerms(terms.search)) }),
    ...(terms.missed.size === 0 ? {} : { missed: toTermCounts(mostTerms(terms.missed)) }),
  };
}

/** Keys in code-unit order. */
export function toCounts(counts: ReadonlyMap<PluginName, ReadonlyMap<Version, number>>): Counts {
  return Object.fromEntries(sorted(counts).map(([name, versions]) => [name, Object.fromEntries(sorted(versions))]));
}

function sorted<V>(map: ReadonlyMap<string, V>): readonly (readonly [string, V])[] {
  return [...map].toSorted(([a], [b]) => (a < b ? -1 : 1));
}
