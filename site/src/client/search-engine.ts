/**
 * What answers searches: Pagefind over the pages of a small registry, or the shards of a large one, which the command line
 * searches too. The page says which; a browser loads that one, when somebody means to search.
 */
import type { Query } from './query.ts';

export interface Found {
  readonly url: string;
  readonly name: string;
  readonly version: string;
  readonly type: string;
  readonly trust: string;
  readonly description: string;
  /** In 30 days. */
  readonly downloads: number;
  /** Its mean, for a reader. */
  readonly rating?: string;
}

/** Facet → value → how many plugins have it. */
export type Counts = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface Answer {
  /** How many match. */
  readonly total: number;
  /** Of all that match; not there where the facets were not loaded, or nobody knows without reading all of them. */
  readonly counts?: Counts;
  /** @returns fewer than `count` at the end */
  page(from: number, count: number): Promise<readonly Found[]>;
}

export interface Show {
  /** How many are shown first. */
  readonly first: number;
  /** Whether ratings are shown with them. */
  readonly hasRatings: boolean;
}

export interface SearchEngine {
  /** Rejects where the index cannot be loaded. */
  search(query: Query, show: Show): Promise<Answer>;
  /** All there are to choose from, or the most used; answers carry counts from then on. */
  facets(): Promise<Counts>;
}

let loading: Promise<SearchEngine> | undefined;

/** @param base of the site, with a slash at its end */
export function loadEngine(base: string): Promise<SearchEngine> {
  loading ??= load(base).catch((error: unknown) => {
    // Whoever is connected again may try again.
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load(base: string): Promise<SearchEngine> {
  if (document.body.dataset['engine'] === 'shards') return (await import('./shard-engine.ts')).openShards(base);
  return (await import('./pagefind-engine.ts')).openPagefind(base);
}
