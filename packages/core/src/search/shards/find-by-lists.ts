/**
 * The search that puts the lists of all keys together: of long ones the numbers alone, so that any intersection is exact
 * without the plugins themselves, which are read in the end and for one page.
 */
import { enoughFor, findMost, type Asked } from '../ladder.ts';
import { countFacets, type FacetCounts } from '../facets.ts';
import { countInOrder, orderOf, pageOf, sorted, type Facts, type Found } from '../order.ts';
import { readFirst, refined } from '../refine.ts';
import type { SearchResult } from '../search.ts';
import { STEPS, type Step } from '../strength.ts';
import { createGathering, type Gathering } from './gathering.ts';
import { EVERYTHING } from './keys.ts';
import { commonOf, eachOf, findInAll, toUnion, type Listed } from './listed.ts';
import { rankedFirstByNumber } from './ranked.ts';
import type { IndexReader } from './reader.ts';
import type { ShardQuery } from './shard-query.ts';

export async function findByLists(shardQuery: ShardQuery, reader: IndexReader): Promise<SearchResult> {
  const { query, asked } = shardQuery;
  const gathering = createGathering(reader, query);
  const found =
    asked.words.length === 0 ? await filtered(shardQuery, gathering) : await withWords(shardQuery, gathering);
  const by = orderOf(query.sort, asked.words.length > 0);
  if (by === 'name') await gathering.readEntries(found.map(({ id }) => id));
  if (by === 'downloads' || by === 'updated') await gathering.readColumns(found.map(({ id }) => id));
  const facts = (id: number): Facts => gathering.facts(id);
  const inOrder = sorted(found, { by, count: countInOrder(query) }, facts);
  const refining = { query, words: asked.words, by };
  await gathering.readEntries(readFirst(inOrder, refining));
  const inPlace = refined(inOrder, refining, (id) => gathering.entry(id));
  const ranked = await rankedFirstByNumber(inPlace, query, gathering);
  const page = pageOf(ranked, query).map(({ id }) => id);
  await gathering.readEntries(page);
  const facets = query.countsFacets ? countKnown(found, gathering) : undefined;
  return { total: found.length, plugins: page.map((id) => gathering.entry(id)), ...(facets ? { facets } : {}) };
}

/** Nothing where of some the number alone is known. */
function countKnown(found: readonly Found[], gathering: Gathering): FacetCounts | undefined {
  const entries = found.flatMap(({ id }) => gathering.known(id) ?? []);
  return entries.length === found.length ? countFacets(entries) : undefined;
}

function idsOfGroups(filters: ShardQuery['filters'], gathering: Gathering): Promise<readonly Listed[]> {
  return Promise.all(filters.map(async (keys) => toUnion(await Promise.all(keys.map((key) => gathering.idsOf(key))))));
}

async function filtered({ filters }: ShardQuery, gathering: Gathering): Promise<readonly Found[]> {
  const lists = await idsOfGroups(filters.length > 0 ? filters : [[EVERYTHING]], gathering);
  return Array.from(
    commonOf(lists).ids.filter((id) => gathering.mayPass(id)),
    (id) => ({ id, score: 0 }),
  );
}

/** The steps of `climb`, of which each reads what the one before did not need. */
async function withWords({ asked, filters }: ShardQuery, gathering: Gathering): Promise<readonly Found[]> {
  const lists = await idsOfGroups(filters, gathering);
  const passes = (id: number): boolean => gathering.mayPass(id);
  const standing = (id: number): number => gathering.standing(id);
  let found: readonly Found[] = [];
  for (const step of STEPS) {
    const words = await atStep(step, asked, gathering);
    found = findInAll({ words, filters: lists, rarities: asked.rarities, passes, standing });
    if (found.length >= enoughFor(asked.words)) return found;
  }
  return found.length > 0 ? found : findAny({ asked, filters: lists }, gathering);
}

function atStep(step: Step, { words }: Asked, gathering: Gathering): Promise<readonly Listed[]> {
  return Promise.all(words.map((word) => gathering.strengthsOf(word, step)));
}

/** Those that have most of the words. */
async function findAny(
  { asked, filters }: Pick<ShardQuery, 'asked'> & { readonly filters: readonly Listed[] },
  gathering: Gathering,
): Promise<readonly Found[]> {
  const words = (await atStep('typo', asked, gathering)).map(toMap);
  const sets = filters.map(({ ids }) => new Set(ids));
  const candidates = [...new Set(words.flatMap((word) => [...word.keys()]))]
    .filter((id) => sets.every((set) => set.has(id)) && gathering.mayPass(id))
    .map((id) => ({ id, standing: gathering.standing(id) }));
  return findMost(candidates, asked, ({ id }) => words.map((word) => word.get(id) ?? 0));
}

function toMap(listed: Listed): ReadonlyMap<number, number> {
  const strengths = new Map<number, number>();
  eachOf(listed, (id, strength) => strengths.set(id, strength));
  return strengths;
}
