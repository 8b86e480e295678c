/** What a change of a few plugins does to the lists of an index. */
import { idOfName } from '../ids.ts';
import type { SearchEntry } from '../query.ts';
import { entryLists, toIndexed } from './lists.ts';
import { compareRows, freshRow, type Row, type ValueOf } from './opened.ts';

/** What was and is no more, and what is now: a plugin that changed is in both. */
export interface SearchChange {
  readonly removed: readonly SearchEntry[];
  readonly added: readonly SearchEntry[];
}

/** An index that cannot be changed in parts: it is to be made anew. */
export class NeedsAll extends Error {}

/** Of one list: who goes, and who comes. Who changes does both. */
export interface Edit {
  readonly removed: Set<number>;
  readonly added: Row[];
}

/** A plugin that changes: what it is listed under. */
export interface Changed {
  readonly id: number;
  readonly name: string;
  readonly keys: ReadonlySet<string>;
  readonly names: readonly string[];
}

export interface Edits {
  readonly removed: readonly Changed[];
  readonly added: readonly (Changed & { readonly row: Row })[];
  readonly byKey: ReadonlyMap<string, Edit>;
}

/**
 * @param moved plugins that have another number than their name gives, by name
 * @throws NeedsAll where somebody would get another number
 */
export function editsOf({ removed, added }: SearchChange, moved: ReadonlyMap<string, number>): Edits {
  const idOf = (name: string): number => moved.get(name) ?? idOfName(name);
  const staying = new Set(added.map(({ name }) => name));
  for (const { name } of removed) if (!staying.has(name)) assertUnwanted(idOf(name), name, moved);
  const before = removed.map((entry) => toChanged(entry, idOf(entry.name)));
  const now = added.map((entry) => {
    const id = idOf(entry.name);
    return { ...toChanged(entry, id), row: freshRow(toIndexed(entry, id)) };
  });
  const byKey = new Map<string, Edit>();
  const editOf = (key: string): Edit => {
    const edit = byKey.get(key) ?? { removed: new Set(), added: [] };
    byKey.set(key, edit);
    return edit;
  };
  for (const { id, keys } of before) for (const key of keys) editOf(key).removed.add(id);
  for (const { row, keys } of now) for (const key of keys) editOf(key).added.push(row);
  return { removed: before, added: now, byKey };
}

function toChanged(entry: SearchEntry, id: number): Changed {
  const { strengths, names } = entryLists(entry);
  return { id, name: entry.name, keys: new Set(strengths.keys()), names };
}

/** A plugin that moved would have its number once it is free. */
function assertUnwanted(id: number, name: string, moved: ReadonlyMap<string, number>): void {
  for (const [other, actual] of moved) {
    if (other === name) continue;
    for (let attempt = 0, wanted = idOfName(other); wanted !== actual; wanted = idOfName(`${other} ${(attempt += 1)}`))
      if (wanted === id) throw new NeedsAll(`${other} moves.`);
  }
}

export interface RowsOrder {
  readonly valueOf: ValueOf;
  /** How many there are to be. */
  readonly held: number;
  /** Whether these were all. */
  readonly wasAll: boolean;
}

/** @param rows the first of a list @returns the first after the edit; undefined where more than those must be known */
export function changeRows(
  rows: readonly Row[],
  { removed, added }: Edit,
  { valueOf, held, wasAll }: RowsOrder,
): readonly Row[] | undefined {
  const last = rows.at(-1);
  // What is behind the last is behind whoever comes before it.
  const fits = (row: Row): boolean => wasAll || (last !== undefined && compareRows(row, last, valueOf) <= 0);
  const changed = rows.filter(({ id }) => !removed.has(id));
  for (const row of added) if (fits(row)) changed.splice(placeOf(row, changed, valueOf), 0, row);
  return changed.length < held ? undefined : changed.slice(0, held);
}

function placeOf(row: Row, rows: readonly Row[], valueOf: ValueOf): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = rows[middle];
    if (other && compareRows(other, row, valueOf) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
