/**
 * A search over an index in shards: the same answers, in the same order, as the search over all entries.
 *
 * Three ways lead to them, from the cheapest on. One key alone: its list begins with the answer. One of several keys with
 * a short list: the plugins of that list are looked through. Everything else: the lists of all keys are put together
 * (`find-by-lists.ts`).
 */
import { enoughFor, findAll, climb, wantedWords, type Asked, type Candidate } from '../ladder.ts';
import { chosenFacets, countFacets, passing } from '../facets.ts';
import { factsOf, orderOf, pageOf, sorted, type Found } from '../order.ts';
import type { SearchQuery } from '../query.ts';
import { rankedFirst } from '../ranks.ts';
import { rarityOf, standingOf } from '../score.ts';
import type { SearchResult } from '../search.ts';
import { strengthOf, type Step, type Wanted } from '../strength.ts';
import { termsOf, type Terms } from '../terms.ts';
import { wordsOfQuery } from '../words.ts';
import { findByLists } from './find-by-lists.ts';
import type { SearchRoot } from './format.ts';
import { createGathering } from './gathering.ts';
import { EVERYTHING, beginningKey, filterKeys, wordOfTagKey } from './keys.ts';
import { idsByRank } from './ranked.ts';
import { createReader, type IndexReader, type KnownList, type ReadSearchFile, type Rows } from './reader.ts';

/** What a query comes to in an index. */
export interface ShardQuery {
  readonly query: SearchQuery;
  readonly asked: Asked;
  /** Groups of keys: every answer is in a list of each group. */
  readonly filters: readonly (readonly string[])[];
}

/** @throws what `read` throws */
export async function searchShards(root: SearchRoot, query: SearchQuery, read: ReadSearchFile): Promise<SearchResult> {
  const reader = createReader(root, read);
  const words = wantedWords(wordsOfQuery(query.text ?? ''));
  const rarities = words.map(({ word }) => rarityOf(root.total, reader.commonCount(word) ?? 0));
  const shardQuery = {
    query,
    asked: { words, rarities },
    filters: filterKeys(query).map((keys) => keys.map((key) => listedKey(key, reader))),
  };
  return (
    (await findInHead(shardQuery, reader)) ??
    (await findRanked(shardQuery, reader)) ??
    (await findInList(shardQuery, reader)) ??
    findByLists(shardQuery, reader)
  );
}

/** Where the plugins with a tag are listed: under its word, as long as that list is whole. */
function listedKey(key: string, reader: IndexReader): string {
  const word = wordOfTagKey(key);
  return word === undefined || reader.isLong(word) ? key : word;
}

/** The answer to a query of one key alone, where the first plugins of its list are all that it asks for. */
async function findInHead(shardQuery: ShardQuery, reader: IndexReader): Promise<SearchResult | undefined> {
  const { query, asked, filters } = shardQuery;
  if (hasRanks(query) || asked.words.length + filters.flat().length > 1) return undefined;
  const [word] = asked.words;
  if (!word) return findOfFacet(shardQuery, reader);
  return orderOf(query.sort, true) === 'score' ? findOfWord(word, query, reader) : undefined;
}

async function findOfFacet({ query, filters }: ShardQuery, reader: IndexReader): Promise<SearchResult | undefined> {
  const [key = EVERYTHING] = filters.flat();
  const [facet] = chosenFacets(query)[0] ?? [];
  // The list of a tag’s word has plugins without the tag as well.
  if (facet === 'tag' && !key.startsWith('tag:')) return undefined;
  const list = await reader.list(key);
  const head = headBy(list, query);
  return head && headOf(list, head, query);
}

/** The plugins that come first in the order of a query without words, where a list begins with them. */
function headBy({ head, updated, isWhole }: KnownList, { sort }: SearchQuery): Rows | undefined {
  if (sort === 'name') return undefined;
  if (sort !== 'updated') return head;
  // A whole list is in the order of downloads.
  return isWhole ? undefined : updated;
}

async function findOfWord(
  { word }: Wanted,
  query: SearchQuery,
  reader: IndexReader,
): Promise<SearchResult | undefined> {
  const enough = enoughFor([word]);
  const list = await reader.list(word);
  if (list.count >= enough) return headOf(list, list.head, query);
  if (reader.shardsBetween(word, `${word}\uffff`).length === 1) return undefined;
  const beginning = await reader.list(beginningKey(word));
  return beginning.count >= enough ? headOf(beginning, beginning.head, query) : undefined;
}

