/**
 * Lists of plugins that have pages of their own. A short one is a page, the most downloaded first; of a long one the page shows
 * these alone, and pages by name have all of them: what is next to what there, no number of downloads and no newcomer changes.
 */
import type { PluginName, PluginSummary } from '@ar-registry/schemas';
import type { Downloads } from './api.ts';
import { beginningSegment } from './beginnings.ts';

export const LIST_KINDS = ['types', 'categories', 'tags', 'scopes', 'authors'] as const;
export type ListKind = (typeof LIST_KINDS)[number];

export function isListKind(word: unknown): word is ListKind {
  return LIST_KINDS.some((kind) => kind === word);
}

/** A list of more than these has pages by name. */
export const MOST_ON_PAGE = 96;
/** The most downloaded of such a list, on its page. */
const FIRST_SHOWN = 48;

/** What says in which lists a plugin is. */
export type Listed = Pick<PluginSummary, 'name' | 'type' | 'category' | 'tags'>;

export interface PluginList<Plugin extends Listed> {
  readonly kind: ListKind;
  /** As in its address: `slack`, `@ar`. */
  readonly id: string;
  /** In the order of `byName`. */
  readonly plugins: readonly Plugin[];
}

/** @param plugins in the order of `byName` @param ownersOf logins @returns by kind and id */
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

/** By their own names, those of the same name by scope: whoever looks for one in a list knows what it does, not whose it is. */
export function byName<Plugin extends Pick<Listed, 'name'>>(plugins: readonly Plugin[]): readonly Plugin[] {
  return plugins
    .map((plugin) => ({ plugin, key: nameKey(plugin.name) }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ plugin }) => plugin);
}

/** `audit-logger ar`: what lists are in the order of. A space is before all that names are of, so that short ones come first. */
export function nameKey(name: PluginName): string {
  return `${localName(name)} ${scopeOf(name).slice(1)}`;
}

/** @returns which of a list are on its page, by popularity. @param ranked all plugins by popularity @param rankOf place among them */
export function pickFirst<Plugin extends Listed>(
  { plugins }: Pick<PluginList<Plugin>, 'plugins'>,
  ranked: readonly Plugin[],
  rankOf: (plugin: Plugin) => number,
): readonly Plugin[] {
  const shown = plugins.length > MOST_ON_PAGE ? FIRST_SHOWN : plugins.length;
  return [...Uint32Array.from(plugins, rankOf).toSorted().subarray(0, shown)].flatMap((rank) => ranked[rank] ?? []);
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

export function listPath(kind: ListKind, id: string): string {
  return `/${kind}/${id}/`;
}

/** `/types/hook/by-name/sl/`, and `…/by-name/core@a/` of those named `core` below scopes with a. @param beginning of a `nameKey` */
export function byNamePath(kind: ListKind, id: string, beginning = ''): string {
  return `${listPath(kind, id)}by-name/${beginning === '' ? '' : `${beginningSegment(beginning)}/`}`;
}

export function pluginPath(name: PluginName): string {
  return `/plugins/${name}/`;
}

export function versionPath(name: PluginName, version: string): string {
  return `/plugins/${name}/v/${version}/`;
}
