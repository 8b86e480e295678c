/** What a program needs that only searches in shards: browsers load nothing of how an index is made. */
export type { SearchEntry, SearchQuery } from '../query.ts';
export type { SearchResult } from '../search.ts';
export { isSearchable } from '../tokenizer.ts';
export { searchShards } from './find.ts';
export type { FileName, SearchRoot } from './format.ts';
export type { ReadSearchFile, SearchDocumentKinds } from './reader.ts';
