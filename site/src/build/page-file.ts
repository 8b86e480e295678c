/** Where pages lie in the output. */
import type { PluginName } from '@ar-registry/schemas';
import { LIST_KINDS, pluginPath, versionPath } from '../data/lists.ts';
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

/** @param open files that a build was about to change which did not come to its end @returns without the keys of their pages */
export function reopened(known: Known, open: readonly string[]): Known {
  if (open.length === 0) return known;
  const files = new Set(open);
  const names = new Set(open.map(pluginOf));
  return {
    ...known,
    plugins: Object.fromEntries(
      Object.entries(known.plugins).map(([name, plugin]) => [
        name,
        names.has(name) ? { ...plugin, page: '', version: '' } : plugin,
      ]),
    ),
    lists: Object.fromEntries(Object.entries(known.lists).filter(([sitePath]) => !files.has(fileOf(sitePath)))),
  };
}

/**
 * Files of pages of plugins and lists that there were, and are no more.
 *
 * @param open files that a build was about to change which did not come to its end: some of them the one before did not have
 */
export function goneFiles(before: Known, now: Known, open: readonly string[] = []): readonly string[] {
  return [
    ...Object.keys(before.plugins).flatMap((name) => gonePages(name, before, now)),
    ...Object.keys(before.lists)
      .filter((sitePath) => !Object.hasOwn(now.lists, sitePath))
      .map(fileOf),
    ...(open.length === 0 ? [] : strayFiles(open, now)),
  ];
}

function strayFiles(open: readonly string[], now: Known): readonly string[] {
  const lists = new Set(Object.keys(now.lists).map(fileOf));
  return open.filter((file) => {
    const name = pluginOf(file);
    if (name === undefined) return LIST_FILE.test(file) && !lists.has(file);
    const versions = now.plugins[name]?.versions;
    const version = VERSION_FILE.exec(file)?.groups?.['version'];
    return !versions || (version !== undefined && !versions.includes(version));
  });
}

const LIST_FILE = new RegExp(`^(?:all/)?(?:${LIST_KINDS.join('|')})/.+/index\\.html$`);
const VERSION_FILE = /^plugins\/@[^/]+\/[^/]+\/v\/(?<version>[^/]+)\//;
const PLUGIN_FILE = /^(?:plugins|og)\/(?<name>@[^/]+\/[^/]+?)(?:\.md$|\.png$|\/)/;

function pluginOf(file: string): PluginName | undefined {
  return PLUGIN_FILE.exec(file)?.groups?.['name'];
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
