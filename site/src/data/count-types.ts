import type { PluginSummary, PluginType } from '@ar-registry/schemas';
import { TYPES } from '../lib/words.ts';

export interface TypeCount {
  readonly type: PluginType;
  readonly title: string;
  readonly says: string;
  readonly count: number;
  /** The categories that most of them are in, by how many. */
  readonly categories: readonly string[];
}

/** All six types, in the order of the documentation, with those that nobody has written yet. */
export function countTypes(plugins: readonly Pick<PluginSummary, 'type' | 'category'>[]): readonly TypeCount[] {
  return Object.entries(TYPES).map(([type, words]) => {
    const own = plugins.filter((plugin) => plugin.type === type);
    const counts = new Map<string, number>();
    for (const { category } of own) if (category !== undefined) counts.set(category, (counts.get(category) ?? 0) + 1);
    const categories = [...counts].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([id]) => id);
    return { type: type as PluginType, ...words, count: own.length, categories: categories.slice(0, 4) };
  });
}
