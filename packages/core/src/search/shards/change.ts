/** A state after a few of its plugins changed: the same, array by array, as if it were made of all of them anew. */
import { idOfName } from '../ids.ts';
import type { SearchEntry } from '../query.ts';
import { countAt, isPart, listAt, lowerBound, namesByPart, pluginAt, positionIn, weigh, type Keyed } from './keyed.ts';
import { typoKeysOfName, wordOfTagKey } from './keys.ts';
import type { ShardLimits } from './limits.ts';
import { entryLists, toIndexed, type IndexedPlugin } from './lists.ts';
import type { SearchKeys, SearchPlugins, SearchState } from './state.ts';

/** What was and is no more, and what is now: a plugin that changed is in both. */
export interface SearchChange {
  readonly removed: readonly SearchEntry[];
  readonly added: readonly SearchEntry[];
}

export interface ChangedState {
  readonly state: SearchState;
  /** Keys whose lists are not what they were, in order; also those that came or went. */
  readonly touched: readonly string[];
  /** The numbers of the plugins that changed. */
  readonly ids: readonly number[];
}

/**
 * @param change as it is: what is removed was there
 * @returns undefined where plugins would have to change their numbers: then the state is to be made anew
 */
export function changeSearchState(
  before: SearchState,
  change: SearchChange,
  limits: ShardLimits,
): ChangedState | undefined {
  const ids = idsOfChange(before.plugins, change);
  if (!ids) return undefined;
  const removed = change.removed.map(({ name }) => ids.get(name) ?? -1);
  const added = change.added.map((entry) => toIndexed(entry, ids.get(entry.name) ?? -1));
  const plugins = changePlugins(before.plugins, removed, added);
  const edits = editsOf(change, ids);
  const { words, wordCounts, moved } = changeWords(before, change);
  const parts = changedParts(words, moved);
  const joined = changeKeys(before.keys, edits, parts);
  const crossing = tagsOfCrossing(before.keys, joined, { edits, limits });
  const touched = [...new Set([...edits.keys(), ...parts.keys(), ...crossing])].toSorted();
  const state = { plugins, keys: joined, words, wordCounts };
  const positions = touched.map((key) => positionIn(joined.keys, key)).filter((at) => at !== -1);
  return { state: { ...state, keys: weigh(state, { limits, touched: positions }) }, touched, ids: [...ids.values()] };
}

/** The numbers of all that changes; none where a number is wanted by two. */
function idsOfChange(
  plugins: SearchPlugins,
  { removed, added }: SearchChange,
): ReadonlyMap<string, number> | undefined {
  const ids = new Map<string, number>();
  for (const { name } of removed) {
    const id = idOf(plugins, name);
    if (id !== undefined) ids.set(name, id);
  }
  const staying = new Set(added.map(({ name }) => name));
  const gone = removed.filter(({ name }) => !staying.has(name));
  if (gone.some(({ name }) => isWanted(plugins, ids.get(name) ?? -1, name))) return undefined;
  const taken = new Set<number>();
  for (const { name } of added) {
    if (ids.has(name)) continue;
    const id = idOfName(name);
    if (pluginAt(plugins, id) !== -1 || taken.has(id)) return undefined;
    taken.add(id);
    ids.set(name, id);
  }
  return ids;
}

function idOf(plugins: SearchPlugins, name: string): number | undefined {
  const own = idOfName(name);
  if (plugins.names[pluginAt(plugins, own)] === name) return own;
  const at = plugins.names.indexOf(name);
  return at === -1 ? undefined : plugins.ids[at];
}

/** Whether another plugin would have this number if it were free. */
function isWanted(plugins: SearchPlugins, id: number, name: string): boolean {
  return plugins.names.some((other, at) => {
    const actual = plugins.ids[at] ?? 0;
    if (other === name || idOfName(other) === actual) return false;
    for (let attempt = 0, wanted = idOfName(other); wanted !== actual; wanted = idOfName(`${other} ${(attempt += 1)}`))
      if (wanted === id) return true;
    return false;
  });
}

