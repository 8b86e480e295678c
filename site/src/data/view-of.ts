/** The view of a plugin, for the routes of the site that show it. */
import type { PluginName } from '@ar-registry/schemas';
import type { Dependent } from './page-data.ts';
import { viewPlugin, type PluginView } from './plugin-view.ts';
import { site } from './site.ts';

const NONE: readonly Dependent[] = [];

let last: { readonly view: PluginView; readonly dependents: readonly Dependent[] } | undefined;

/** The last one is kept: a page and its twin are made one after the other. @param dependents what the build says */
export function viewOf(name: PluginName, dependents: readonly Dependent[] = NONE): PluginView {
  if (last?.view.plugin.name !== name || last.dependents !== dependents)
    last = { view: viewPlugin(site, name, dependents), dependents };
  return last.view;
}
