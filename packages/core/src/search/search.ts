/**
 * The search over all entries: of small registries, and what the search in shards is measured against.
 *
 * It looks at every entry: at 10,000 plugins that takes about 0.1 s, and some milliseconds once they are prepared.
 */
import { assignIds } from './ids.ts';
import { climb, wantedWords, type Candidate } from './ladder.ts';
import { countFacets, passing, type FacetCounts } from './facets.ts';
import { countInOrder, factsOf, orderOf, pageOf, sorted, type Found } from './order.ts';
import { rankedFirst } from './ranks.ts';
import type { SearchEntry, SearchQuery } from './query.ts';
import { rarityOf, standingOf } from './score.ts';
import { refined } from './refine.ts';
import { strengthOf, type Typed } from './strength.ts';
import { termsOf, type Terms } from './terms.ts';

export interface SearchResult {
  /** How many match, of which `plugins` is one page. */
  readonly total: number;
  readonly plugins: readonly SearchEntry[];
  /** Of all that match, where the query asks for it; not there where the search did not come to know all of them. */
  readonly facets?: FacetCounts;
}

/** Entries made ready for many queries. */
export interface Search {
  find(query: SearchQuery): SearchResult;
}

/** One query. The result depends on the entries and the query alone, not on their order. */
export function searchPlugins(entries: readonly SearchEntry[], query: SearchQuery): SearchResult {
  return createSearch(entries).find(query);
}

interface Prepared extends Candidate {
  readonly terms: Terms;
}

/** Prepares `entries` once. */
export function createSearch(entries: readonly SearchEntry[]): Search {
  const ids = assignIds(entries.map(({ name }) => name));
  const byId = new Map(entries.map((entry) => [ids.get(entry.name) ?? 0, entry]));
  let prepared: readonly Prepared[] | undefined;
  const prepare = (): readonly Prepared[] =>
    (prepared ??= [...byId].map(([id, entry]) => ({ id, terms: termsOf(entry), standing: standingOf(entry) })));
  return {
    find: (query) => {
      const words = wantedWords(query.text);
      const found = words.length === 0 ? everything(byId, query) : findWords(prepare(), words, query);
      const entry = ({ id }: Pick<Found, 'id'>): SearchEntry => known(byId, id);
      const by = orderOf(query.sort, words.length > 0);
      const inOrder = sorted(found, { by, count: countInOrder(query) }, (id) => factsOf(entry({ id })));
      const inPlace = refined(inOrder, { query, words, by }, (id) => entry({ id }));
      const ranked = rankedFirst(inPlace, query.ranks, (id) => entry({ id }).name);
      const plugins = pageOf(ranked, query).map(entry);
      return { total: found.length, plugins, ...(query.countsFacets ? { facets: countFacets(found.map(entry)) } : {}) };
    },
  };
}

function everything(byId: ReadonlyMap<number, SearchEntry>, query: SearchQuery): readonly Found[] {
  const passes = passing(query);
  return [...byId].filter(([, entry]) => passes(entry)).map(([id]) => ({ id, score: 0 }));
}

function findWords(prepared: readonly Prepared[], words: readonly Typed[], query: SearchQuery): readonly Found[] {
  const rarities = words.map(({ word }) =>
    rarityOf(prepared.length, prepared.filter(({ terms }) => terms.strengths.has(word)).length),
  );
  const passes = passing(query);
  const candidates = prepared.filter(({ terms }) => passes(terms.entry));
  return climb(candidates, { words, rarities }, ({ terms }, step) =>
    words.map((word) => strengthOf(terms, word, step)),
  );
}

function known(byId: ReadonlyMap<number, SearchEntry>, id: number): SearchEntry {
  const entry = byId.get(id);
  if (!entry) throw new Error(`No plugin has the number ${id}.`);
  return entry;
}
