/** What lists and counts are made of: changed by what was known of a plugin and what is known now, without the others. */
import { POPULAR_COUNT, comparePopularity } from '@ar-registry/core/api';
import { NEWEST_CHANGES, compareChanges, type Change, type Standing } from '@ar-registry/core/changes';
import { GROUP_ENTRIES } from '@ar-registry/core/feeds';
import type { SearchEntry } from '@ar-registry/core/search';
import type { PluginName, Rating } from '@ar-registry/schemas';
import { entryOfRow, type PluginFacts } from './facts.ts';
import { changeTopList, type TopList } from './top-list.ts';

export interface Aggregates {
  readonly plugins: number;
  readonly versions: number;
  readonly listed: number;
  readonly changes: number;
  readonly categories: ReadonlyMap<string, number>;
  readonly licenses: ReadonlyMap<string, number>;
  /** Name → text in a list. */
  readonly featured: ReadonlyMap<PluginName, string>;
  readonly popular: TopList<SearchEntry>;
  readonly newest: TopList<Change>;
  /** By category, of plugins that are listed. The same function as long as nothing is another one. */
  readonly newestIn: ReadonlyMap<string, Kept<TopList<Change>>>;
  /** As it is published: of each plugin, the items of a JSON array. */
  readonly standing: ReadonlyMap<PluginName, string>;
  readonly ratings: ReadonlyMap<PluginName, Rating>;
}

/** What is large and lies in a part of its own: read when it is asked for. */
export type Kept<T> = () => T;

const EMPTY: TopList<never> = { items: [], isAll: true };

export const NO_AGGREGATES: Aggregates = {
  plugins: 0,
  versions: 0,
  listed: 0,
  changes: 0,
  categories: new Map(),
  licenses: new Map(),
  featured: new Map(),
  popular: EMPTY,
  newest: EMPTY,
  newestIn: new Map(),
  standing: new Map(),
  ratings: new Map(),
};

/**
 * @param before of the plugins that change what was known of them
 * @param now what is known of them, or of others that are new
 * @returns undefined where something can only be said after a look at all plugins
 */
export function changeAggregates(
  old: Aggregates,
  before: readonly PluginFacts[],
  now: readonly PluginFacts[],
): Aggregates | undefined {
  const [entriesBefore, entries] = [entriesOf(before), entriesOf(now)];
  const names = new Set([...before, ...now].map(({ name }) => name));
  const isGone = ({ name }: { readonly name: PluginName }): boolean => names.has(name);
  const isOld = ({ plugin }: Change): boolean => names.has(plugin);
  const popular = changeTopList(
    old.popular,
    { isGone, added: entries },
    { compare: comparePopularity, needed: POPULAR_COUNT },
  );
  const newest = changeTopList(
    old.newest,
    { isGone: isOld, added: now.flatMap(({ changes }) => changes) },
    { compare: compareChanges, needed: NEWEST_CHANGES },
  );
  const newestIn = changeNewestIn(old.newestIn, { before, now });
  if (!popular || !newest || !newestIn) return undefined;
  const sum = (of: (facts: PluginFacts) => number): number =>
    now.reduce((total, facts) => total + of(facts), 0) - before.reduce((total, facts) => total + of(facts), 0);
  return {
    plugins: old.plugins + sum(({ versions }) => (versions > 0 ? 1 : 0)),
    versions: old.versions + sum(({ versions }) => versions),
    listed: old.listed + entries.length - entriesBefore.length,
    changes: old.changes + sum(({ changes }) => changes.length),
    categories: changeCounts(old.categories, categoriesOf(entriesBefore), categoriesOf(entries)),
    licenses: changeCounts(
      old.licenses,
      entriesBefore.map(({ license }) => license),
      entries.map(({ license }) => license),
    ),
    featured: replaced(old.featured, names, now, ({ isFeatured, row }) => (isFeatured ? row?.listed : undefined)),
    popular,
    newest,
    newestIn,
    standing: replaced(old.standing, names, now, ({ standing }) =>
      standing.length > 0 ? textOf(standing) : undefined,
    ),
    ratings: replaced(old.ratings, names, now, ({ rating }) => rating),
  };
}

function entriesOf(facts: readonly PluginFacts[]): readonly SearchEntry[] {
  return facts.flatMap(({ row }) => (row ? [entryOfRow(row)] : []));
}

function categoriesOf(entries: readonly SearchEntry[]): readonly string[] {
  return entries.flatMap(({ category }) => (category === undefined ? [] : [category]));
}

function textOf(standing: readonly Standing[]): string {
  return JSON.stringify(standing).slice(1, -1);
}

/** By how many there are more, or fewer, of those of which that is so. */
export function differencesOf(removed: readonly string[], added: readonly string[]): ReadonlyMap<string, number> {
  const differences = new Map<string, number>();
  for (const key of added) differences.set(key, (differences.get(key) ?? 0) + 1);
  for (const key of removed) differences.set(key, (differences.get(key) ?? 0) - 1);
  for (const [key, difference] of differences) if (difference === 0) differences.delete(key);
  return differences;
}

/** The same map where nothing is another one. */
function changeCounts(
  counts: ReadonlyMap<string, number>,
  removed: readonly string[],
  added: readonly string[],
): ReadonlyMap<string, number> {
  const differences = differencesOf(removed, added);
  if (differences.size === 0) return counts;
  const changed = new Map(counts);
  for (const [key, difference] of differences) {
    const count = (counts.get(key) ?? 0) + difference;
    if (count === 0) changed.delete(key);
    else changed.set(key, count);
  }
  return changed;
}

/** The same map where it had nothing of these plugins, and has not now. */
function replaced<T>(
  old: ReadonlyMap<PluginName, T>,
  ...[names, now, of]: [ReadonlySet<PluginName>, readonly PluginFacts[], (facts: PluginFacts) => T | undefined]
): ReadonlyMap<PluginName, T> {
  const values = now.flatMap((facts) => {
    const value = of(facts);
    return value === undefined ? [] : [[facts.name, value] as const];
  });
  if (values.length === 0 && ![...names].some((name) => old.has(name))) return old;
  const changed = new Map(old);
  for (const name of names) changed.delete(name);
  for (const [name, value] of values) changed.set(name, value);
  return changed;
}

function changeNewestIn(
  old: Aggregates['newestIn'],
  { before, now }: { readonly before: readonly PluginFacts[]; readonly now: readonly PluginFacts[] },
): Aggregates['newestIn'] | undefined {
  const [gone, come] = [Map.groupBy(before, categoryOf), Map.groupBy(now, categoryOf)];
  const changed = new Map(old);
  for (const category of new Set([...gone.keys(), ...come.keys()])) {
    if (category === undefined) continue;
    const names = new Set(gone.get(category)?.map(({ name }) => name));
    const added = (come.get(category) ?? []).flatMap(({ changes }) => changes);
    const list = changeTopList(
      old.get(category)?.() ?? EMPTY,
      { isGone: ({ plugin }) => names.has(plugin), added },
      { compare: compareChanges, needed: GROUP_ENTRIES },
    );
    if (!list) return undefined;
    if (list.items.length === 0) changed.delete(category);
    else changed.set(category, () => list);
  }
  return changed;
}

function categoryOf({ row }: PluginFacts): string | undefined {
  return row ? entryOfRow(row).category : undefined;
}
