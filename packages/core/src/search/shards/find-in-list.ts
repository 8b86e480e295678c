/** The search that looks through the plugins of one list, where every answer is in it. */
import { climb, enoughFor, findAll, type Asked, type Candidate, type StrengthsOf } from '../ladder.ts';
import { countFacets, passing } from '../facets.ts';
import { countInOrder, factsOf, orderOf, pageOf, sorted, type Found } from '../order.ts';
import { rankedFirst } from '../ranks.ts';
import { refined } from '../refine.ts';
import { standingOf } from '../score.ts';
import type { SearchResult } from '../search.ts';
import { strengthOf, type Step } from '../strength.ts';
import { wordsIn, type Only, type Words } from '../terms.ts';
import { beginningOfWritten } from '../words.ts';
import type { IndexReader, LookedRow } from './reader.ts';
import type { ShardQuery } from './shard-query.ts';
import { createSieve } from './sieve.ts';
import type { Looked } from './table.ts';

/** Nothing where no list is known to have every answer. */
export async function findInList(shardQuery: ShardQuery, reader: IndexReader): Promise<SearchResult | undefined> {
  const { asked, filters } = shardQuery;
  const pivot = pivotOf(shardQuery, reader);
  if (pivot === undefined) return undefined;
  const { head, isWhole } = await reader.list(pivot);
  if (!isWhole) return undefined;
  const isOfFilter = alone(filters).includes(pivot);
  if (asked.words.length > 0) {
    const sieve = createSieve(asked.words.map(({ word }) => word));
    const only = thoseOf(asked);
    const read = (looked: Looked): Words => wordsIn(sieve.partsOf(looked), only);
    const some = candidatesOf(head.filter(sieve.mayHave), shardQuery, read);
    for (const step of isOfFilter ? WITHOUT_TYPOS : stepsWithin(pivot, asked)) {
      const found = findAll(some.rows, asked, (row) => some.strengthsOf(row, step));
      if (found.length >= enoughFor(asked.words)) return some.answer(found);
    }
    if (!isOfFilter) return undefined;
  }
  const { rows, strengthsOf, answer } = candidatesOf(
    head.filter(() => true),
    shardQuery,
    (looked) => wordsIn(looked),
  );
  return answer(asked.words.length > 0 ? climb(rows, asked, strengthsOf) : rows.map(({ id }) => ({ id, score: 0 })));
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

const WITHOUT_TYPOS: readonly Step[] = ['word', 'beginning'];

/** The steps at which the list of a word has every answer. */
function stepsWithin(pivot: string, { words }: Asked): readonly Step[] {
  return words.some(({ word, isLast }) => word === pivot && isLast) ? ['word'] : WITHOUT_TYPOS;
}

interface Candidates {
  readonly rows: readonly Row[];
  readonly strengthsOf: StrengthsOf<Row>;
  readonly answer: (found: readonly Found[]) => SearchResult;
}

interface Row extends Candidate, LookedRow {}

/** The words that are asked for, and those that they begin. */
function thoseOf({ words }: Asked): Only {
  const written = words.map(({ word }) => beginningOfWritten(word));
  return {
    has: (one) => words.some(({ word }) => one.startsWith(word)),
    mayHave: (one) => written.some((beginning) => one.startsWith(beginning)),
  };
}

/** Those of some plugins that pass the filters. @param read as far as it can count */
function candidatesOf(
  all: readonly LookedRow[],
  { query, asked }: ShardQuery,
  read: (looked: Looked) => Words,
): Candidates {
  const passes = passing(query);
  const rows = all
    .filter(({ looked }) => passes(looked))
    .map(({ id, looked, entry }): Row => ({ id, looked, entry, standing: standingOf(looked) }));
  const byId = new Map(rows.map((row) => [row.id, row]));
  const known = (id: number): Row => byId.get(id) ?? bug(id);
  return {
    rows,
    strengthsOf: strengthsFor(asked, read),
    answer: (found) => {
      const by = orderOf(query.sort, asked.words.length > 0);
      const inOrder = sorted(found, { by, count: countInOrder(query) }, (id) => factsOf(known(id).entry()));
      const inPlace = refined(inOrder, { query, words: asked.words, by }, (id) => known(id).looked);
      const ranked = rankedFirst(inPlace, query.ranks, (id) => known(id).looked.name);
      const plugins = pageOf(ranked, query).map(({ id }) => known(id).entry());
      const facets = query.countsFacets ? { facets: countFacets(found.map(({ id }) => known(id).looked)) } : {};
      return { total: found.length, plugins, ...facets };
    },
  };
}

/** Reads the words of each plugin once. */
function strengthsFor({ words }: Asked, read: (looked: Looked) => Words): StrengthsOf<Row> {
  const known = new Map<number, Words>();
  return ({ id, looked }, step) => {
    const own = known.get(id) ?? read(looked);
    known.set(id, own);
    return words.map((word) => strengthOf(own, word, step));
  };
}

function bug(id: number): never {
  throw new Error(`No plugin has the number ${id}.`);
}
