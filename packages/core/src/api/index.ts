export { toAdvisories, toAdvisory } from './advisory-documents.ts';
export {
  DEFAULT_PAGE_SIZE,
  buildDocuments,
  pluginDocuments,
  registryDocuments,
  type ApiDocument,
  type BuildInputs,
  type ReadmeFacts,
} from './build.ts';
export { isListed, latestOf } from './latest.ts';
export { excludeVersions } from './exclude.ts';
export { toOverview, toSearchEntry, type Overview, type PluginOverview } from './overview.ts';
export { comparePopularity } from './popularity.ts';
export { FEATURED_COUNT, POPULAR_COUNT, toCategories, toSinglePage, toTags, withoutCounters } from './lists.ts';
export {
  comparePlaces,
  countPages,
  placeOf,
  placesOf,
  toPage,
  toPluginList,
  type ListPlace,
  type ListPlaces,
} from './plugin-pages.ts';
export { toConfig, toSearchFacts, toStatus } from './registry-documents.ts';
export { SHARDED_FROM, type SearchOptions } from './search-documents.ts';
export { recountStatsRegistry } from './stats-registry.ts';
export { registryTable } from './stats-tables.ts';
export { firstPublishedAt, toSummary } from './summary.ts';
