import type { Asked } from '../ladder.ts';
import type { SearchQuery } from '../query.ts';

/** What a query comes to in an index. */
export interface ShardQuery {
  readonly query: SearchQuery;
  readonly asked: Asked;
  /** Groups of keys: every answer is in a list of each group. */
  readonly filters: readonly (readonly string[])[];
}
