import type { PluginSummary, Timestamp } from '@ar-registry/schemas';
import type { SnapshotPlugin } from '../snapshot/index.ts';
import { latestOf } from './latest.ts';

/**
 * A plugin as lists show it, by its latest version. `publishedAt` is when its first version came out, `updatedAt` when
 * its newest did.
 */
export function toSummary(plugin: SnapshotPlugin): PluginSummary {
  const { manifest } = latestOf(plugin);
  const instants = instantsOf(plugin);
  const deprecated = plugin.status.deprecated?.[manifest.version];
  return {
    name: plugin.name,
    version: manifest.version,
    type: manifest.type,
    description: manifest.description,
    ...(manifest.category === undefined ? {} : { category: manifest.category }),
    tags: manifest.tags,
    trust: plugin.record.trust,
    license: manifest.license,
    author: manifest.author.name,
    publishedAt: instants[0] ?? '',
    updatedAt: instants.at(-1) ?? '',
    ...(deprecated === undefined ? {} : { deprecated }),
  };
}

/** When its first version came out. */
export function firstPublishedAt(plugin: SnapshotPlugin): Timestamp {
  return instantsOf(plugin)[0] ?? '';
}

function instantsOf({ versions }: SnapshotPlugin): readonly Timestamp[] {
  return versions.map(({ publishedAt }) => publishedAt).toSorted(byInstant);
}

/** With and without milliseconds, so not by text alone. */
function byInstant(a: Timestamp, b: Timestamp): number {
  return Date.parse(a) - Date.parse(b) || (a < b ? -1 : 1);
}
