/** Pagefind. Its bundle lies in the output and is no module of ours. */
import type { Query } from './query.ts';
import type { Counts, Found, SearchEngine } from './search-engine.ts';

interface Pagefind {
  init(): Promise<void>;
  options(options: object): Promise<void>;
  /** @param words `null` for everything */
  search(words: string | null, asked: Asked): Promise<Results>;
  filters(): Promise<Counts>;
}

interface Asked {
  readonly filters?: Readonly<Record<string, { readonly any: readonly string[] }>>;
  readonly sort?: Readonly<Record<string, 'asc' | 'desc'>>;
}

interface Results {
  readonly results: readonly { readonly data: () => Promise<Result> }[];
  /** Empty until the filters were loaded. */
  readonly filters: Counts;
}

/** What `src/build/search-index.ts` wrote of a plugin. */
interface Result {
  readonly url: string;
  readonly meta: Readonly<Record<string, string>>;
}

/** @param base of the site, with a slash at its end */
export async function openPagefind(base: string): Promise<SearchEngine> {
  const pagefind = (await import(/* @vite-ignore */ `${base}pagefind/pagefind.js`)) as Pagefind;
  await pagefind.options({ baseUrl: '/', excerptLength: 18, ranking: { termFrequency: 0.4, pageLength: 0.2 } });
  await pagefind.init();
  return {
    facets: () => pagefind.filters(),
    search: async (query) => {
      const { results, filters } = await pagefind.search(query.words === '' ? null : query.words, toAsked(query));
      return {
        total: results.length,
        counts: filters,
        page: (from, count) =>
          Promise.all(results.slice(from, from + count).map(async (result) => toFound(await result.data()))),
      };
    },
  };
}

function toAsked({ words, chosen, sort }: Query): Asked {
  const facets = [...new Set(chosen.map(({ facet }) => facet))];
  const filters = Object.fromEntries(
    facets.map((facet) => [
      facet,
      { any: chosen.filter((choice) => choice.facet === facet).map(({ value }) => value) },
    ]),
  );
  // Without words nothing is more relevant than something else.
  const by = sort === 'relevance' && words === '' ? 'downloads' : sort;
  return { ...(facets.length > 0 ? { filters } : {}), ...(by === 'relevance' ? {} : { sort: { [by]: 'desc' } }) };
}

function toFound({ url, meta }: Result): Found {
  const { title = '', version = '', type = '', trust = '', description = '', downloads = '0', rating } = meta;
  const shown = { url, name: title, version, type, trust, description, downloads: Number(downloads) };
  return rating === undefined ? shown : { ...shown, rating };
}
