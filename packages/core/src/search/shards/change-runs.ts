/**
 * The keys of an index after a change, shard by shard, and where shards begin then. Only from a key that weighs something
 * else on can they begin elsewhere, and as soon as one begins where one did, all others do too.
 */
import { beginsShard, borderBetween, shardAt } from './cut.ts';
import { changeRows, type Edit } from './edits.ts';
import { namesIn, type FileName, type SearchRoot } from './format.ts';
import type { ShardLimits } from './limits.ts';
import { best } from './heads.ts';
import type { Remade } from './change-lengths.ts';
import type { Numbered } from './numbered.ts';
import { scoreOf } from '../score.ts';
import {
  isScored,
  keysIn,
  openShard,
  weightIn,
  type OpenList,
  type OpenShard,
  type Row,
  type Values,
} from './opened.ts';
import type { ReadSearchFile } from './reader.ts';
import { editNames, type PartEdit } from './change-words.ts';

export interface OldShard extends OpenShard {
  /** In order. */
  readonly keys: readonly string[];
}

/** The shards as they were published, each read and opened once. */
export interface OldShards {
  readonly borders: readonly string[];
  readonly names: readonly FileName[];
  open(position: number): Promise<OldShard>;
  /** The position of the shard that has this key, or would have it in the order of all keys. */
  locate(key: string): Promise<number>;
}

export function oldShards({ borders, shards }: SearchRoot, read: ReadSearchFile): OldShards {
  const names = namesIn(shards);
  const opened = new Map<number, ReturnType<OldShards['open']>>();
  const open: OldShards['open'] = async (position) => {
    const known = opened.get(position) ?? opening(names[position] ?? '', read);
    opened.set(position, known);
    return known;
  };
  return {
    borders,
    names,
    open,
    locate: async (key) => {
      const position = shardAt(borders, key);
      const [first] = (await open(position)).keys;
      return position > 0 && first !== undefined && key < first ? position - 1 : position;
    },
  };
}

async function opening(name: FileName, read: ReadSearchFile): Promise<OldShard> {
  const shard = openShard(await read('shard', name));
  return { ...shard, keys: keysIn(shard) };
}

/** A shard of the new index: one that holds the same keys and lists as before, or one that is made anew. */
export interface Run {
  readonly border: string;
  /** The position of the old one. */
  readonly old?: number;
  /** What is made anew, without what words begin. */
  readonly made?: OpenShard;
}

export interface RunPorts {
  readonly old: OldShards;
  readonly edits: ReadonlyMap<string, Edit>;
  readonly parts: ReadonlyMap<string, PartEdit>;
  /** Lists that are not edited, but as they are here. */
  readonly remade: ReadonlyMap<string, Remade>;
  readonly limits: ShardLimits;
  readonly values: Values;
  /** A long list as it is now, and its rows. */
  readonly after: (key: string) => Promise<Numbered>;
  readonly rowsWith: (ids: readonly number[]) => Promise<ReadonlyMap<number, Row>>;
}

/** All shards, in order. */
export async function changeRuns(ports: RunPorts): Promise<readonly Run[]> {
  const { old } = ports;
  const touched = new Map<number, string[]>();
  for (const key of [...ports.edits.keys(), ...ports.remade.keys(), ...ports.parts.keys()]) {
    const position = await old.locate(key);
    touched.set(position, [...(touched.get(position) ?? []), key]);
  }
  const runs: BorderlessRun[] = [];
  let next = 0;
  for (const position of [...touched.keys()].toSorted((a, b) => a - b)) {
    if (position < next) continue;
    const start = await startOf(position, touched, old);
    for (; next < start; next += 1) runs.push({ old: next });
    const { made, end } = await cutAgain(start, touched, ports);
    runs.push(...made);
    next = end;
  }
  for (; next < old.names.length; next += 1) runs.push({ old: next });
  return withBorders(runs, old);
}

/** Where a shard begins that ends elsewhere, if its first key is another one, or weighs something else. */
async function startOf(
  position: number,
  touched: ReadonlyMap<number, readonly string[]>,
  old: OldShards,
): Promise<number> {
  let start = position;
  for (; start > 0; start -= 1) {
    const [first] = (await old.open(start)).keys;
    if (first === undefined || touched.get(start)?.includes(first) !== true) return start;
  }
  return start;
}

interface Cut {
  readonly made: readonly { readonly made: OpenShard }[];
  /** The position of the first old shard that is as it was. */
  readonly end: number;
}

async function cutAgain(start: number, touched: ReadonlyMap<number, readonly string[]>, ports: RunPorts): Promise<Cut> {
  const { old, limits } = ports;
  const made: { readonly made: MutableShard }[] = [];
  const isUntouched = (position: number): boolean => position > start && !touched.has(position);
  let [held, heldBefore] = [0, 0];
  let end = start;
  for (; end < old.names.length; end += 1) {
    const isAsItWas = isUntouched(end);
    // It began there after less: after as much, or more, it does so whatever its first key is, and need not be read.
    if (isAsItWas && held >= heldBefore) return { made, end };
    const run = await changedRun(end, touched, ports);
    heldBefore = weightOf(await old.open(end), limits);
    for (const [at, key] of keysIn(run).entries()) {
      const weight = weightIn(run, key, limits);
      const begins = made.length === 0 || beginsShard({ key, weight }, held, limits);
      if (begins && at === 0 && isAsItWas) return { made, end };
      if (begins) {
        made.push({ made: { lists: new Map(), parts: new Map() } });
        held = 0;
      }
      held += weight;
      copyKey(key, run, made.at(-1));
    }
  }
  return { made, end };
}

