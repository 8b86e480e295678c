export { buildDocuments, type ApiDocument, type BuildInputs, type ReadmeFacts } from './build.ts';
export { isListed, latestOf } from './latest.ts';
export { excludeVersions } from './exclude.ts';
export { comparePopularity } from './popularity.ts';
export type { SearchOptions } from './search-documents.ts';
export { toSummary } from './summary.ts';
