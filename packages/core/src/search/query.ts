import type { CategoryId, PluginType, SearchIndexDocument, Tag, TrustLevel } from '@ar-registry/schemas';

/** What a search needs of one plugin. */
export type SearchEntry = SearchIndexDocument['plugins'][number];

export const SORT_ORDERS = ['relevance', 'downloads', 'updated', 'name'] as const;

export type SortOrder = (typeof SORT_ORDERS)[number];

/** What is looked for. An empty text matches everything; filters must all hold. */
export interface SearchQuery {
  readonly text?: string;
  readonly type?: PluginType;
  readonly category?: CategoryId;
  readonly tag?: Tag;
  readonly trust?: TrustLevel;
  /** `relevance` unless given; without a text that is the order of downloads. */
  readonly sort?: SortOrder;
  /** At most so many plugins are returned; all unless given. */
  readonly limit?: number;
  /** So many are skipped first. */
  readonly offset?: number;
}