function changePlugins(
  before: SearchPlugins,
  removed: readonly number[],
  added: readonly IndexedPlugin[],
): SearchPlugins {
  const gone = new Set(removed);
  const kept = [...before.ids.keys()].filter((at) => !gone.has(before.ids[at] ?? -1));
  const fresh = added.toSorted((a, b) => a.id - b.id);
  const order: (number | IndexedPlugin)[] = [];
  let next = 0;
  for (const at of kept) {
    for (; next < fresh.length && (fresh[next]?.id ?? 0) < (before.ids[at] ?? 0); next += 1)
      order.push(fresh[next] ?? at);
    order.push(at);
  }
  order.push(...fresh.slice(next));
  const column = (old: ArrayLike<number>, of: (plugin: IndexedPlugin) => number): readonly number[] =>
    order.map((one) => (typeof one === 'number' ? (old[one] ?? 0) : of(one)));
  return {
    ids: Uint32Array.from(column(before.ids, ({ id }) => id)),
    names: order.map((one) => (typeof one === 'number' ? (before.names[one] ?? '') : one.entry.name)),
    standings: Uint8Array.from(column(before.standings, ({ standing }) => standing)),
    downloads: Float64Array.from(column(before.downloads, ({ entry }) => entry.downloads)),
    updated: Float64Array.from(column(before.updated, ({ updated }) => updated)),
    lengths: Uint32Array.from(column(before.lengths, ({ entry }) => entry.name.length + entry.description.length)),
  };
}

/** Of one key: who goes, and who comes with which strength. */
interface Edit {
  readonly removed: Set<number>;
  readonly added: Map<number, number>;
}

type Edits = ReadonlyMap<string, Edit>;

function editsOf({ removed, added }: SearchChange, ids: ReadonlyMap<string, number>): Edits {
  const edits = new Map<string, Edit>();
  const editOf = (key: string): Edit => {
    const edit = edits.get(key) ?? { removed: new Set(), added: new Map() };
    edits.set(key, edit);
    return edit;
  };
  for (const entry of removed)
    for (const key of entryLists(entry).strengths.keys()) editOf(key).removed.add(ids.get(entry.name) ?? -1);
  for (const entry of added)
    for (const [key, strength] of entryLists(entry).strengths)
      editOf(key).added.set(ids.get(entry.name) ?? -1, strength);
  return edits;
}

interface ChangedWords extends Pick<SearchState, 'words' | 'wordCounts'> {
  /** That came or went. */
  readonly moved: readonly string[];
}

function changeWords({ words, wordCounts }: SearchState, { removed, added }: SearchChange): ChangedWords {
  const differences = new Map<string, number>();
  for (const [entries, by] of [
    [removed, -1],
    [added, 1],
  ] as const)
    for (const entry of entries)
      for (const name of entryLists(entry).names) differences.set(name, (differences.get(name) ?? 0) + by);
  const counts = new Map(
    [...differences].map(([word, by]) => [word, (wordCounts[positionIn(words, word)] ?? 0) + by] as const),
  );
  const moved = [...counts].flatMap(([word, count]) => (count > 0 === (positionIn(words, word) !== -1) ? [] : [word]));
  const changed = Uint32Array.from(wordCounts);
  for (const [word, count] of counts) {
    const at = positionIn(words, word);
    if (at !== -1) changed[at] = count;
  }
  if (moved.length === 0) return { words, wordCounts: changed, moved };
  const come = moved.filter((word) => (counts.get(word) ?? 0) > 0);
  const all = [...words.filter((_, at) => (changed[at] ?? 0) > 0), ...come].toSorted();
  const countOf = (word: string): number => counts.get(word) ?? changed[positionIn(words, word)] ?? 0;
  return { words: all, wordCounts: Uint32Array.from(all, countOf), moved };
}

/** Parts of the names that came or went, and whether any name has them now. */
function changedParts(words: readonly string[], moved: readonly string[]): ReadonlyMap<string, boolean> {
  const parts = new Set(moved.flatMap(typoKeysOfName));
  const names = namesByPart(words, parts);
  return new Map([...parts].map((part) => [part, names.has(part)]));
}