function headOf({ count }: KnownList, head: Rows, query: SearchQuery): SearchResult | undefined {
  const end = Math.min(count, (query.offset ?? 0) + (query.limit ?? count));
  if (end > head.length) return undefined;
  const isCounted = query.countsFacets === true && head.length === count;
  const facets = isCounted ? { facets: countFacets(head.slice().map(({ entry }) => entry)) } : {};
  return { total: count, plugins: pageOf(head, query).map(({ entry }) => entry), ...facets };
}

function hasRanks({ ranks }: SearchQuery): boolean {
  return ranks !== undefined && ranks.size > 0;
}

/** All plugins, those with a rank first, as far as the best of the others go that a list begins with. */
async function findRanked(
  { query, asked, filters }: ShardQuery,
  reader: IndexReader,
): Promise<SearchResult | undefined> {
  const { ranks, offset = 0, limit = Infinity } = query;
  if (!ranks || !hasRanks(query) || asked.words.length + filters.length > 0) return undefined;
  const head = headBy(await reader.list(EVERYTHING), query);
  if (!head) return undefined;
  const { total } = reader.root;
  const count = Math.min(offset + limit, total);
  const gathering = createGathering(reader, query);
  const first = await idsByRank(ranks, gathering, { isWanted: () => true, count });
  const ids = new Set(first);
  const others = head.slice().filter(({ id }) => !ids.has(id));
  const entries = [...first.map((id) => gathering.entry(id)), ...others.map(({ entry }) => entry)];
  return count > entries.length ? undefined : { total, plugins: pageOf(entries, query) };
}

interface Row extends Candidate {
  readonly terms: Terms;
}

/** The answer among the plugins of one whole list, where every answer is in it. */
async function findInList(shardQuery: ShardQuery, reader: IndexReader): Promise<SearchResult | undefined> {
  const { query, asked, filters } = shardQuery;
  const pivot = pivotOf(shardQuery, reader);
  if (pivot === undefined) return undefined;
  const list = await reader.list(pivot);
  if (!list.isWhole) return undefined;
  const all = list.head.slice();
  const entries = new Map(all.map(({ id, entry }) => [id, entry]));
  const known = (id: number) => entries.get(id) ?? bug(id);
  const answer = (found: readonly Found[]): SearchResult => {
    const inOrder = sorted(found, orderOf(query.sort, asked.words.length > 0), (id) => factsOf(known(id)));
    const ranked = rankedFirst(inOrder, query.ranks, (id) => known(id).name);
    const facets = query.countsFacets ? { facets: countFacets(found.map(({ id }) => known(id))) } : {};
    return { total: found.length, plugins: pageOf(ranked, query).map(({ id }) => known(id)), ...facets };
  };
  const passes = passing(query);
  const passed = all.filter(({ entry }) => passes(entry));
  if (asked.words.length === 0) return answer(passed.map(({ id }) => ({ id, score: 0 })));
  const rows = passed.map(({ id, entry }): Row => ({ id, terms: termsOf(entry), standing: standingOf(entry) }));
  const strengthsOf = ({ terms }: Row, step: Step) => asked.words.map((word) => strengthOf(terms, word, step));
  if (alone(filters).includes(pivot)) return answer(climb(rows, asked, strengthsOf));
  for (const step of stepsWithin(pivot, asked)) {
    const found = findAll(rows, asked, (row) => strengthsOf(row, step));
    if (found.length >= enoughFor(asked.words)) return answer(found);
  }
  return undefined;
}

/** The key with the shortest list, as far as that is known, of those whose lists are whole. */
function pivotOf({ asked, filters }: ShardQuery, reader: IndexReader): string | undefined {
  // A word that is not the last one holds for one step more, and a filter for all.
  const keys = [...alone(filters), ...asked.words.map(({ word }) => word)].filter((key) => !reader.isLong(key));
  const [best] = keys.toSorted((a, b) => (reader.commonCount(a) ?? 0) - (reader.commonCount(b) ?? 0));
  return best;
}

/** Keys of groups with no other: only in such a list is every answer. */
function alone(filters: ShardQuery['filters']): readonly string[] {
  return filters.flatMap((keys) => (keys.length === 1 ? keys : []));
}

/** The steps at which the list of a word has every answer. */
function stepsWithin(pivot: string, { words }: Asked): readonly Step[] {
  return words.some(({ word, isLast }) => word === pivot && isLast) ? ['word'] : ['word', 'beginning'];
}

function bug(id: number): never {
  throw new Error(`No plugin has the number ${id}.`);
}
