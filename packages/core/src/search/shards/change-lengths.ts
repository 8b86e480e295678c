/**
 * Lists that become long with a change, or are long no more. One that is not long has all its plugins in its shard, and a
 * long one their numbers, so that it is made anew of its own plugins and of no others. A tag that is found by its word has
 * a list of its own only while that of the word is long: it comes and goes with that.
 */
import type { Edit } from './edits.ts';
import { facetKeys, wordOfTagKey } from './keys.ts';
import type { ShardLimits } from './limits.ts';
import { numberedOfRows, type Numbered } from './numbered.ts';
import { compareRows, isScored, type OpenList, type Row, type ValueOf, type Values } from './opened.ts';
import { rowAt } from './table.ts';

/** Key → how many are listed under it, of those that a change edits and that have a list of their own. */
export interface Lengths {
  readonly before: ReadonlyMap<string, number>;
  readonly now: ReadonlyMap<string, number>;
}

/** A list that was made anew. */
export interface Remade {
  readonly isLong: boolean;
  /** As it stands in its shard; undefined for one that does not stand there. */
  readonly list: OpenList | undefined;
  /** All of it. */
  readonly all: Numbered;
}

export interface LengthPorts {
  readonly limits: ShardLimits;
  readonly values: Values;
  readonly edits: ReadonlyMap<string, Edit>;
  /** A list as it was in its shard. */
  readonly listOf: (key: string) => Promise<OpenList | undefined>;
  /** The numbers of a long list, as they were. */
  readonly numbersOf: (key: string) => Promise<Numbered>;
  /** As they are now. */
  readonly rowsWith: (ids: readonly number[]) => Promise<ReadonlyMap<number, Row>>;
}

/** @returns by key */
export async function remakeLists({ before, now }: Lengths, ports: LengthPorts): Promise<ReadonlyMap<string, Remade>> {
  const { wholeList } = ports.limits;
  const own = new Map<string, Remade>();
  const ofTags = new Map<string, Remade>();
  for (const [key, count] of now) {
    const isLong = count > wholeList;
    const wasLong = (before.get(key) ?? 0) > wholeList;
    if (isLong === wasLong) continue;
    const rows = await (wasLong ? rowsOfLong(key, ports) : rowsOfWhole(key, ports));
    own.set(key, remake(key, rows, ports));
    for (const [tag, tagged] of tagsOf(key, rows, ports.edits))
      ofTags.set(tag, remake(tag, isLong ? tagged : [], ports));
  }
  // Of a tag and its word that are long no more, the tag has no list at all.
  return new Map([...own, ...ofTags]);
}

/** How many are listed now, with those keys that have a list since now, and without those that have none any more. */
export function countsWith(
  now: ReadonlyMap<string, number>,
  remade: ReadonlyMap<string, Remade>,
): ReadonlyMap<string, number> {
  const counts = new Map(now);
  for (const [key, { list }] of remade)
    if (list) counts.set(key, list.count);
    else counts.delete(key);
  return counts;
}

async function rowsOfWhole(key: string, { listOf, edits }: LengthPorts): Promise<readonly Row[]> {
  const { at = [] } = (await listOf(key)) ?? {};
  const { removed = new Set(), added = [] } = edits.get(key) ?? {};
  return [...at.filter(({ id }) => !removed.has(id)), ...added];
}

async function rowsOfLong(key: string, { numbersOf, rowsWith, edits }: LengthPorts): Promise<readonly Row[]> {
  const { ids } = await numbersOf(key);
  const { removed = new Set(), added = [] } = edits.get(key) ?? {};
  const left = [...[...ids].filter((id) => !removed.has(id)), ...added.map(({ id }) => id)];
  const rows = await rowsWith(left);
  return left.flatMap((id) => rows.get(id) ?? []);
}

/** Tags that are found by this word, with the plugins that have each now: also those that had one before. */
function tagsOf(word: string, rows: readonly Row[], edits: LengthPorts['edits']): ReadonlyMap<string, readonly Row[]> {
  const found = new Map<string, Row[]>();
  for (const key of edits.keys()) if (wordOfTagKey(key) === word) found.set(key, []);
  for (const row of rows)
    for (const key of facetKeys(rowAt(row.table, row.at).entry)) {
      if (wordOfTagKey(key) !== word) continue;
      const own = found.get(key);
      if (own) own.push(row);
      else found.set(key, [row]);
    }
  return found;
}

function remake(key: string, rows: readonly Row[], { limits, values }: LengthPorts): Remade {
  const isLong = rows.length > limits.wholeList;
  const held = isLong ? limits.headLength : rows.length;
  const best = (valueOf: ValueOf): readonly Row[] => rows.toSorted((a, b) => compareRows(a, b, valueOf)).slice(0, held);
  const list = { count: rows.length, at: best(values.of(key)) };
  const isListed = rows.length > 0;
  return {
    isLong,
    list: isListed ? { ...list, ...(isLong && !isScored(key) ? { updated: best(values.updated) } : {}) } : undefined,
    all: numberedOfRows(rows, (row) => values.terms(row).strengths.get(key) ?? 0),
  };
}