/** Everything between two keys that change is taken over as it is. */
function changeKeys(before: SearchKeys, edits: Edits, parts: ReadonlyMap<string, boolean>): SearchKeys {
  const pieces: SearchKeys[] = [];
  let from = 0;
  for (const key of [...new Set([...edits.keys(), ...parts.keys()])].toSorted()) {
    const at = lowerBound(before.keys, key);
    pieces.push(pieceOf(before, from, at));
    const isThere = before.keys[at] === key;
    from = isThere ? at + 1 : at;
    const list: Keyed = isThere ? listAt(before, at) : { ids: new Uint32Array(), strengths: new Uint8Array() };
    const single = editList(key, list, edits.get(key));
    if (isPart(key) ? parts.get(key) === true : single.ids.length > 0) pieces.push(single);
  }
  pieces.push(pieceOf(before, from, before.keys.length));
  return join(pieces);
}

function pieceOf(keys: SearchKeys, from: number, to: number): SearchKeys {
  const [start, end] = [keys.offsets[from] ?? 0, keys.offsets[to] ?? 0];
  return {
    keys: keys.keys.slice(from, to),
    offsets: keys.offsets.subarray(from, to + 1),
    ids: keys.ids.subarray(start, end),
    strengths: keys.strengths.subarray(start, end),
    needed: keys.needed.subarray(from, to),
    weights: keys.weights.subarray(from, to),
  };
}

function editList(key: string, list: Keyed, edit: Edit = { removed: new Set(), added: new Map() }): SearchKeys {
  const { removed, added } = edit;
  const kept = list.ids.filter((id) => !removed.has(id) && !added.has(id));
  const all = new Uint32Array(kept.length + added.size);
  all.set(kept);
  all.set([...added.keys()], kept.length);
  all.sort();
  const strengths = new Uint8Array(all.length);
  let at = 0;
  for (const [index, id] of all.entries()) {
    while (at < list.ids.length && (list.ids[at] ?? 0) < id) at += 1;
    strengths[index] = added.get(id) ?? list.strengths[at] ?? 0;
  }
  return {
    keys: [key],
    offsets: Uint32Array.of(0, all.length),
    ids: all,
    strengths,
    needed: new Uint8Array(1),
    weights: new Uint32Array(1),
  };
}

function join(pieces: readonly SearchKeys[]): SearchKeys {
  const length = pieces.reduce((sum, { keys }) => sum + keys.length, 0);
  const total = pieces.reduce((sum, { ids }) => sum + ids.length, 0);
  const offsets = new Uint32Array(length + 1);
  const [ids, strengths] = [new Uint32Array(total), new Uint8Array(total)];
  const [needed, weights] = [new Uint8Array(length), new Uint32Array(length)];
  let [at, held] = [0, 0];
  for (const piece of pieces) {
    const start = piece.offsets[0] ?? 0;
    for (let own = 0; own < piece.keys.length; own += 1)
      offsets[at + own + 1] = held + (piece.offsets[own + 1] ?? 0) - start;
    ids.set(piece.ids, held);
    strengths.set(piece.strengths, held);
    needed.set(piece.needed, at);
    weights.set(piece.weights, at);
    at += piece.keys.length;
    held += piece.ids.length;
  }
  return { keys: pieces.flatMap(({ keys }) => keys), offsets, ids, strengths, needed, weights };
}

/** Tags whose word has so many plugins now, or so few, that they need a list of their own, or none any more. */
function tagsOfCrossing(
  before: SearchKeys,
  after: SearchKeys,
  { edits, limits }: { readonly edits: Edits; readonly limits: ShardLimits },
): readonly string[] {
  const isLong = (keys: SearchKeys, key: string): boolean => {
    const at = positionIn(keys.keys, key);
    return at !== -1 && countAt(keys, at) > limits.wholeList;
  };
  const words = new Set([...edits.keys()].filter((key) => isLong(before, key) !== isLong(after, key)));
  if (words.size === 0) return [];
  const tags = after.keys.slice(lowerBound(after.keys, 'tag:'), lowerBound(after.keys, 'tag;'));
  return tags.filter((tag) => words.has(wordOfTagKey(tag) ?? ''));
}
