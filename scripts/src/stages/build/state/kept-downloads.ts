/**
 * What was counted of plugins, in parts by the hash of their names: of a plugin that is asked for, one is read. It changes
 * with statistics, and so with builds of everything alone.
 */
import { createHash } from 'node:crypto';
import type { PluginName } from '@ar-registry/schemas';
import type { StateStore } from './store.ts';

/** What was counted. */
export interface StateDownloads {
  /** 0 of a plugin of which nothing was. */
  of(name: PluginName): number;
  /** Whether it has documents of statistics, if it is published. */
  isCounted(name: PluginName): boolean;
}

/** Of all plugins. */
export interface CountedPlugins {
  readonly downloads: ReadonlyMap<PluginName, number>;
  /** Those with documents of statistics, if they are published. */
  readonly counted: ReadonlySet<PluginName>;
}

/** Names of parts, by their number. */
export type DownloadParts = readonly string[];

/** Plugins in a part, roughly. */
const PART_PLUGINS = 1024;

/** Of all plugins whose hash gives its number. */
type Part = ReadonlyMap<PluginName, readonly [downloads: number, isCounted: boolean]>;

export async function writeDownloads(
  { downloads, counted }: CountedPlugins,
  store: Pick<StateStore, 'write'>,
): Promise<DownloadParts> {
  const names = [...new Set([...downloads.keys(), ...counted])].toSorted();
  const count = Math.max(1, Math.ceil(names.length / PART_PLUGINS));
  const own = Map.groupBy(names, (name) => partOf(name, count));
  const parts: string[] = [];
  for (let number = 0; number < count; number += 1) {
    const known = (own.get(number) ?? []).map(
      (name) => [name, [downloads.get(name) ?? 0, counted.has(name)] as const] as const,
    );
    parts.push(await store.write(new Map(known)));
  }
  return parts;
}

/** @returns what throws StateUnusable where a part is missing or damaged */
export function openDownloads(parts: DownloadParts, store: Pick<StateStore, 'read'>): StateDownloads {
  const opened = new Map<number, Part>();
  const find = (name: PluginName): ReturnType<Part['get']> => {
    const number = partOf(name, parts.length);
    // What has the digest that is asked for was written by `writeDownloads`.
    const part = opened.get(number) ?? (store.read(parts[number] ?? '') as Part);
    opened.set(number, part);
    return part.get(name);
  };
  return { of: (name) => find(name)?.[0] ?? 0, isCounted: (name) => find(name)?.[1] ?? false };
}

function partOf(name: PluginName, count: number): number {
  return createHash('sha256').update(name).digest().readUInt32BE() % count;
}
