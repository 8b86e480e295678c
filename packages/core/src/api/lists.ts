import type {
  CategoriesDocument,
  PluginListDocument,
  PluginSummary,
  SearchIndexDocument,
  TagsDocument,
} from '@ar-registry/schemas';
import type { Category } from '../snapshot/index.ts';
import { comparePopularity } from './popularity.ts';

type Entry = SearchIndexDocument['plugins'][number];

/** How many plugins these lists have at most. */
export const POPULAR_COUNT = 100;
export const FEATURED_COUNT = 1000;

export function toPopular(entries: readonly Entry[]): PluginListDocument {
  return toSinglePage(entries.toSorted(comparePopularity).slice(0, POPULAR_COUNT));
}

/** @param entries of the plugins that the registry features, by name. */
export function toFeatured(entries: readonly Entry[]): PluginListDocument {
  return toSinglePage(entries.slice(0, FEATURED_COUNT));
}

/** In the order of categories.yaml, which an operator chose. */
export function toCategories(categories: readonly Category[], counts: ReadonlyMap<string, number>): CategoriesDocument {
  return {
    schemaVersion: 1,
    categories: categories.map(({ id, title, description }) => ({
      id,
      title,
      description,
      count: counts.get(id) ?? 0,
    })),
  };
}

/** By tag. */
export function toTags(counts: ReadonlyMap<string, number>): TagsDocument {
  const sorted = [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { schemaVersion: 1, tags: sorted.map(([id, count]) => ({ id, count })) };
}

/** A list that is one page. */
export function toSinglePage(entries: readonly Entry[]): PluginListDocument {
  return { schemaVersion: 1, total: entries.length, page: 1, pages: 1, plugins: entries.map(withoutCounters) };
}

/** A plugin as lists show it. */
export function withoutCounters({ downloads: _downloads, aliases: _aliases, ...summary }: Entry): PluginSummary {
  return summary;
}

/** How many plugins each category has. */
export function countCategories(entries: readonly Entry[]): ReadonlyMap<string, number> {
  return countBy(entries.flatMap(({ category }) => (category === undefined ? [] : [category])));
}

/** How many plugins each tag has. */
export function countTags(entries: readonly Entry[]): ReadonlyMap<string, number> {
  return countBy(entries.flatMap(({ tags }) => tags));
}

function countBy(keys: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}
