import type { PluginName, Version } from '@ar-registry/schemas';
import type { Snapshot, SnapshotPlugin } from '../snapshot/index.ts';

/**
 * The snapshot without the versions for which `excluded` holds, such as those whose archive is damaged. Dist-tags that
 * named them are dropped, and so is a plugin of which nothing is left.
 */
export function excludeVersions(
  snapshot: Snapshot,
  excluded: (name: PluginName, version: Version) => boolean,
): Snapshot {
  return { ...snapshot, plugins: snapshot.plugins.flatMap((plugin) => withoutVersions(plugin, excluded)) };
}

function withoutVersions(
  plugin: SnapshotPlugin,
  excluded: (name: PluginName, version: Version) => boolean,
): readonly SnapshotPlugin[] {
  const versions = plugin.versions.filter(({ manifest }) => !excluded(plugin.name, manifest.version));
  if (versions.length === plugin.versions.length) return [plugin];
  if (versions.length === 0) return [];
  const left = new Set(versions.map(({ manifest }) => manifest.version));
  const distTags = Object.fromEntries(
    Object.entries(plugin.status.distTags).filter(([, version]) => left.has(version)),
  );
  return [{ ...plugin, status: { ...plugin.status, distTags }, versions }];
}
