/** What is to be known of a plugin to make the documents that are about many: lists, counts, feeds, searches. */
import { firstPublishedAt, isListed, toSearchEntry, withoutCounters } from '@ar-registry/core/api';
import { changesIn, standingIn, type Change, type Standing } from '@ar-registry/core/changes';
import { ratingOf } from '@ar-registry/core/reviews';
import type { SearchEntry } from '@ar-registry/core/search';
import type { Snapshot, SnapshotPlugin } from '@ar-registry/core/snapshot';
import type { PluginName, Rating, Timestamp } from '@ar-registry/schemas';

export interface PluginFacts {
  readonly name: PluginName;
  /** How many are published; none of a name that only advisories speak of. */
  readonly versions: number;
  readonly isFeatured: boolean;
  /** When its first version came out. */
  readonly publishedAt?: Timestamp | undefined;
  /** As lists and searches have it, where it is in them. */
  readonly row?: ListedRow | undefined;
  /** The newest first. */
  readonly changes: readonly Change[];
  readonly standing: readonly Standing[];
  readonly rating?: Rating | undefined;
}

/** The text of a plugin in a list, and what a search has besides it, both JSON. */
export interface ListedRow {
  readonly listed: string;
  readonly more: string;
}

/** @param names of whom; all that the snapshot speaks of unless given @returns by name, in order */
export function factsIn(snapshot: Snapshot, names?: ReadonlySet<PluginName>): readonly PluginFacts[] {
  const changes = Map.groupBy(changesIn(snapshot), ({ plugin }) => plugin);
  const standing = Map.groupBy(standingIn(snapshot), ({ plugin }) => plugin);
  const plugins = new Map(snapshot.plugins.map((plugin) => [plugin.name, plugin]));
  const all = [...new Set([...plugins.keys(), ...changes.keys()])].toSorted();
  return all
    .filter((name) => names?.has(name) ?? true)
    .map((name) => {
      const plugin = plugins.get(name);
      const decided = { name, changes: changes.get(name) ?? [], standing: standing.get(name) ?? [] };
      return plugin ? { ...decided, ...factsOf(plugin, snapshot) } : { ...decided, versions: 0, isFeatured: false };
    });
}

function factsOf(plugin: SnapshotPlugin, { reviews, downloads }: Snapshot) {
  const { name, versions, record } = plugin;
  const own = reviews.get(name) ?? [];
  return {
    versions: versions.length,
    isFeatured: record.featured ?? false,
    publishedAt: firstPublishedAt(plugin),
    row: isListed(plugin) ? toRow(toSearchEntry(plugin, downloads.get(name) ?? 0)) : undefined,
    rating: ratingOf(own),
  };
}

function toRow(entry: SearchEntry): ListedRow {
  const listed = JSON.stringify(withoutCounters(entry));
  // What a search has of it begins with the same.
  return { listed, more: `,${JSON.stringify(entry).slice(listed.length)}` };
}

/** The text of a plugin as an index of a small registry has it. */
export function searchText({ listed, more }: ListedRow): string {
  return listed.slice(0, -1) + more;
}

export function entryOfRow(row: ListedRow): SearchEntry {
  return JSON.parse(searchText(row)) as SearchEntry; // written here, and kept under its digest
}
