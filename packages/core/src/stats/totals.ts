/** From the documents of days and months to what is known of each plugin. Pure: the same documents, the same numbers. */
import type { DailyStats, PluginName, ReleaseCounters, Version } from '@ar-registry/schemas';
import { joinCounters } from './counters.ts';
import { ageOf } from './days.ts';

/** How many days a series has. */
export const SERIES_DAYS = 90;

/** Downloads by span, all without those of CI. Spans end with the last day that was counted. */
export interface Spans {
  total: number;
  lastWeek: number;
  last30Days: number;
  last90Days: number;
}

export interface PluginTotals extends Spans {
  /** Of all time, by CI. */
  ci: number;
  /** By day, of the last 90. */
  readonly daily: Map<string, number>;
  readonly versions: Map<Version, Spans>;
}

export interface Totals {
  /** The last day that was counted; undefined where none was. */
  readonly through: string | undefined;
  /** Those that were downloaded, by name. */
  readonly plugins: ReadonlyMap<PluginName, PluginTotals>;
  /** What GitHub counted of each, of all versions together. */
  readonly github: ReadonlyMap<PluginName, number>;
  /** The days of the last 90 that were counted, in order. */
  readonly recent: readonly DailyStats[];
}

/** What an index holds of statistics. */
export interface StatsRecords {
  /** Of days, and of months, none of which has a day here. By day. */
  readonly days: readonly DailyStats[];
  /** By day. */
  readonly counters: readonly ReleaseCounters[];
}

/** Sums them up. */
export function sumStats({ days, counters }: StatsRecords): Totals {
  const through = days
    .map(({ day }) => day)
    .toSorted()
    .at(-1);
  const plugins = new Map<PluginName, PluginTotals>();
  const of = (name: PluginName): PluginTotals => {
    const known = plugins.get(name) ?? { ...noSpans(), ci: 0, daily: new Map(), versions: new Map() };
    plugins.set(name, known);
    return known;
  };
  for (const { day, downloads, ciDownloads } of days) {
    const age = ageOf(day, through ?? day);
    for (const [name, versions] of Object.entries(downloads))
      for (const [version, count] of Object.entries(versions)) addTo(of(name), { day, age, version, count });
    for (const [name, versions] of Object.entries(ciDownloads))
      for (const count of Object.values(versions)) of(name).ci += count;
  }
  const byName = [...plugins].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const recent = days.filter(({ day, month }) => month === undefined && ageOf(day, through ?? day) < SERIES_DAYS);
  return { through, plugins: new Map(byName), github: githubOf(counters), recent: recent.toSorted(byDay) };
}

function byDay(a: DailyStats, b: DailyStats): number {
  return a.day < b.day ? -1 : 1;
}

/** Spans of nothing. */
export function noSpans(): Spans {
  return { total: 0, lastWeek: 0, last30Days: 0, last90Days: 0 };
}

/** Adds downloads that are `age` days older than the last day to the spans that they fall into. */
export function addToSpans(spans: Spans, age: number, count: number): void {
  spans.total += count;
  if (age < 7) spans.lastWeek += count;
  if (age < 30) spans.last30Days += count;
  if (age < SERIES_DAYS) spans.last90Days += count;
}

function addTo(
  plugin: PluginTotals,
  {
    day,
    age,
    version,
    count,
  }: { readonly day: string; readonly age: number; readonly version: Version; count: number },
): void {
  addToSpans(plugin, age, count);
  const spans = plugin.versions.get(version) ?? noSpans();
  plugin.versions.set(version, spans);
  addToSpans(spans, age, count);
  if (age < SERIES_DAYS) plugin.daily.set(day, (plugin.daily.get(day) ?? 0) + count);
}

function githubOf(counters: readonly ReleaseCounters[]): ReadonlyMap<PluginName, number> {
  const sums = [...joinCounters(counters)].map(
    ([name, versions]) => [name, [...versions.values()].reduce((sum, count) => sum + count, 0)] as const,
  );
  return new Map(sums);
}
