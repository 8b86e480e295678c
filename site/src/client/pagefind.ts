/** Pagefind, loaded when somebody means to search. Its bundle lies in the output and is no module of ours. */

export interface Found {
  readonly url: string;
  readonly meta: Readonly<Record<string, string>>;
  readonly excerpt: string;
}

export type Counts = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface Answer {
  readonly results: readonly { readonly data: () => Promise<Found> }[];
  /** Facet → value → how many there would be. Empty until the facets were loaded. */
  readonly filters: Counts;
  readonly unfilteredResultCount: number;
}

export interface Asked {
  readonly filters?: Readonly<Record<string, { readonly any: readonly string[] }>>;
  readonly sort?: Readonly<Record<string, 'asc' | 'desc'>>;
}

export interface Pagefind {
  init(): Promise<void>;
  options(options: object): Promise<void>;
  preload(words: string): Promise<void>;
  /** @param words `null` for everything */
  search(words: string | null, asked?: Asked): Promise<Answer>;
  filters(): Promise<Counts>;
}

let loading: Promise<Pagefind> | undefined;

/** @param base of the site, with a slash at its end */
export function loadPagefind(base: string): Promise<Pagefind> {
  loading ??= load(base);
  return loading;
}

async function load(base: string): Promise<Pagefind> {
  const pagefind = (await import(/* @vite-ignore */ `${base}pagefind/pagefind.js`)) as Pagefind;
  await pagefind.options({ baseUrl: '/', excerptLength: 18, ranking: { termFrequency: 0.4, pageLength: 0.2 } });
  await pagefind.init();
  return pagefind;
}
