import type { PluginName } from '@ar-registry/schemas';
import { ArError } from '../errors/index.ts';
import { nearest } from '../text/index.ts';
import type { ProjectState } from './plan.ts';
import { editProjectFile, type WantedPlugin } from './project-file.ts';

/** What turning plugins on or off changes. */
export interface EnablePlan {
  readonly changed: readonly PluginName[];
  /** Those that were so already. */
  readonly unchanged: readonly PluginName[];
  /** Absent where nothing changes; the lock stays as it is. */
  readonly change: { readonly projectText: string } | undefined;
}

/** @throws NOT_INSTALLED */
export function planEnable(state: ProjectState, names: readonly string[], enabled: boolean): EnablePlan {
  const { plugins } = state.wanted;
  const edits = new Map<PluginName, WantedPlugin>();
  const asked = [...new Set(names)].toSorted();
  for (const plugin of asked) {
    const want = wantedPlugin(state, plugin);
    if ((want.enabled ?? true) !== enabled) edits.set(plugin, { ...plugins[plugin], enabled });
  }
  return {
    changed: [...edits.keys()],
    unchanged: asked.filter((name) => !edits.has(name)),
    change: edits.size === 0 ? undefined : { projectText: editProjectFile(state.text, edits) },
  };
}

/** What `ar-plugins.yaml` says of a plugin. @throws NOT_INSTALLED, with the names nearest to it */
export function wantedPlugin({ wanted }: Pick<ProjectState, 'wanted'>, plugin: string): WantedPlugin {
  const want = Object.hasOwn(wanted.plugins, plugin) ? wanted.plugins[plugin] : undefined;
  if (want) return want;
  throw new ArError('NOT_INSTALLED', { plugin, suggestions: nearest(plugin, Object.keys(wanted.plugins), 3) });
}
