/**
 * A search over an index in shards: the same answers, in the same order, as the search over all entries.
 *
 * Three ways lead to them, from the cheapest on. One key alone: its list begins with the answer. One of several keys with
 * a short list: the plugins of that list are looked through. Everything else: the lists of all keys are put together
 * (`find-by-lists.ts`).
 */
import { enoughFor, findAll, climb, wantedWords, type Asked, type Candidate } from '../ladder.ts';
import { factsOf, orderOf, pageOf, passes, sorted, type Found } from '../order.ts';
import type { SearchQuery } from '../query.ts';
import { rarityOf, standingOf } from '../score.ts';
import type { SearchResult } from '../search.ts';
import { strengthOf, type Step, type Wanted } from '../strength.ts';
import { termsOf, type Terms } from '../terms.ts';
import { wordsOfQuery } from '../words.ts';
import { findByLists } from './find-by-lists.ts';
import type { SearchRoot } from './format.ts';
import { EVERYTHING, beginningKey, filterKeys, wordOfTagKey } from './keys.ts';
import { createReader, type IndexReader, type KnownList, type ReadSearchFile, type Rows } from './reader.ts';

/** What a query comes to in an index. */
export interface ShardQuery {
  readonly query: SearchQuery;
  readonly asked: Asked;
  /** Keys of lists of which every answer is in each. */
  readonly filters: readonly string[];
}

/** @throws what `read` throws */
export async function searchShards(root: SearchRoot, query: SearchQuery, read: ReadSearchFile): Promise<SearchResult> {
  const reader = createReader(root, read);
  const words = wantedWords(wordsOfQuery(query.text ?? ''));
  const rarities = words.map(({ word }) => rarityOf(root.total, reader.commonCount(word) ?? 0));
  const shardQuery = {
    query,
    asked: { words, rarities },
    filters: filterKeys(query).map((key) => listedKey(key, reader)),
  };
  return (
    (await findInHead(shardQuery, reader)) ?? (await findInList(shardQuery, reader)) ?? findByLists(shardQuery, reader)
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
  if (query.sort === 'name' || asked.words.length + filters.length > 1) return undefined;
  const [word] = asked.words;
  if (!word) return findOfFacet(shardQuery, reader);
  return orderOf(query.sort, true) === 'score' ? findOfWord(word, query, reader) : undefined;
}

async function findOfFacet({ query, filters }: ShardQuery, reader: IndexReader): Promise<SearchResult | undefined> {
  const [key = EVERYTHING] = filters;
  // The list of a tag’s word has plugins without the tag as well.
  if (query.tag !== undefined && !key.startsWith('tag:')) return undefined;
  const list = await reader.list(key);
  return headOf(list, list.isWhole || query.sort !== 'updated' ? list.head : list.updated, query);
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
  // A whole list of what has no relevance is in the order of downloads.
  if (end > head.length || (head.length === count && query.sort === 'updated')) return undefined;
  return { total: count, plugins: pageOf(head, query).map(({ entry }) => entry) };
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
    return { total: found.length, plugins: pageOf(inOrder, query).map(({ id }) => known(id)) };
  };
  const passing = all.filter(({ entry }) => passes(entry, query));
  if (asked.words.length === 0) return answer(passing.map(({ id }) => ({ id, score: 0 })));
  const rows = passing.map(({ id, entry }): Row => ({ id, terms: termsOf(entry), standing: standingOf(entry) }));
  const strengthsOf = ({ terms }: Row, step: Step) => asked.words.map((word) => strengthOf(terms, word, step));
  if (filters.includes(pivot)) return answer(climb(rows, asked, strengthsOf));
  for (const step of stepsWithin(pivot, asked)) {
    const found = findAll(rows, asked, (row) => strengthsOf(row, step));
    if (found.length >= enoughFor(asked.words)) return answer(found);
  }
  return undefined;
}

/** The key with the shortest list, as far as that is known, of those whose lists are whole. */
function pivotOf({ asked, filters }: ShardQuery, reader: IndexReader): string | undefined {
  // A word that is not the last one holds for one step more, and a filter for all.
  const keys = [...filters, ...asked.words.map(({ word }) => word)].filter((key) => !reader.isLong(key));
  const [best] = keys.toSorted((a, b) => (reader.commonCount(a) ?? 0) - (reader.commonCount(b) ?? 0));
  return best;
}

/** The steps at which the list of a word has every answer. */
function stepsWithin(pivot: string, { words }: Asked): readonly Step[] {
  return words.some(({ word, isLast }) => word === pivot && isLast) ? ['word'] : ['word', 'beginning'];
}

function bug(id: number): never {
  throw new Error(`No plugin has the number ${id}.`);
}
