export { createSearch, searchPlugins, type Search, type SearchResult } from './search.ts';
export { SORT_ORDERS, type SearchEntry, type SearchQuery, type SortOrder } from './query.ts';
export {
  buildShardedIndex,
  buildShards,
  changeShards,
  fileNameOf,
  shardFileNames,
  type BuildShardsOptions,
  type ChangeShardsOptions,
  type SearchFile,
  type ShardedIndex,
} from './shards/build.ts';
export type { SearchChange } from './shards/change.ts';
export type { PublishedShards, SearchState } from './shards/state.ts';
export { searchShards } from './shards/find.ts';
export type { FileName, SearchRoot } from './shards/format.ts';
export { SHARD_LIMITS, type ShardLimits } from './shards/limits.ts';
export type { ReadSearchFile, SearchDocumentKinds } from './shards/reader.ts';
export { touchedShards } from './shards/touched.ts';
