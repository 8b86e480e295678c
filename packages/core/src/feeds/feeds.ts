/**
 * What is in the feeds: of the registry, of each plugin, of each scope and of each category. Plain data; `scripts` writes
 * it as Atom and as JSON Feed. Nothing in it depends on the day on which it is built.
 */
import type { PluginName, ScopeName, Timestamp } from '@ar-registry/schemas';
import type { Overview } from '../api/overview.ts';
import type { Change } from '../changes/index.ts';
import { feedRoutes } from '../layout/index.ts';
import { splitName } from '../name/index.ts';
import type { Category, Snapshot } from '../snapshot/index.ts';
import { toSingleLine, truncate } from '../text/index.ts';

export interface FeedEntry {
  /** The same for good; see `Change`. */
  readonly id: string;
  /** One line of text. */
  readonly title: string;
  /** One line of text of an author: untrusted. */
  readonly summary: string;
  /** Path on the site. */
  readonly path: string;
  readonly at: Timestamp;
}

export interface FeedContent {
  /** Without its ending: `feeds/plugins/@acme/audit`. */
  readonly route: string;
  readonly title: string;
  readonly description: string;
  /** Path on the site of what it is about. */
  readonly path: string;
  /** The newest first; never empty but for the registry’s own. */
  readonly entries: readonly FeedEntry[];
}

const REGISTRY_ENTRIES = 50;
/** How many entries the feed of a scope or a category has. */
export const GROUP_ENTRIES = 30;
const PLUGIN_ENTRIES = 20;

/** What feeds say of the registry. */
export type FeedRegistry = Pick<Snapshot['registry'], 'title'>;

/** The feeds that are about many plugins, one after another as they are taken: of a large registry they are many. */
export function* groupFeeds(overview: Groups): Generator<FeedContent> {
  yield registryFeed(overview.registry, overview.changes);
  yield* scopeFeeds(overview);
  yield* categoryFeeds(overview);
}

/** @param changes the newest first, as in all feeds */
export function registryFeed({ title }: FeedRegistry, changes: readonly Change[]): FeedContent {
  return {
    route: feedRoutes.registry,
    title,
    description: `Plugins, versions and advisories of ${title}.`,
    path: '/',
    entries: toEntries(changes, REGISTRY_ENTRIES),
  };
}

/** Of a plugin that is listed. */
export function pluginFeed({ title }: FeedRegistry, name: PluginName, changes: readonly Change[]): FeedContent {
  return {
    route: feedRoutes.plugin(name),
    title: `${name} · ${title}`,
    description: `Versions and advisories of ${name}.`,
    path: `/plugins/${name}/`,
    entries: toEntries(changes, PLUGIN_ENTRIES),
  };
}

/** Of a scope that has a plugin. */
export function scopeFeed({ title }: FeedRegistry, scope: ScopeName, changes: readonly Change[]): FeedContent {
  return {
    route: feedRoutes.scope(scope),
    title: `@${scope} · ${title}`,
    description: `Plugins of @${scope}.`,
    path: `/scopes/@${scope}/`,
    entries: toEntries(changes, GROUP_ENTRIES),
  };
}

/** Of a category with changes. */
export function categoryFeed(registry: FeedRegistry, category: Category, changes: readonly Change[]): FeedContent {
  return {
    route: feedRoutes.category(category.id),
    title: `${category.title} · ${registry.title}`,
    description: category.description,
    path: `/categories/${category.id}/`,
    entries: toEntries(changes, GROUP_ENTRIES),
  };
}

type Groups = Pick<Overview, 'registry' | 'categories' | 'plugins' | 'changes'>;

function* scopeFeeds({ registry, plugins, changes }: Groups): Generator<FeedContent> {
  const known = new Set(plugins.map(({ name }) => scopeOf(name)));
  const groups = groupBy(changes, ({ plugin }) => scopeOf(plugin));
  for (const scope of [...known].toSorted()) yield scopeFeed(registry, scope, groups.get(scope) ?? []);
}

function* categoryFeeds({ registry, categories, plugins, changes }: Groups): Generator<FeedContent> {
  const categoryOf = new Map(plugins.map(({ name, entry }) => [name, entry?.category]));
  const groups = groupBy(changes, ({ plugin }) => categoryOf.get(plugin) ?? '');
  for (const category of categories) {
    const own = groups.get(category.id) ?? [];
    if (own.length > 0) yield categoryFeed(registry, category, own);
  }
}

function scopeOf(name: PluginName): string {
  return splitName(name).scope;
}

function groupBy(
  changes: readonly Change[],
  keyOf: (change: Change) => string,
): ReadonlyMap<string, readonly Change[]> {
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    const group = groups.get(keyOf(change));
    if (group) group.push(change);
    else groups.set(keyOf(change), [change]);
  }
  return groups;
}

function toEntries(changes: readonly Change[], count: number): readonly FeedEntry[] {
  return changes.slice(0, count).map((change) => ({
    id: change.id,
    title: titleOf(change),
    summary: truncate(toSingleLine(change.summary), 500),
    path: pathOf(change),
    at: change.at,
  }));
}

function titleOf({ type, plugin, version, advisory }: Change): string {
  switch (type) {
    case 'plugin.published':
    case 'plugin.updated':
      return `${plugin} ${version ?? ''}`.trim();
    case 'plugin.revoked':
      return `${plugin}: versions revoked by ${advisory ?? 'the registry'}`;
    case 'advisory.withdrawn':
      return `${plugin}: ${advisory ?? 'an advisory'} is withdrawn`;
    case 'advisory.published':
      return `${plugin}: ${advisory ?? 'an advisory'}`;
  }
}

function pathOf({ plugin, version }: Change): string {
  return version === undefined ? `/plugins/${plugin}/` : `/plugins/${plugin}/v/${version}/`;
}
