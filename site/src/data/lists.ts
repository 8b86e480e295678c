/** Lists of plugins that have pages of their own, the most downloaded first. */
import type { PluginName, PluginSummary } from '@ar-registry/schemas';
import type { Downloads } from './api.ts';

export const LIST_KINDS = ['types', 'categories', 'tags', 'scopes', 'authors'] as const;
export type ListKind = (typeof LIST_KINDS)[number];

export function isListKind(word: unknown): word is ListKind {
  return LIST_KINDS.some((kind) => kind === word);
}

/** Plugins on a page of a list. */
export const PAGE_SIZE = 48;

/** What says in which lists a plugin is. */
export type Listed = Pick<PluginSummary, 'name' | 'type' | 'category' | 'tags'>;

export interface PluginList<Plugin extends Listed> {
  readonly kind: ListKind;
  /** As in its address: `slack`, `@ar`. */
  readonly id: string;
  readonly plugins: readonly Plugin[];
}

/** @param ownersOf logins @returns by kind and id */
export function makeLists<Plugin extends Listed>(
  plugins: readonly Plugin[],
  ownersOf: (name: PluginName) => readonly string[],
): readonly PluginList<Plugin>[] {
  const lists = new Map<string, { kind: ListKind; id: string; plugins: Plugin[] }>();
  const add = (kind: ListKind, id: string, plugin: Plugin): void => {
    const key = `${kind}/${id}`;
    const list = lists.get(key);
    if (list) list.plugins.push(plugin);
    else lists.set(key, { kind, id, plugins: [plugin] });
  };
  for (const plugin of plugins) {
    add('types', plugin.type, plugin);
    if (plugin.category !== undefined) add('categories', plugin.category, plugin);
    for (const tag of plugin.tags) add('tags', tag, plugin);
    add('scopes', scopeOf(plugin.name), plugin);
    for (const login of ownersOf(plugin.name)) add('authors', login, plugin);
  }
  return [...lists.keys()].toSorted().flatMap((key) => lists.get(key) ?? []);
}

/** By downloads of 30 days, then of all time, then name: the order of every list that is not asked for another. */
export function byPopularity<Plugin extends Pick<Listed, 'name'>>(
  plugins: readonly Plugin[],
  downloads: ReadonlyMap<PluginName, Downloads>,
): readonly Plugin[] {
  const of = (name: PluginName): Downloads => downloads.get(name) ?? NONE;
  return plugins.toSorted(
    (a, b) =>
      of(b.name).last30Days - of(a.name).last30Days ||
      of(b.name).total - of(a.name).total ||
      (a.name < b.name ? -1 : 1),
  );
}

const NONE: Downloads = { total: 0, last30Days: 0 };

/** `@ar` of `@ar/audit-logger`. */
export function scopeOf(name: PluginName): string {
  return name.slice(0, name.indexOf('/'));
}

/** `audit-logger` of `@ar/audit-logger`. */
export function localName(name: PluginName): string {
  return name.slice(name.indexOf('/') + 1);
}

/** How many pages a list of this length has; an empty one has one. */
export function pageCount(length: number, size = PAGE_SIZE): number {
  return Math.max(1, Math.ceil(length / size));
}

export function listPath(kind: ListKind, id: string, page = 1): string {
  return `/${kind}/${id}/${page === 1 ? '' : `${page}/`}`;
}

export function pluginPath(name: PluginName): string {
  return `/plugins/${name}/`;
}

export function versionPath(name: PluginName, version: string): string {
  return `/plugins/${name}/v/${version}/`;
}
