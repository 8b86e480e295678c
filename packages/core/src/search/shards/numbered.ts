/**
 * The numbers of long lists, in blocks: equal parts of all numbers there are. A plugin has one number, so that a change of
 * it makes one block of each of its lists anew, however long they are.
 */
import { ID_COUNT } from '../ids.ts';
import { fromBase64, unpackRising } from './bytes.ts';
import type { FileName, SearchColumns, SearchNumbers } from './format.ts';
import { pluginAt, type Keyed } from './keyed.ts';
import { packRising, toBase64 } from './pack.ts';
import type { ShardLimits } from './limits.ts';
import { factsOf } from '../order.ts';
import { standingOf } from '../score.ts';
import type { Row } from './opened.ts';
import type { SearchPlugins } from './state.ts';
import { rowAt } from './table.ts';

/** Plugins of a list, in the order of their numbers, with what they are found and ordered by. */
export interface Numbered extends Keyed {
  readonly standings: Uint8Array;
  readonly downloads: ArrayLike<number>;
  readonly updated: ArrayLike<number>;
}

/** So many first bits of a number say in which block it is. */
export function blockBits(count: number, { numbersInBlock }: ShardLimits): number {
  return Math.max(0, Math.ceil(Math.log2(count / numbersInBlock)));
}

/** In which of so many equal parts a number is. */
export function partOf(id: number, parts: number): number {
  return Math.floor(id / (ID_COUNT / parts));
}

/** All that is known of the plugins of a list. */
export function numberedOf({ ids, strengths }: Keyed, plugins: SearchPlugins): Numbered {
  const positions = Uint32Array.from(ids, (id) => pluginAt(plugins, id));
  return {
    ids,
    strengths,
    standings: Uint8Array.from(positions, (at) => plugins.standings[at] ?? 0),
    downloads: Float64Array.from(positions, (at) => plugins.downloads[at] ?? 0),
    updated: Float64Array.from(positions, (at) => plugins.updated[at] ?? 0),
  };
}

/** The same of plugins where they stand in tables. @param rows each once, in any order */
export function numberedOfRows(rows: readonly Row[], strengthOf: (row: Row) => number): Numbered {
  const sorted = rows.toSorted((a, b) => a.id - b.id);
  const entries = sorted.map(({ table, at }) => rowAt(table, at).entry);
  const facts = entries.map(factsOf);
  return {
    ids: Uint32Array.from(sorted, ({ id }) => id),
    strengths: Uint8Array.from(sorted, strengthOf),
    standings: Uint8Array.from(entries, standingOf),
    downloads: Float64Array.from(facts, ({ downloads }) => downloads),
    updated: Float64Array.from(facts, ({ updated }) => updated),
  };
}

/** The same plugins in so many equal parts of all numbers. */
export function inBlocks(list: Numbered, parts: number): readonly Numbered[] {
  if (parts === 1) return [list];
  let from = 0;
  return Array.from({ length: parts }, (_, part) => {
    const start = from;
    while (from < list.ids.length && partOf(list.ids[from] ?? 0, parts) === part) from += 1;
    return sliceOf(list, start, from);
  });
}

/** From one position to another. */
export function sliceOf(
  { ids, strengths, standings, downloads, updated }: Numbered,
  from: number,
  to: number,
): Numbered {
  return {
    ids: ids.subarray(from, to),
    strengths: strengths.subarray(from, to),
    standings: standings.subarray(from, to),
    downloads: Float64Array.from({ length: to - from }, (_, at) => downloads[from + at] ?? 0),
    updated: Float64Array.from({ length: to - from }, (_, at) => updated[from + at] ?? 0),
  };
}

/** @param of which list, and which block of it */
export function toColumns({ downloads, updated }: Numbered, of: string): SearchColumns {
  return { schemaVersion: 1, of, downloads: Array.from(downloads), updated: Array.from(updated) };
}

/** @param columns the file of its columns */
export function toNumbers(
  { ids, strengths, standings }: Numbered,
  { of, columns }: { readonly of: string; readonly columns: FileName },
): SearchNumbers {
  return {
    schemaVersion: 1,
    of,
    ids: packRising(ids),
    strengths: toBase64(strengths),
    standings: toBase64(standings),
    columns,
  };
}

/** Which file of numbers, or of columns, it is. */
export function labelOf(key: string, block: number): string {
  return `${key} ${block}`;
}

/** A block as it was published. */
export function fromNumbers(numbers: SearchNumbers, { downloads, updated }: SearchColumns): Numbered {
  return {
    ids: unpackRising(numbers.ids),
    strengths: fromBase64(numbers.strengths),
    standings: fromBase64(numbers.standings),
    downloads,
    updated,
  };
}

/** Blocks one after the other. */
export function joinNumbered(blocks: readonly Numbered[]): Numbered {
  const count = blocks.reduce((sum, { ids }) => sum + ids.length, 0);
  const joined = { ids: new Uint32Array(count), strengths: new Uint8Array(count), standings: new Uint8Array(count) };
  const [downloads, updated] = [new Float64Array(count), new Float64Array(count)];
  let at = 0;
  for (const block of blocks) {
    joined.ids.set(block.ids, at);
    joined.strengths.set(block.strengths, at);
    joined.standings.set(block.standings, at);
    downloads.set(block.downloads, at);
    updated.set(block.updated, at);
    at += block.ids.length;
  }
  return { ...joined, downloads, updated };
}
