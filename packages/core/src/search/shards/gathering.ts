/** What a search has learnt of plugins, by their numbers, while it reads lists. */
import { passing } from '../facets.ts';
import { factsOf, type Facts } from '../order.ts';
import type { SearchEntry, SearchQuery } from '../query.ts';
import { standingOf } from '../score.ts';
import { beginningFactor, typoFactor, MIN_BEGINNING_LENGTH, type Step, type Wanted } from '../strength.ts';
import { NAME_STRENGTH, termsOf, type Terms } from '../terms.ts';
import { typoKeysOfWord } from './keys.ts';
import { eachOf, toListed, type Listed } from './listed.ts';
import { pluginAt } from './keyed.ts';
import type { IndexReader, IndexedEntry, NumberedList } from './reader.ts';

export interface Gathering {
  /** All plugins listed under a key. */
  idsOf(key: string): Promise<Listed>;
  /** How strongly a word stands for each plugin that is found by it at a step. */
  strengthsOf(word: Wanted, step: Step): Promise<Listed>;
  standing(id: number): number;
  /** False for a plugin that is known not to pass; one of which only the number is known passes by its lists. */
  mayPass(id: number): boolean;
  /** Reads what is not known yet. */
  readEntries(ids: readonly number[]): Promise<void>;
  readColumns(ids: readonly number[]): Promise<void>;
  /** Of a plugin whose entry or columns were read. */
  facts(id: number): Facts;
  entry(id: number): SearchEntry;
  /** The same, where it was read. */
  known(id: number): SearchEntry | undefined;
}

interface State {
  readonly reader: IndexReader;
  readonly entries: Map<number, SearchEntry>;
  readonly terms: Map<number, Terms>;
  readonly standings: Map<number, number>;
  readonly numbered: Map<string, NumberedList>;
  readonly facts: Map<number, Facts>;
}

export function createGathering(reader: IndexReader, query: SearchQuery): Gathering {
  const passes = passing(query);
  const state: State = {
    reader,
    entries: new Map(),
    terms: new Map(),
    standings: new Map(),
    numbered: new Map(),
    facts: new Map(),
  };
  const entry = (id: number): SearchEntry => state.entries.get(id) ?? unknown(id);
  return {
    idsOf: (key) => readIds(key, state),
    strengthsOf: (word, step) => readStrengths(word, step, state),
    standing: (id) => state.standings.get(id) ?? standingIn([...state.numbered.values()], id),
    mayPass: (id) => {
      const known = state.entries.get(id);
      return known === undefined || passes(known);
    },
    readEntries: async (ids) => {
      const missing = ids.filter((id) => !state.entries.has(id));
      if (missing.length > 0) learn(await reader.entries(missing), state);
    },
    readColumns: (ids) => readColumns(ids, state),
    facts: (id) => state.facts.get(id) ?? factsOf(entry(id)),
    entry,
    known: (id) => state.entries.get(id),
  };
}

function unknown(id: number): never {
  throw new RangeError(`The index does not say which plugin has the number ${id}.`);
}

function learn(rows: readonly IndexedEntry[], { entries, standings }: State): void {
  for (const { id, entry } of rows) {
    entries.set(id, entry);
    standings.set(id, standingOf(entry));
  }
}

async function readNumbers(key: string, { reader, numbered }: State): Promise<NumberedList> {
  const list = numbered.get(key) ?? (await reader.numbers(key));
  numbered.set(key, list);
  return list;
}

function standingIn(lists: readonly NumberedList[], id: number): number {
  for (const { ids, standings } of lists) {
    const at = pluginAt({ ids }, id);
    if (at !== -1) return standings[at] ?? 0;
  }
  return 0;
}

async function readIds(key: string, state: State): Promise<Listed> {
  if (state.reader.isLong(key)) return { ids: (await readNumbers(key, state)).ids };
  const head = (await state.reader.list(key)).head.slice();
  learn(head, state);
  return { ids: Uint32Array.from(head, ({ id }) => id).toSorted() };
}

