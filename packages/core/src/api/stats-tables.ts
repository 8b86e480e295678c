/** The statistics as tables, for spreadsheets. */
import type { DailyStats, PluginName, StatsRegistryDocument, StatsTotalsDocument, Version } from '@ar-registry/schemas';
import { toCsv, type CsvCell } from '../stats/index.ts';

/** Columns of the table of a plugin, after the day and the version. */
const COUNTED: readonly (readonly [column: string, of: (stats: DailyStats) => DailyStats['downloads'] | undefined])[] =
  [
    ['downloads', ({ downloads }) => downloads],
    ['ci_downloads', ({ ciDownloads }) => ciDownloads],
    ['installs', ({ events }) => events['install']],
    ['active', ({ events }) => events['active']],
    ['loads', ({ events }) => events['load']],
    ['errors', ({ events }) => events['error']],
  ];

/** One plugin: a line for each day and version of which something was counted. @param days in order */
export function pluginTable(name: PluginName, days: readonly DailyStats[]): string {
  return toCsv(['day', 'version', ...COUNTED.map(([column]) => column)], pluginRows(name, days));
}

function* pluginRows(name: PluginName, days: readonly DailyStats[]): Generator<readonly CsvCell[]> {
  for (const stats of days) {
    const counts = COUNTED.map(([, of]) => of(stats)?.[name] ?? {});
    const versions = new Set<Version>(counts.flatMap((own) => Object.keys(own)));
    for (const version of [...versions].toSorted())
      yield [stats.day, version, ...counts.map((own) => own[version] ?? 0)];
  }
}

/** The registry: a line for each number. */
export function registryTable(registry: StatsRegistryDocument, totals: StatsTotalsDocument): string {
  return toCsv(['section', 'item', 'measure', 'value'], registryRows(registry, totals));
}

function* registryRows(registry: StatsRegistryDocument, { daily }: StatsTotalsDocument): Generator<readonly CsvCell[]> {
  const { plugins, versions, downloads, activeInstallations } = registry;
  yield* rows('registry', '', { plugins, versions, downloads, active_installations: activeInstallations });
  for (const [day, count] of Object.entries(daily)) yield ['day', day, 'downloads', count];
  for (const { id, ...category } of registry.categories)
    yield* rows('category', id, {
      plugins: category.plugins,
      downloads: category.downloads,
      active_installations: category.activeInstallations,
    });
  for (const { name, starts, errorRate, averageLoadMs } of registry.errorRates)
    yield* rows('plugin', name, { starts, error_rate: errorRate, average_load_ms: averageLoadMs });
  for (const { terms, count } of registry.searches) yield ['search', terms, 'clients', count];
  for (const { terms, count } of registry.missed) yield ['missed', terms, 'clients', count];
}

function* rows(
  section: string,
  item: string,
  measures: Readonly<Record<string, number | undefined>>,
): Generator<readonly CsvCell[]> {
  for (const [measure, value] of Object.entries(measures))
    if (value !== undefined) yield [section, item, measure, value];
}
