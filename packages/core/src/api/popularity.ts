import type { SearchIndexDocument, TrustLevel } from '@ar-registry/schemas';

type Entry = SearchIndexDocument['plugins'][number];

const RANK: Readonly<Record<TrustLevel, number>> = { community: 0, verified: 1, official: 2 };

/** Most downloads first, then the higher trust, then the name. */
export function comparePopularity(a: Entry, b: Entry): number {
  return b.downloads - a.downloads || RANK[b.trust] - RANK[a.trust] || (a.name < b.name ? -1 : 1);
}