/** What is found as it is written does not count as anything else besides. */
async function readStrengths({ word, isLast }: Wanted, step: Step, state: State): Promise<Listed> {
  const exact = await strengthsOfTerm(word, state);
  const others = await otherTerms({ word, isLast }, step, state);
  if (others.length === 0) return exact;
  const best = new Map<number, number>();
  const read = await Promise.all(
    others.map(async (other) => ({ ...other, found: await strengthsOfTerm(other.term, state) })),
  );
  for (const { factor, atLeast, found } of read)
    eachOf(found, (id, strength) => {
      if (strength >= atLeast) best.set(id, Math.max(best.get(id) ?? 0, strength * factor));
    });
  eachOf(exact, (id, strength) => best.set(id, strength));
  return toListed(best);
}

async function otherTerms({ word, isLast }: Wanted, step: Step, state: State): Promise<readonly Other[]> {
  const beginning = step !== 'word' && isLast ? await termsBeginning(word, state) : [];
  const near = step === 'typo' ? await namesNear(word, state) : [];
  return [
    ...beginning.map((term) => ({ term, factor: beginningFactor(word, term), atLeast: 1 })),
    ...near.map((term) => ({ term, factor: typoFactor(word, term), atLeast: NAME_STRENGTH })),
  ];
}

/** A word of the index that counts for a word of the query. */
interface Other {
  readonly term: string;
  readonly factor: number;
  /** Where its strength is less, it stands elsewhere than it must. */
  readonly atLeast: number;
}

async function strengthsOfTerm(term: string, state: State): Promise<Listed> {
  if (state.reader.isLong(term)) return readNumbers(term, state);
  const head = (await state.reader.list(term)).head.slice();
  learn(head, state);
  return toListed(new Map(head.map(({ id, entry }) => [id, termsIn(id, entry, state).strengths.get(term) ?? 0])));
}

function termsIn(id: number, entry: SearchEntry, { terms }: State): Terms {
  const known = terms.get(id) ?? termsOf(entry);
  terms.set(id, known);
  return known;
}

/** All words of the index that begin with this one, but itself. */
async function termsBeginning(word: string, { reader }: State): Promise<readonly string[]> {
  if (word.length < MIN_BEGINNING_LENGTH || reader.root.borders.length === 0) return [];
  const shards = await Promise.all(
    reader.shardsBetween(word, `${word}\uffff`).map((position) => reader.shard(position)),
  );
  return shards
    .flatMap(({ lists }) => Object.keys(lists))
    .filter((key) => key.startsWith(word) && key !== word && !/[*:<>]/.test(key));
}

/** Words of names that are one edit away. */
async function namesNear(word: string, { reader }: State): Promise<readonly string[]> {
  if (reader.root.borders.length === 0) return [];
  const keys = typoKeysOfWord(word);
  const parts = await Promise.all(keys.map(async (key) => own((await reader.shardOf(key)).parts, key)));
  return [...new Set(parts.flat())].filter((name) => typoFactor(word, name) > 0);
}

function own(parts: Readonly<Record<string, readonly string[]>>, key: string): readonly string[] {
  return Object.hasOwn(parts, key) ? (parts[key] ?? []) : [];
}

/** What plugins are ordered by, from the lists that they were found in. */
async function readColumns(ids: readonly number[], state: State): Promise<void> {
  const missing = new Set(ids.filter((id) => !state.entries.has(id)));
  const lists = [...state.numbered.values()].toSorted((a, b) => a.ids.length - b.ids.length);
  for (const list of lists) {
    if (!list.ids.some((id) => missing.has(id))) continue;
    const { downloads, updated } = await list.columns();
    for (let at = 0; at < list.ids.length; at += 1) {
      const id = list.ids[at] ?? 0;
      if (missing.delete(id))
        state.facts.set(id, { name: '', downloads: downloads[at] ?? 0, updated: updated[at] ?? 0 });
    }
  }
}
