export { createSearch, searchPlugins, type Search, type SearchResult } from './search.ts';
export { SORT_ORDERS, type SearchEntry, type SearchQuery, type SortOrder } from './query.ts';
