/** Where pages lie in the output. */
import type { PluginName } from '@ar-registry/schemas';
import { pluginPath, versionPath } from '../data/lists.ts';
import type { Known } from './plan.ts';

/** `/404/` is asked for by its name: `404.html`. @param sitePath of a page, or of a file */
export function fileOf(sitePath: string): string {
  if (sitePath === '/404/') return '404.html';
  return sitePath.slice(1) + (sitePath.endsWith('/') ? 'index.html' : '');
}

/** @param plugin absent: the registry's */
export function cardFile(plugin: PluginName | undefined): string {
  return `og/${plugin ?? 'site'}.png`;
}

/** Files of pages of plugins and lists that there were, and are no more. */
export function goneFiles(before: Known, now: Known): readonly string[] {
  return [
    ...Object.keys(before.plugins).flatMap((name) => gonePages(name, before, now)),
    ...Object.keys(before.lists)
      .filter((path) => !Object.hasOwn(now.lists, path))
      .map(fileOf),
  ];
}

function gonePages(name: PluginName, before: Known, now: Known): readonly string[] {
  const [old, current] = [before.plugins[name], now.plugins[name]];
  if (old === undefined) return [];
  const there = new Set(current?.versions);
  const versions = old.versions.filter((version) => !there.has(version));
  return [
    ...(current ? [] : [fileOf(pluginPath(name)), `plugins/${name}.md`, cardFile(name)]),
    ...versions.map((version) => fileOf(versionPath(name, version))),
  ];
}
