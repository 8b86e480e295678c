/**
 * The documents of `/api/v1/stats/`. A plugin that was never downloaded is in none of them, and a document of a plugin
 * changes only when its numbers do: `through`, which changes every day, is in the totals alone.
 */
import type {
  PluginName,
  StatsDownloadsDocument,
  StatsPluginDocument,
  StatsTotalsDocument,
} from '@ar-registry/schemas';
import type { Snapshot } from '../snapshot/index.ts';
import { noSpans, type PluginTotals, type Spans } from '../stats/index.ts';

export interface StatsDocuments {
  readonly plugins: readonly StatsPluginDocument[];
  readonly shards: readonly StatsDownloadsDocument[];
  readonly totals: StatsTotalsDocument;
}

/** Plugins in a shard. */
const SHARD_SIZE = 1000;

/** @param snapshot counts of plugins that it does not have, or no longer, are in no document of a plugin */
export function toStatsDocuments({ plugins, stats }: Snapshot): StatsDocuments {
  const known = plugins.flatMap(({ name }) => {
    const totals = stats.plugins.get(name);
    const github = stats.github.get(name);
    return totals || github !== undefined ? [{ name, totals: totals ?? NOTHING, github }] : [];
  });
  const entries = known.map(({ name, totals: { total, last30Days } }) => [name, { total, last30Days }] as const);
  const shards = Array.from({ length: Math.ceil(entries.length / SHARD_SIZE) }, (_, index) => ({
    schemaVersion: 1 as const,
    shard: index + 1,
    plugins: Object.fromEntries(entries.slice(index * SHARD_SIZE, (index + 1) * SHARD_SIZE)),
  }));
  return {
    plugins: known.map(toPlugin),
    shards,
    totals: toTotals(known, { through: stats.through, shards: shards.length }),
  };
}

interface Known {
  readonly name: PluginName;
  readonly totals: PluginTotals;
  readonly github: number | undefined;
}

const NOTHING: PluginTotals = { ...noSpans(), ci: 0, daily: new Map(), versions: new Map() };

function toPlugin({ name, totals, github }: Known): StatsPluginDocument {
  const { ci, daily, versions } = totals;
  return {
    schemaVersion: 1,
    name,
    ...spansOf(totals),
    ci,
    ...(github === undefined ? {} : { github }),
    daily: sortedObject(daily),
    versions: sortedObject(
      new Map([...versions].map(([version, { total, last30Days }]) => [version, { total, last30Days }])),
    ),
  };
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
