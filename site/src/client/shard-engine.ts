/** Searches the shards of a large registry with the code of the command line: the same answers in the same order. */
import {
  searchShards,
  type SearchEntry,
  type SearchQuery,
  type SearchResult,
  type SearchRoot,
} from '@ar-registry/core/search/shards';
import type { RatingsDocument } from '@ar-registry/schemas';
import { FACETS, type Query } from './query.ts';
import type { Counts, Found, SearchEngine } from './search-engine.ts';
import { openShardFiles, type ShardFiles } from './shard-files.ts';

type Ratings = RatingsDocument['ratings'];

/** @param base of the site, with a slash at its end */
export async function openShards(base: string): Promise<SearchEngine> {
  const api = `${base}api/v1/`;
  let files = await openShardFiles(api);
  let loading: Promise<Ratings> | undefined;
  let countsFacets = false;
  const ratings = (): Promise<Ratings> => {
    loading ??= loadRatings(api);
    loading.catch(() => (loading = undefined));
    return loading;
  };
  // Without them plugins are found all the same.
  const shownRatings = (): Promise<Ratings> => ratings().catch(() => ({}));
  const find = async (query: SearchQuery): Promise<SearchResult> => {
    try {
      return await findIn(files, query);
    } catch {
      // The registry was published anew while the page was open: its files have other names.
      files = await openShardFiles(api);
      return findIn(files, query);
    }
  };
  return {
    facets: async () => {
      countsFacets = true;
      return countsIn(files.root);
    },
    search: async (query, show) => {
      const [asked, rated] = await Promise.all([toAsked(query, ratings), show.hasRatings ? shownRatings() : {}]);
      const found = await find({ ...asked, limit: show.first, countsFacets });
      const toFound = foundIn(base, rated);
      return {
        total: found.total,
        ...(found.facets ? { counts: found.facets } : {}),
        page: async (offset, limit) => {
          const isFirst = offset === 0 && limit === show.first;
          const { plugins } = isFirst ? found : await find({ ...asked, offset, limit });
          return plugins.map(toFound);
        },
      };
    },
  };
}

/** The root has them: nothing more is to be loaded. */
function countsIn({ common }: SearchRoot): Counts {
  const counts = FACETS.map((facet) => {
    const own = Object.entries(common).filter(([key]) => key.startsWith(`${facet}:`));
    return [facet, Object.fromEntries(own.map(([key, count]) => [key.slice(facet.length + 1), count]))] as const;
  });
  return Object.fromEntries(counts);
}

function findIn({ root, read }: ShardFiles, query: SearchQuery): Promise<SearchResult> {
  return searchShards(root, query, read);
}

/** Plugins without a rating are all alike: they come in the order that there is without one. */
async function toAsked({ words, chosen, sort }: Query, ratings: () => Promise<Ratings>): Promise<SearchQuery> {
  const filters = FACETS.map((facet) => [
    facet,
    chosen.filter((choice) => choice.facet === facet).map(({ value }) => value),
  ]);
  // What the address names and no plugin has finds nothing.
  const asked = { text: words, ...Object.fromEntries(filters) } as SearchQuery;
  if (sort === 'downloads' || sort === 'updated') return { ...asked, sort };
  if (sort !== 'rating') return asked;
  return { ...asked, ranks: new Map(Object.entries(await ratings()).map(([name, { bayesian }]) => [name, bayesian])) };
}

/** An API of a registry that nobody rates may have none. */
async function loadRatings(api: string): Promise<Ratings> {
  const response = await fetch(`${api}stats/ratings.json`);
  return response.ok ? ((await response.json()) as RatingsDocument).ratings : {};
}

function foundIn(base: string, ratings: Ratings): (entry: SearchEntry) => Found {
  return ({ name, version, type, trust, description, downloads }) => {
    const rating = Object.hasOwn(ratings, name) ? ratings[name] : undefined;
    const found = { url: `${base}plugins/${name}/`, name, version, type, trust, description, downloads };
    return rating ? { ...found, rating: rating.mean.toFixed(1) } : found;
  };
}
