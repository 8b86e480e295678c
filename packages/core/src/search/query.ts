import type { CategoryId, PluginName, PluginType, SearchIndexDocument, Tag, TrustLevel } from '@ar-registry/schemas';

/** What a search needs of one plugin. */
export type SearchEntry = SearchIndexDocument['plugins'][number];

export const SORT_ORDERS = ['relevance', 'downloads', 'updated', 'name'] as const;

export type SortOrder = (typeof SORT_ORDERS)[number];

/** One value, or several of which any will do; none are no filter. */
export type AnyOf<T extends string> = T | readonly T[];

/** What is looked for. An empty text matches everything; filters must all hold. */
export interface SearchQuery {
  readonly text?: string;
  readonly type?: AnyOf<PluginType>;
  readonly category?: AnyOf<CategoryId>;
  readonly tag?: AnyOf<Tag>;
  readonly trust?: AnyOf<TrustLevel>;
  readonly license?: AnyOf<string>;
  /** `relevance` unless given; without a text that is the order of downloads. */
  readonly sort?: SortOrder;
  /** Plugins that come before all others, the highest number first: an order that no index knows, as that of ratings. */
  readonly ranks?: ReadonlyMap<PluginName, number>;
  /** Whether it is of interest how many of the answers have which type, tag and so on. */
  readonly countsFacets?: boolean;
  /** At most so many plugins are returned; all unless given. */
  readonly limit?: number;
  /** So many are skipped first. */
  readonly offset?: number;
}
