/**
 * What is known of all plugins, in parts that are read and written one by one: plugins by name, a hundred or two in a part. What
 * lists are made of lies apart from the rest, which is needed of the plugins alone that change.
 */
import { isDeepStrictEqual } from 'node:util';
import type { PluginName } from '@ar-registry/schemas';
import type { LeafEntry } from '../leaf-cache.ts';
import type { ListedRow, PluginFacts } from './facts.ts';
import type { StateStore } from './store.ts';

/** How many plugins a part has at first; twice as many are divided. */
const CHUNK_PLUGINS = 128;

/** Where a part lies. */
export interface ChunkEntry {
  /** The name of its first plugin. */
  readonly first: PluginName;
  readonly rows: string;
  readonly details: string;
}

/** What is known of a plugin, and the files that are its own. */
export interface PluginState {
  readonly facts: PluginFacts;
  /** Relative to the output. */
  readonly files: readonly string[];
  /** Of what its latest archive gave. */
  readonly leaf?: LeafEntry | undefined;
}

/** Of the plugins of a part, by name. */
export interface ChunkRows {
  readonly names: readonly PluginName[];
  /** `undefined` for one that is not listed. */
  readonly rows: readonly (ListedRow | undefined)[];
}

type ChunkDetails = readonly (Omit<PluginState, 'facts'> & { readonly facts: Omit<PluginFacts, 'name' | 'row'> })[];

export interface Chunks {
  readonly entries: readonly ChunkEntry[];
  rows(index: number): ChunkRows;
  /** Of these plugins, those that are there, in order. */
  read(names: readonly PluginName[]): readonly PluginState[];
  /** Of all whose names begin so, in order. */
  readPrefix(prefix: string): readonly PluginState[];
  /** Writes the parts anew in which one of these plugins is not what it was. @returns where all parts lie then */
  change(gone: ReadonlySet<PluginName>, now: readonly PluginState[]): Promise<readonly ChunkEntry[]>;
}

export function openChunks(entries: readonly ChunkEntry[], store: StateStore): Chunks {
  const known = new Map<number, ChunkRows>();
  // What has the digest that is asked for was written by `writeChunks`.
  const rows = (index: number): ChunkRows => {
    const read = known.get(index) ?? (store.read(entries[index]?.rows ?? '') as ChunkRows);
    known.set(index, read);
    return read;
  };
  const namesAt = (index: number): readonly PluginName[] => (entries[index] ? rows(index).names : []);
  const states = new Map<number, readonly PluginState[]>();
  const read = (index: number): readonly PluginState[] => {
    const found = states.get(index) ?? readStates(index);
    states.set(index, found);
    return found;
  };
  const readStates = (index: number): readonly PluginState[] => {
    if (entries[index] === undefined) return [];
    const { names, rows: listed } = rows(index);
    const details = store.readPacked(entries[index].details) as ChunkDetails;
    return details.flatMap(({ facts, ...rest }, at) => {
      const name = names[at];
      return name === undefined ? [] : [{ facts: { ...facts, name, row: listed[at] }, ...rest }];
    });
  };
  const readNamed: Chunks['read'] = (names) => {
    const wanted = new Set(names);
    const indexes = new Set(names.map((name) => chunkOf(entries, name)));
    // Some names are of no plugin: what is known of those beside them is not asked for.
    const asked = [...indexes].filter((index) => namesAt(index).some((name) => wanted.has(name)));
    const found = asked.toSorted((a, b) => a - b).flatMap(read);
    return found.filter(({ facts }) => wanted.has(facts.name));
  };
  return {
    entries,
    rows,
    read: readNamed,
    readPrefix: (prefix) => {
      const [from, to] = [chunkOf(entries, prefix), chunkOf(entries, `${prefix}\uffff`)];
      const indexes = Array.from({ length: to - from + 1 }, (_, more) => from + more);
      return indexes.flatMap(read).filter(({ facts }) => facts.name.startsWith(prefix));
    },
    change: (gone, now) => changeChunks({ entries, read: readNamed, readAt: read, store }, gone, now),
  };
}

interface Reading {
  readonly entries: readonly ChunkEntry[];
  readonly read: Chunks['read'];
  /** All of a part. */
  readonly readAt: (index: number) => readonly PluginState[];
  readonly store: StateStore;
}

async function changeChunks(
  { entries, read, readAt, store }: Reading,
  gone: ReadonlySet<PluginName>,
  now: readonly PluginState[],
): Promise<readonly ChunkEntry[]> {
  const before = new Map(read([...gone]).map((state) => [state.facts.name, state]));
  const after = new Map(now.map((state) => [state.facts.name, state]));
  const others = [...new Set([...before.keys(), ...after.keys()])].filter(
    (name) => !isSameState(before.get(name), after.get(name)),
  );
  const touched = new Set(others.map((name) => chunkOf(entries, name)));
  const coming = Map.groupBy(now, ({ facts }) => chunkOf(entries, facts.name));
  const changed: ChunkEntry[] = [];
  for (const index of entries.length === 0 ? [0] : entries.keys()) {
    const entry = entries[index];
    if (entry && !touched.has(index)) changed.push(entry);
    else {
      const kept = readAt(index).filter(({ facts }) => !gone.has(facts.name));
      changed.push(...(await writeChunks([...kept, ...(coming.get(index) ?? [])], store)));
    }
  }
  return changed;
}

/** In whatever order its files were written. */
function isSameState(before: PluginState | undefined, after: PluginState | undefined): boolean {
  const [then, now] = [before, after].map((state) => state && { ...state, files: state.files.toSorted() });
  return isDeepStrictEqual(then, now);
}

/** Divides plugins into parts and writes them. @param plugins in any order */
export async function writeChunks(
  plugins: readonly PluginState[],
  store: Pick<StateStore, 'write' | 'writePacked'>,
): Promise<readonly ChunkEntry[]> {
  const sorted = plugins.toSorted((a, b) => (a.facts.name < b.facts.name ? -1 : 1));
  const parts = sorted.length < 2 * CHUNK_PLUGINS ? 1 : Math.ceil(sorted.length / CHUNK_PLUGINS);
  const size = Math.ceil(sorted.length / parts);
  const entries: ChunkEntry[] = [];
  for (let from = 0; from < sorted.length; from += size) {
    const own = sorted.slice(from, from + size);
    const rows: ChunkRows = { names: own.map(({ facts }) => facts.name), rows: own.map(({ facts }) => facts.row) };
    const details: ChunkDetails = own.map(({ facts: { name: _name, row: _row, ...facts }, ...rest }) => ({
      facts,
      ...rest,
    }));
    entries.push({
      first: own[0]?.facts.name ?? '',
      rows: await store.write(rows),
      details: await store.writePacked(details),
    });
  }
  return entries;
}

/** The position of the part that has this name, or would have it. */
function chunkOf(entries: readonly ChunkEntry[], name: string): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle]?.first ?? '') <= name) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}
