/**
 * The search that puts the lists of all keys together: of long ones the numbers alone, so that any intersection is exact
 * without the plugins themselves, which are read in the end and for one page.
 */
import { enoughFor, findAll, findMost, type Asked, type Candidate } from '../ladder.ts';
import { orderOf, pageOf, sorted, type Facts, type Found } from '../order.ts';
import type { SearchResult } from '../search.ts';
import { STEPS, type Step } from '../strength.ts';
import type { ShardQuery } from './find.ts';
import { createGathering, type Gathering } from './gathering.ts';
import { EVERYTHING } from './keys.ts';
import type { IndexReader } from './reader.ts';

export async function findByLists(shardQuery: ShardQuery, reader: IndexReader): Promise<SearchResult> {
  const { query, asked } = shardQuery;
  const gathering = createGathering(reader);
  const found =
    asked.words.length === 0 ? await filtered(shardQuery, gathering) : await withWords(shardQuery, gathering);
  const order = orderOf(query.sort, asked.words.length > 0);
  if (order === 'name') await gathering.readEntries(found.map(({ id }) => id));
  if (order === 'downloads' || order === 'updated') await gathering.readColumns(found.map(({ id }) => id));
  const facts = (id: number): Facts => gathering.facts(id);
  const page = pageOf(sorted(found, order, facts), query).map(({ id }) => id);
  await gathering.readEntries(page);
  return { total: found.length, plugins: page.map((id) => gathering.entry(id)) };
}

async function filtered({ query, filters }: ShardQuery, gathering: Gathering): Promise<readonly Found[]> {
  const sets = await Promise.all((filters.length > 0 ? filters : [EVERYTHING]).map((key) => gathering.idsOf(key)));
  const [first = new Set<number>(), ...others] = sets.toSorted((a, b) => a.size - b.size);
  return [...first]
    .filter((id) => others.every((set) => set.has(id)) && gathering.mayPass(id, query))
    .map((id) => ({ id, score: 0 }));
}

/** The steps of `climb`, of which each reads what the one before did not need. */
async function withWords({ query, asked, filters }: ShardQuery, gathering: Gathering): Promise<readonly Found[]> {
  const sets = await Promise.all(filters.map((key) => gathering.idsOf(key)));
  const passes = ({ id }: Candidate): boolean => sets.every((set) => set.has(id)) && gathering.mayPass(id, query);
  let found: readonly Found[] = [];
  for (const step of STEPS) {
    const { candidates, strengths } = await atStep(step, asked, gathering);
    found = findAll(candidates.filter(passes), asked, strengths);
    if (found.length >= enoughFor(asked.words)) return found;
  }
  if (found.length > 0) return found;
  const { candidates, strengths } = await atStep('typo', asked, gathering);
  return findMost(candidates.filter(passes), asked, strengths);
}

interface AtStep {
  /** All that have any of the words. */
  readonly candidates: readonly Candidate[];
  readonly strengths: (candidate: Candidate) => readonly number[];
}

async function atStep(step: Step, { words }: Asked, gathering: Gathering): Promise<AtStep> {
  const maps = await Promise.all(words.map((word) => gathering.strengthsOf(word, step)));
  const ids = new Set(maps.flatMap((map) => [...map.keys()]));
  return {
    candidates: [...ids].map((id) => ({ id, standing: gathering.standing(id) })),
    strengths: ({ id }) => maps.map((map) => map.get(id) ?? 0),
  };
}
