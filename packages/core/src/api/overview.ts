/** What the documents about many plugins are made of: little of each plugin, so that all fit where their records do not. */
import type { PluginName, SearchIndexDocument, Timestamp } from '@ar-registry/schemas';
import { changesIn, standingIn, type Change, type Standing } from '../changes/index.ts';
import type { Snapshot, SnapshotHead, SnapshotPlugin } from '../snapshot/index.ts';
import { isListed } from './latest.ts';
import { firstPublishedAt, toSummary } from './summary.ts';

export interface PluginOverview {
  readonly name: PluginName;
  /** How many are published. */
  readonly versions: number;
  /** When its first version came out. */
  readonly publishedAt: Timestamp;
  readonly isFeatured: boolean;
  /** As lists and searches have it, where it is in them. */
  readonly entry?: SearchIndexDocument['plugins'][number] | undefined;
}

export interface Overview extends SnapshotHead {
  /** By name, in code-unit order. */
  readonly plugins: readonly PluginOverview[];
  /** All of them, the newest first. */
  readonly changes: readonly Change[];
  /** By plugin, the highest version first. */
  readonly standing: readonly Standing[];
}

/** The same of a registry that is in memory as a whole. */
export function toOverview(snapshot: Snapshot): Overview {
  const { plugins, downloads } = snapshot;
  return {
    ...snapshot,
    plugins: plugins.map((plugin) => ({
      name: plugin.name,
      versions: plugin.versions.length,
      publishedAt: firstPublishedAt(plugin),
      isFeatured: plugin.record.featured ?? false,
      entry: isListed(plugin) ? toSearchEntry(plugin, downloads.get(plugin.name) ?? 0) : undefined,
    })),
    changes: changesIn(snapshot),
    standing: standingIn(snapshot),
  };
}

/** A plugin as searches find it. */
export function toSearchEntry(plugin: SnapshotPlugin, downloads: number): SearchIndexDocument['plugins'][number] {
  return {
    ...toSummary(plugin),
    downloads,
    ...(plugin.record.aliases === undefined ? {} : { aliases: plugin.record.aliases }),
  };
}
