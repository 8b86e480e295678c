import type { PluginName } from '@ar-registry/schemas';
import { finding, type Finding } from '../findings/index.ts';
import { indexPaths } from '../layout/index.ts';
import type { SnapshotPlugin } from '../snapshot/index.ts';
import { pluginsByName } from './plugins-by-name.ts';
import type { IndexRule } from './rule.ts';

/** A name means one plugin: an alias is nobody else’s name or alias, and a rename leads to a plugin, not in a circle. */
export const checkAliases: IndexRule = ({ snapshot }) => {
  const plugins = pluginsByName(snapshot);
  const holders = new Map<PluginName, PluginName>();
  return snapshot.plugins.flatMap((plugin) => [...aliasesOf(plugin, plugins, holders), ...renameOf(plugin, plugins)]);
};

type Plugins = ReadonlyMap<PluginName, SnapshotPlugin>;

/** @param holders alias → who had it first; filled here. */
function aliasesOf(
  { name, record }: SnapshotPlugin,
  plugins: Plugins,
  holders: Map<PluginName, PluginName>,
): readonly Finding[] {
  return (record.aliases ?? []).flatMap((alias) => {
    const owner = plugins.get(alias);
    // The plugin that was renamed to this one may stay under its old name, which is then an alias of it.
    const taken = owner && owner.record.renamedTo !== name ? alias : holders.get(alias);
    if (taken === undefined) holders.set(alias, name);
    return taken === undefined ? [] : [finding('ALIAS_TAKEN', { file: indexPaths.plugin(name) }, { alias, by: taken })];
  });
}

function renameOf({ name, record: { renamedTo: target } }: SnapshotPlugin, plugins: Plugins): readonly Finding[] {
  if (target === undefined) return [];
  const problem = renameProblem(name, target, plugins);
  return problem === undefined
    ? []
    : [finding('RENAME_TARGET_INVALID', { file: indexPaths.plugin(name) }, { target, problem })];
}

function renameProblem(name: PluginName, target: PluginName, plugins: Plugins): string | undefined {
  if (target === name) return 'it has that name';
  const plugin = plugins.get(target);
  if (!plugin) return 'there is no such plugin';
  return plugin.record.renamedTo === undefined ? undefined : `it is itself renamed to ${plugin.record.renamedTo}`;
}
