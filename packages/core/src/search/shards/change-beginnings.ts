/** What words begin that lie in more than one shard, after a change: of most beginnings, what was known of them edited. */
import { beginningFactor } from '../strength.ts';
import { scoreOf } from '../score.ts';
import { isWord, sharedBeginnings } from './beginnings.ts';
import { shardAt } from './cut.ts';
import { changeRows, type Changed, type Edits } from './edits.ts';
import { best } from './heads.ts';
import { beginningKey } from './keys.ts';
import type { Numbered } from './numbered.ts';
import type { OpenList, OpenShard, Row } from './opened.ts';
import type { OldShards, Run, RunPorts } from './change-runs.ts';

/** By the position of the shard that they stand in. */
export type Beginnings = ReadonlyMap<number, readonly string[]>;

/** Those that are found beforehand. */
function beginningsOf(borders: readonly string[]): Beginnings {
  const all = new Set(borders.flatMap(sharedBeginnings));
  return Map.groupBy(all, (beginning) => shardAt(borders, beginningKey(beginning)));
}

export interface BeginningPorts extends Pick<RunPorts, 'old' | 'limits' | 'values' | 'after' | 'rowsWith'> {
  readonly runs: readonly Run[];
  readonly edits: Edits;
}

export interface ChangedBeginnings {
  /** By position. */
  readonly now: Beginnings;
  /** The list of one, and whether it is another one than before. */
  readonly listOf: (beginning: string) => Promise<OpenList & { readonly isNew: boolean }>;
  /** Whether other ones stand in a shard than in the old one. */
  readonly isMoved: (position: number, old: number) => boolean;
  /** Whether that is so, or one of them may find something else. */
  readonly isTouched: (position: number, old: number) => boolean;
}

export function changeBeginnings(ports: BeginningPorts): ChangedBeginnings {
  const { old, edits } = ports;
  const borders = ports.runs.map(({ border }) => border);
  const then = beginningsOf(old.borders);
  const hasMoved = borders.length !== old.borders.length || borders.some((border, at) => border !== old.borders[at]);
  const now = !hasMoved ? then : beginningsOf(borders);
  const places = new Map([...then].flatMap(([at, all]) => all.map((beginning) => [beginning, at] as const)));
  const words = new Set([...edits.removed, ...edits.added].flatMap(({ keys }) => [...keys].filter(isWord)));
  const touched = new Set([...words].flatMap((word) => Array.from(word, (_, end) => word.slice(0, end + 1))));
  const isMoved = (position: number, before: number): boolean => {
    const own = now.get(position) ?? [];
    const known = new Set(then.get(before));
    return own.length !== known.size || own.some((beginning) => !known.has(beginning));
  };
  return {
    now,
    isMoved,
    isTouched: (position, before) =>
      isMoved(position, before) || (now.get(position) ?? []).some((beginning) => touched.has(beginning)),
    listOf: async (beginning) => {
      const place = places.get(beginning);
      if (place === undefined) return { ...(await findAll(beginning, ports)), isNew: true };
      const list = (await old.open(place)).lists.get(beginningKey(beginning)) ?? { count: 0, at: [] };
      if (!touched.has(beginning)) return { ...list, isNew: false };
      const changed = editBeginning(beginning, list, ports) ?? (await findAll(beginning, ports));
      const isSame = changed.count === list.count && changed.at.every((row, at) => row === list.at[at]);
      return { ...changed, isNew: !isSame };
    },
  };
}

/** @returns undefined where more has to be known than the best */
function editBeginning(
  beginning: string,
  { count, at }: OpenList,
  { edits, limits, values }: Pick<BeginningPorts, 'edits' | 'limits' | 'values'>,
): OpenList | undefined {
  const isFound = ({ keys }: Changed): boolean => [...keys].some((key) => isWord(key) && key.startsWith(beginning));
  const removed = edits.removed.filter(isFound);
  const added = edits.added.filter(isFound);
  const left = count - removed.length + added.length;
  const edit = { removed: new Set(removed.map(({ id }) => id)), added: added.map(({ row }) => row) };
  const held = Math.min(left, limits.headLength);
  const rows = changeRows(at, edit, {
    valueOf: values.ofBeginning(beginning),
    held,
    wasAll: count <= limits.headLength,
  });
  return rows && { count: left, at: rows };
}

/** Of all lists of words that begin so, as they are now. */
async function findAll(beginning: string, ports: BeginningPorts): Promise<OpenList> {
  const { runs, limits, values } = ports;
  const borders = runs.map(({ border }) => border);
  const rows = new Map<number, Row>();
  const long: { readonly word: string; readonly list: Numbered }[] = [];
  for (let at = shardAt(borders, beginning); at <= shardAt(borders, `${beginning}\uffff`); at += 1)
    for (const [word, list] of (await contentOf(runs[at], ports.old)).lists) {
      if (!isWord(word) || !word.startsWith(beginning)) continue;
      if (list.count > limits.wholeList) long.push({ word, list: await ports.after(word) });
      else for (const row of list.at) rows.set(row.id, row);
    }
  const scores = new Map<number, number>();
  for (const [id, score] of scoresIn(beginning, long)) scores.set(id, score);
  // Who stands in a list with all that is known of him needs no other.
  for (const [id, row] of rows) scores.set(id, values.ofBeginning(beginning)(row));
  const ids = best(Uint32Array.from(scores.keys()), Float64Array.from(scores.values()), limits.headLength);
  const read = await ports.rowsWith(ids.filter((id) => !rows.has(id)));
  return { count: scores.size, at: ids.flatMap((id) => rows.get(id) ?? read.get(id) ?? []) };
}

function scoresIn(
  beginning: string,
  long: readonly { readonly word: string; readonly list: Numbered }[],
): ReadonlyMap<number, number> {
  const found = new Map<number, { strength: number; readonly standing: number; isExact: boolean }>();
  for (const { word, list } of long) {
    const isExact = word === beginning;
    const factor = isExact ? 1 : beginningFactor(beginning, word);
    for (const [at, id] of list.ids.entries()) {
      const strength = (list.strengths[at] ?? 0) * factor;
      const known = found.get(id);
      if (!known) found.set(id, { strength, standing: list.standings[at] ?? 0, isExact });
      else if (isExact || (!known.isExact && known.strength < strength)) Object.assign(known, { strength, isExact });
    }
  }
  return new Map([...found].map(([id, { strength, standing }]) => [id, scoreOf([strength], [1], standing)]));
}

/** What a shard has now. */
export async function contentOf(run: Run | undefined, old: OldShards): Promise<OpenShard> {
  return run?.made ?? old.open(run?.old ?? 0);
}
