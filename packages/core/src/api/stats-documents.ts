/**
 * The documents of `/api/v1/stats/`. A plugin of which nothing was counted is in none of them, and a document of a plugin
 * changes only when its numbers do: `through`, which changes every day, is in those of the registry alone.
 */
import type {
  PluginName,
  StatsDownloadsDocument,
  StatsPluginDocument,
  StatsTotalsDocument,
} from '@ar-registry/schemas';
import type { Snapshot } from '../snapshot/index.ts';
import {
  distributionOf,
  isUsed,
  noSpans,
  usageDays,
  usageOf,
  type PluginTotals,
  type Spans,
  type Usage,
} from '../stats/index.ts';

export interface StatsDocuments {
  readonly plugins: readonly StatsPluginDocument[];
  readonly shards: readonly StatsDownloadsDocument[];
  readonly totals: StatsTotalsDocument;
}

/** Plugins in a shard. */
const SHARD_SIZE = 1000;

/** @param snapshot counts of plugins that it does not have, or no longer, are in no document of a plugin */
export function toStatsDocuments({
  plugins,
  stats,
}: Pick<Snapshot, 'stats'> & { readonly plugins: readonly { readonly name: PluginName }[] }): StatsDocuments {
  const days = usageDays(stats.recent);
  const counted = plugins.flatMap(({ name }) => {
    const totals = stats.plugins.get(name);
    const github = stats.github.get(name);
    const usage = usageOf(name, days);
    const isDownloaded = totals !== undefined || github !== undefined;
    return isDownloaded || isUsed(usage) ? [{ name, totals: totals ?? NOTHING, github, usage, isDownloaded }] : [];
  });
  const known = counted.filter(({ isDownloaded }) => isDownloaded);
  const entries = known.map(({ name, totals: { total, last30Days } }) => [name, { total, last30Days }] as const);
  const shards = Array.from({ length: Math.ceil(entries.length / SHARD_SIZE) }, (_, index) => ({
    schemaVersion: 1 as const,
    shard: index + 1,
    plugins: Object.fromEntries(entries.slice(index * SHARD_SIZE, (index + 1) * SHARD_SIZE)),
  }));
  return {
    plugins: counted.map(toPlugin),
    shards,
    totals: toTotals(known, { through: stats.through, shards: shards.length }),
  };
}

interface Known {
  readonly name: PluginName;
  readonly totals: PluginTotals;
  readonly github: number | undefined;
  readonly usage: Usage;
}

const NOTHING: PluginTotals = { ...noSpans(), ci: 0, daily: new Map(), versions: new Map() };

function toPlugin({ name, totals, github, usage }: Known): StatsPluginDocument {
  const { ci, daily, versions } = totals;
  return {
    schemaVersion: 1,
    name,
    ...spansOf(totals),
    ci,
    ...(github === undefined ? {} : { github }),
    daily: sortedObject(daily),
    versions: versionsOf(versions, usage),
    ...usagePart(usage),
    ...distributionPart(versions, usage),
  };
}

function versionsOf(versions: PluginTotals['versions'], { active }: Usage): StatsPluginDocument['versions'] {
  const all = new Set([...versions.keys(), ...active.keys()]);
  const entries = [...all].map((version) => {
    const { total, last30Days } = versions.get(version) ?? noSpans();
    const inUse = active.get(version);
    return [version, { total, last30Days, ...(inUse === undefined ? {} : { active: inUse }) }] as const;
  });
  return sortedObject(new Map(entries));
}

/** What is not known is absent: a plugin whose users tell nothing has a document of downloads alone. */
function usagePart(usage: Usage): Partial<StatsPluginDocument> {
  if (!isUsed(usage)) return {};
  const { active: _active, loadTimes, ...rest } = usage;
  return { ...rest, ...(loadTimes.size === 0 ? {} : { loadTimes: Object.fromEntries(loadTimes) }) };
}

function distributionPart(versions: PluginTotals['versions'], { active }: Usage): Partial<StatsPluginDocument> {
  const downloads = new Map([...versions].map(([version, { last30Days }]) => [version, last30Days]));
  const distribution = distributionOf(active, downloads);
  return distribution === undefined ? {} : { distribution };
}

function toTotals(
  known: readonly Known[],
  { through, shards }: { readonly through: string | undefined; readonly shards: number },
): StatsTotalsDocument {
  const sum = (of: (totals: PluginTotals) => number): number =>
    known.reduce((total, { totals }) => total + of(totals), 0);
  const daily = new Map<string, number>();
  for (const { totals } of known)
    for (const [day, count] of totals.daily) daily.set(day, (daily.get(day) ?? 0) + count);
  return {
    schemaVersion: 1,
    ...(through === undefined ? {} : { through }),
    plugins: known.length,
    shards,
    total: sum(({ total }) => total),
    lastWeek: sum(({ lastWeek }) => lastWeek),
    last30Days: sum(({ last30Days }) => last30Days),
    last90Days: sum(({ last90Days }) => last90Days),
    ci: sum(({ ci }) => ci),
    daily: sortedObject(daily),
  };
}

function spansOf({ total, lastWeek, last30Days, last90Days }: Spans): Spans {
  return { total, lastWeek, last30Days, last90Days };
}

/** Keys in code-unit order: equal input gives equal bytes. */
function sortedObject<V>(map: ReadonlyMap<string, V>): Record<string, V> {
  return Object.fromEntries([...map].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