/** Of all keys. */
function weightOf(shard: OldShard, limits: ShardLimits): number {
  return shard.keys.reduce((sum, key) => sum + weightIn(shard, key, limits), 0);
}

interface MutableShard {
  readonly lists: Map<string, OpenList>;
  readonly parts: Map<string, readonly string[]>;
}

function copyKey(key: string, from: OpenShard, to: { readonly made: MutableShard } | undefined): void {
  const list = from.lists.get(key);
  const names = from.parts.get(key);
  if (list) to?.made.lists.set(key, list);
  if (names) to?.made.parts.set(key, names);
}

/** The keys of an old shard as they are now. */
async function changedRun(
  position: number,
  touched: ReadonlyMap<number, readonly string[]>,
  ports: RunPorts,
): Promise<OpenShard> {
  const shard = await ports.old.open(position);
  const lists = new Map(shard.lists);
  const parts = new Map(shard.parts);
  for (const key of touched.get(position) ?? []) {
    const partEdit = ports.parts.get(key);
    const list = await listAfter(key, lists.get(key), ports);
    if (list) lists.set(key, list);
    else lists.delete(key);
    const names = partEdit && editNames(parts.get(key) ?? [], partEdit);
    if (names) parts.set(key, names);
    else parts.delete(key);
  }
  return { lists, parts };
}

async function listAfter(key: string, list: OpenList | undefined, ports: RunPorts): Promise<OpenList | undefined> {
  const remade = ports.remade.get(key);
  if (remade) return remade.list;
  const edit = ports.edits.get(key);
  return edit ? changeList(key, list, { edit, ports }) : undefined;
}

/** Of one that stays long, or not. @returns undefined for one that nothing is left of */
async function changeList(
  key: string,
  list: OpenList = { count: 0, at: [] },
  { edit, ports }: { readonly edit: Edit; readonly ports: RunPorts },
): Promise<OpenList | undefined> {
  const { limits, values } = ports;
  const count = list.count - edit.removed.size + edit.added.length;
  const isLong = count > limits.wholeList;
  if (count === 0) return undefined;
  const held = isLong ? limits.headLength : count;
  const valueOf = values.of(key);
  const first = changeRows(list.at, edit, { valueOf, held, wasAll: !isLong });
  const at = first ?? (await bestOf(key, (all) => orderingOf(key, all), ports));
  if (!list.updated) return { count, at };
  const newest = changeRows(list.updated, edit, { valueOf: values.updated, held, wasAll: false });
  return { count, at, updated: newest ?? (await bestOf(key, ({ updated }) => updated, ports)) };
}

function orderingOf(key: string, { downloads, strengths, standings }: Numbered): ArrayLike<number> {
  if (!isScored(key)) return downloads;
  return Float64Array.from(strengths, (strength, at) => scoreOf([strength], [1], standings[at] ?? 0));
}

/** Of a long list. */
async function bestOf(
  key: string,
  by: (all: Numbered) => ArrayLike<number>,
  { after, rowsWith, limits }: Pick<RunPorts, 'after' | 'rowsWith' | 'limits'>,
): Promise<readonly Row[]> {
  const all = await after(key);
  const ids = best(all.ids, by(all), limits.headLength);
  const rows = await rowsWith(ids);
  return ids.flatMap((id) => rows.get(id) ?? []);
}

async function withBorders(runs: readonly BorderlessRun[], old: OldShards): Promise<readonly Run[]> {
  const keysOf = async ({ old: position, made }: BorderlessRun): Promise<readonly string[]> =>
    made ? [...made.lists.keys(), ...made.parts.keys()].toSorted() : (await old.open(position ?? 0)).keys;
  const all: Run[] = [];
  for (const [at, run] of runs.entries()) {
    const before = runs[at - 1];
    const place = before && (await placeOf(before, run, old));
    if (!before) all.push({ ...run, border: '' });
    else if (place !== undefined) all.push({ ...run, border: old.borders[place] ?? '' });
    else {
      const [last, [first = '']] = [(await keysOf(before)).at(-1) ?? '', await keysOf(run)];
      all.push({ ...run, border: borderBetween(last, first) });
    }
  }
  return all;
}

type BorderlessRun = Omit<Run, 'border'>;

/** The position of the old shard that begins where this one does, between the same two keys, as far as that is known. */
async function placeOf(before: BorderlessRun, run: BorderlessRun, old: OldShards): Promise<number | undefined> {
  const place = run.old ?? (before.old === undefined ? undefined : before.old + 1);
  if (place === undefined) return undefined;
  const isSameEnd = before.old === place - 1 || (await old.open(place - 1)).keys.at(-1) === lastOf(before);
  const isSameStart = run.old === place || (await old.open(place)).keys[0] === firstOf(run);
  return isSameEnd && isSameStart ? place : undefined;
}

function firstOf({ made }: BorderlessRun): string | undefined {
  return made && keysIn(made)[0];
}

function lastOf({ made }: BorderlessRun): string | undefined {
  return made && keysIn(made).at(-1);
}
