/** From lists to the texts of files. */
import type { SearchList, SearchShard } from './format.ts';
import type { Heads } from './heads.ts';
import type { IndexedPlugin } from './lists.ts';
import { toTable } from './table.ts';

/** JSON, with a line feed at the end. */
export function toText(document: object): string {
  return `${JSON.stringify(document)}\n`;
}

/** What stands under the keys of a shard: plugins, or names. */
export interface ShardContent {
  /** In the order of their keys. */
  readonly lists: readonly (readonly [key: string, heads: Heads])[];
  /** Names in order, by the part that they have. */
  readonly parts: readonly (readonly [key: string, names: readonly string[]])[];
}

/** @param pluginOf a plugin by its number */
export function toShard({ lists, parts }: ShardContent, pluginOf: (id: number) => IndexedPlugin): SearchShard {
  const positions = new Map<number, number>();
  const positionOf = (id: number): number => {
    const position = positions.get(id) ?? positions.size;
    positions.set(id, position);
    return position;
  };
  const entries = lists.map(([key, { count, at, updated }]): [string, SearchList] => {
    const list = { count, at: at.map(positionOf) };
    return [key, updated ? { ...list, updated: updated.map(positionOf) } : list];
  });
  return {
    schemaVersion: 1,
    plugins: toTable([...positions.keys()].map(pluginOf)),
    lists: Object.fromEntries(entries),
    parts: Object.fromEntries(parts),
  };
}
