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

/** Everything but the checkpoint. */
export function logFiles({ entries, leaves, seen }: LogContent): readonly LogFile[] {
  const levels = levelsOf(leaves, sha256);
  const tiles = new Map([...tilesOf(seen), ...tilesOf(leaves.length)].map((tile) => [tilePath(tile), tile]));
  return [...[...tiles.values()].flatMap((tile) => filesOf(tile, levels, entries)), ...pluginFiles(entries)];
}

function filesOf(tile: Tile, levels: ReturnType<typeof levelsOf>, entries: readonly Uint8Array[]): readonly LogFile[] {
  const hashes = { path: tilePath(tile), bytes: tileBytes(tile, levels) };
  if (tile.level > 0) return [hashes];
  const start = tile.index * TILE_WIDTH;
  const bundle = toBundle(entries.slice(start, start + tile.width));
  return [{ path: bundlePath(tile.index, tile.width), bytes: bundle }, hashes];
}

/** For each plugin what is said of it, so that nobody has to read all entries for one. */
function pluginFiles(entries: readonly Uint8Array[]): readonly LogFile[] {
  const byPlugin = new Map<PluginName, PluginLogDocument['entries']>();
  for (const [index, bytes] of entries.entries()) {
    const entry = parseEntry(bytes);
    if (entry?.plugin === undefined || !isPluginName(entry.plugin)) continue;
    const own = byPlugin.get(entry.plugin) ?? [];
    own.push({ index, entry });
    byPlugin.set(entry.plugin, own);
  }
  return [...byPlugin].map(([plugin, own]) => {
    const document: PluginLogDocument = { schemaVersion: 1, plugin, entries: own };
    return { path: pluginLogPath(plugin), bytes: new TextEncoder().encode(`${JSON.stringify(document)}\n`) };
  });
}
