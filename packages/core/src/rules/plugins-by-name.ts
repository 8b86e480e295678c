import type { PluginName } from '@ar-registry/schemas';
import type { Snapshot, SnapshotPlugin } from '../snapshot/index.ts';

/** The plugins of a snapshot to look up. */
export function pluginsByName({ plugins }: Snapshot): ReadonlyMap<PluginName, SnapshotPlugin> {
  return new Map(plugins.map((plugin) => [plugin.name, plugin]));
}
