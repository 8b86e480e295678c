/** A log as files: what follows from its entries alone. */
import { isPluginName } from '@ar-registry/core/name';
import {
  TILE_WIDTH,
  bundlePath,
  levelsOf,
  parseEntry,
  pluginLogPath,
  tileBytes,
  tilePath,
  tilesOf,
  toBundle,
  type Level,
  type Tile,
} from '@ar-registry/core/transparency';
import { sha256 } from '@ar-registry/io/transparency';
import type { PluginLogDocument, PluginName } from '@ar-registry/schemas';

/** Relative to the log. */
export interface LogFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface LogContent {
  readonly entries: readonly Uint8Array[];
  /** Their hashes. */
  readonly leaves: readonly Uint8Array[];
  /** How many there were before: the partial tiles of that time stay, for whoever is in the middle of reading. */
  readonly seen: number;
}

/** Everything but the checkpoint, one after the other: there are more of them than of plugins. */
export function* logFiles({ entries, leaves, seen }: LogContent): Generator<LogFile> {
  const levels = levelsOf(leaves, sha256);
  const tiles = new Map([...tilesOf(seen), ...tilesOf(leaves.length)].map((tile) => [tilePath(tile), tile]));
  yield* tileFiles(tiles.values(), { levels, entries, start: 0 });
  for (const [plugin, numbers] of numbersByPlugin(entries)) yield pluginFile(plugin, pluginEntries(entries, numbers));
}

interface TileContent {
  readonly levels: readonly Level[];
  /** From number `start` on. */
  readonly entries: readonly Uint8Array[];
  readonly start: number;
}

/** Tiles, and the bundles of entries beside those of leaves. */
export function* tileFiles(tiles: Iterable<Tile>, { levels, entries, start }: TileContent): Generator<LogFile> {
  for (const tile of tiles) {
    yield { path: tilePath(tile), bytes: tileBytes(tile, levels) };
    if (tile.level > 0) continue;
    const first = tile.index * TILE_WIDTH - start;
    const bundle = toBundle(entries.slice(first, first + tile.width));
    yield { path: bundlePath(tile.index, tile.width), bytes: bundle };
  }
}

type PluginEntries = PluginLogDocument['entries'];

/** Of each plugin the numbers of its entries, counted from the first of these: what all of them say is more than is to be held. */
export function numbersByPlugin(entries: readonly Uint8Array[]): ReadonlyMap<PluginName, readonly number[]> {
  const byPlugin = new Map<PluginName, number[]>();
  for (const [number, bytes] of entries.entries()) {
    const plugin = parseEntry(bytes)?.plugin;
    if (plugin === undefined || !isPluginName(plugin)) continue;
    const own = byPlugin.get(plugin);
    if (own) own.push(number);
    else byPlugin.set(plugin, [number]);
  }
  return byPlugin;
}

/** @param numbers as `numbersByPlugin` counts them @param start number of the first entry in the log */
export function pluginEntries(entries: readonly Uint8Array[], numbers: readonly number[], start = 0): PluginEntries {
  return numbers.flatMap((number) => {
    const entry = parseEntry(entries[number] ?? NONE);
    return entry ? [{ index: start + number, entry }] : [];
  });
}

const NONE = new Uint8Array();

/** For each plugin what is said of it, so that nobody has to read all entries for one. */
export function pluginFile(plugin: PluginName, entries: PluginEntries): LogFile {
  const document: PluginLogDocument = { schemaVersion: 1, plugin, entries };
  return { path: pluginLogPath(plugin), bytes: new TextEncoder().encode(`${JSON.stringify(document)}\n`) };
}
