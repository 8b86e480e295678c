/**
 * A search over an index in shards: the same answers, in the same order, as the search over all entries.
 *
 * Three ways lead to them, from the cheapest on. One key alone: its list begins with the answer. One of several keys with
 * a short list: the plugins of that list are looked through. Everything else: the lists of all keys are put together
 * (`find-by-lists.ts`).
 */
import { enoughFor, wantedWords } from '../ladder.ts';
import { chosenFacets, countFacets } from '../facets.ts';
import { orderOf, pageOf } from '../order.ts';
import type { SearchQuery } from '../query.ts';
import { rarityOf } from '../score.ts';
import type { SearchResult } from '../search.ts';
import type { Wanted } from '../strength.ts';
import { findByLists } from './find-by-lists.ts';
import { findInList } from './find-in-list.ts';
import type { SearchRoot } from './format.ts';
import { createGathering } from './gathering.ts';
import { EVERYTHING, beginningKey, filterKeys, wordOfTagKey } from './keys.ts';
import { idsByRank } from './ranked.ts';
import { createReader, type IndexReader, type KnownList, type ReadSearchFile, type Rows } from './reader.ts';
import type { ShardQuery } from './shard-query.ts';

/** @throws what `read` throws */
export async function searchShards(root: SearchRoot, query: SearchQuery, read: ReadSearchFile): Promise<SearchResult> {
  const reader = createReader(root, read);
  const words = wantedWords(query.text);
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
