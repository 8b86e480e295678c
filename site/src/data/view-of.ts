/** The view of a plugin, for the routes of the site that show it. */
import type { PluginName } from '@ar-registry/schemas';
import { viewPlugin, type PluginView } from './plugin-view.ts';
import { relations } from './relations.ts';
import { site } from './site.ts';

let last: PluginView | undefined;

/** The last one is kept: a page and its twin are made one after the other. */
export function viewOf(name: PluginName): PluginView {
  if (last?.plugin.name !== name) last = viewPlugin(site, name, relations.dependents[name] ?? []);
  return last;
}
