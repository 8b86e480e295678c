/** From lists to the texts of files. */
import { byCodeUnit } from '../ids.ts';
import { scoreOf } from '../score.ts';
import { packRising, toBase64 } from './bytes.ts';
import type { FileName, SearchColumns, SearchList, SearchNumbers, SearchShard } from './format.ts';
import type { ShardLimits } from './limits.ts';
import type { IndexedPlugin, Posting } from './lists.ts';
import { toTable } from './table.ts';

/** What stands under one key: plugins, or names. */
export interface KeyedList {
  readonly key: string;
  readonly postings: readonly Posting[];
  readonly names: readonly string[];
}

/** JSON, with a line feed at the end. */
export function toText(document: object): string {
  return `${JSON.stringify(document)}\n`;
}

/** Best first, as a query of this one word has them. */
function byScore(postings: readonly Posting[]): readonly Posting[] {
  const scored = postings.map((posting) => ({
    posting,
    score: scoreOf([posting.strength], [1], posting.plugin.standing),
  }));
  return scored
    .toSorted((a, b) => b.score - a.score || a.posting.plugin.id - b.posting.plugin.id)
    .map(({ posting }) => posting);
}

function byDownloads(postings: readonly Posting[]): readonly Posting[] {
  return postings.toSorted(({ plugin: a }, { plugin: b }) => b.entry.downloads - a.entry.downloads || a.id - b.id);
}

function byUpdate(postings: readonly Posting[]): readonly Posting[] {
  return postings.toSorted(({ plugin: a }, { plugin: b }) => b.updated - a.updated || a.id - b.id);
}

/** @param postings of a long list, by number */
export function toColumns(postings: readonly Posting[]): SearchColumns {
  return {
    schemaVersion: 1,
    downloads: postings.map(({ plugin }) => plugin.entry.downloads),
    updated: postings.map(({ plugin }) => plugin.updated),
  };
}

/** @param postings of a long list, by number @param columns the file of its columns */
export function toNumbers(postings: readonly Posting[], columns: FileName): SearchNumbers {
  return {
    schemaVersion: 1,
    ids: packRising(postings.map(({ plugin }) => plugin.id)),
    strengths: toBase64(Uint8Array.from(postings, ({ strength }) => strength)),
    standings: toBase64(Uint8Array.from(postings, ({ plugin }) => plugin.standing)),
    columns,
  };
}

export function toShard(lists: readonly KeyedList[], limits: ShardLimits): SearchShard {
  const positions = new Map<IndexedPlugin, number>();
  const positionOf = ({ plugin }: Posting): number => {
    const position = positions.get(plugin) ?? positions.size;
    positions.set(plugin, position);
    return position;
  };
  const filled = lists.filter(({ postings }) => postings.length > 0);
  const entries = filled.map(({ key, postings }): [string, SearchList] => {
    const { at, updated } = headsOf(key, postings, limits);
    const list = { count: postings.length, at: at.map(positionOf) };
    return [key, updated ? { ...list, updated: updated.map(positionOf) } : list];
  });
  const parts = lists.filter(({ names }) => names.length > 0);
  return {
    schemaVersion: 1,
    plugins: toTable([...positions.keys()]),
    lists: Object.fromEntries(entries),
    parts: Object.fromEntries(parts.map(({ key, names }) => [key, names.toSorted(byCodeUnit)])),
  };
}

interface Heads {
  readonly at: readonly Posting[];
  readonly updated?: readonly Posting[];
}

/** Words by relevance; what has none by downloads, and where it is long by update too. */
function headsOf(key: string, postings: readonly Posting[], { wholeList, headLength }: ShardLimits): Heads {
  const isFacet = key === '*' || key.includes(':');
  const inOrder = isFacet ? byDownloads(postings) : byScore(postings);
  if (postings.length <= wholeList && !isBeginning(key)) return { at: inOrder };
  const at = inOrder.slice(0, headLength);
  return isFacet ? { at, updated: byUpdate(postings).slice(0, headLength) } : { at };
}

/** Its plugins are all listed elsewhere, so that it needs to be neither whole nor in a file. */
function isBeginning(key: string): boolean {
  return key.length > 1 && key.endsWith('*');
}
