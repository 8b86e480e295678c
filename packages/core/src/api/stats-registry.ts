/** The registry as those who run it look at it: what is used, what fails, what people look for and what is missing. */
import type { StatsPluginDocument, StatsRegistryDocument } from '@ar-registry/schemas';
import { mostTerms, sumTerms, usageDays, type TermCounts } from '../stats/index.ts';
import type { Overview, PluginOverview } from './overview.ts';

const MOST_RATES = 1000;
const MOST_TERMS = 100;

/** @param documents of all plugins of which something was counted */
export function toStatsRegistry(
  { stats, plugins }: Pick<Overview, 'stats' | 'plugins'>,
  documents: readonly StatsPluginDocument[],
): StatsRegistryDocument {
  const listed = plugins.filter(({ entry }) => entry !== undefined);
  const { month } = usageDays(stats.recent);
  const terms = (of: (day: (typeof month)[number]) => TermCounts | undefined): StatsRegistryDocument['searches'] => {
    const sums = new Map<string, number>();
    for (const day of month) sumTerms(sums, of(day));
    return [...mostTerms(sums, MOST_TERMS)].map(([text, count]) => ({ terms: text, count }));
  };
  return {
    schemaVersion: 1,
    ...(stats.through === undefined ? {} : { through: stats.through }),
    plugins: listed.length,
    versions: plugins.reduce((sum, { versions }) => sum + versions, 0),
    downloads: documents.reduce((sum, { last30Days }) => sum + last30Days, 0),
    ...activePart(documents),
    categories: categoriesOf(listed, documents),
    errorRates: errorRatesOf(documents),
    searches: terms(({ searches }) => searches),
    missed: terms(({ missed }) => missed),
  };
}

/** Absent where none is known, which is not the same as none. */
function activePart(documents: readonly StatsPluginDocument[]): { readonly activeInstallations?: number } {
  const known = documents.flatMap(({ activeInstallations }) => activeInstallations ?? []);
  return known.length === 0 ? {} : { activeInstallations: known.reduce((sum, count) => sum + count, 0) };
}

function categoriesOf(
  listed: readonly PluginOverview[],
  documents: readonly StatsPluginDocument[],
): StatsRegistryDocument['categories'] {
  const byName = new Map(documents.map((document) => [document.name, document]));
  const groups = Map.groupBy(listed, ({ entry }) => entry?.category);
  return [...groups]
    .flatMap(([id, plugins]) => {
      if (id === undefined) return [];
      const own = plugins.flatMap(({ name }) => byName.get(name) ?? []);
      const downloads = own.reduce((sum, { last30Days }) => sum + last30Days, 0);
      return [{ id, plugins: plugins.length, downloads, ...activePart(own) }];
    })
    .toSorted(byDownloads);
}

/**
 * The document after a change of plugins of which nothing was counted: of them it says only how many there are.
 *
 * @param categories how many listed plugins each has
 */
export function recountStatsRegistry(
  document: StatsRegistryDocument,
  {
    plugins,
    versions,
    categories,
  }: Pick<StatsRegistryDocument, 'plugins' | 'versions'> & { readonly categories: ReadonlyMap<string, number> },
): StatsRegistryDocument {
  const known = new Map(document.categories.map((category) => [category.id, category]));
  const counted = [...categories].map(([id, count]) => ({ downloads: 0, ...known.get(id), id, plugins: count }));
  const inOrder = counted.map(({ downloads, ...rest }) => {
    const { id, plugins: count, ...active } = rest;
    return { id, plugins: count, downloads, ...active };
  });
  return { ...document, plugins, versions, categories: inOrder.toSorted(byDownloads) };
}

type CategoryCounts = StatsRegistryDocument['categories'][number];

function byDownloads(a: CategoryCounts, b: CategoryCounts): number {
  return b.downloads - a.downloads || (a.id < b.id ? -1 : 1);
}

function errorRatesOf(documents: readonly StatsPluginDocument[]): StatsRegistryDocument['errorRates'] {
  return documents
    .flatMap(({ name, starts = 0, errorRate, averageLoadMs }) =>
      errorRate === undefined
        ? []
        : [{ name, starts, errorRate, ...(averageLoadMs === undefined ? {} : { averageLoadMs }) }],
    )
    .toSorted((a, b) => b.errorRate - a.errorRate || b.starts - a.starts || (a.name < b.name ? -1 : 1))
    .slice(0, MOST_RATES);
}
