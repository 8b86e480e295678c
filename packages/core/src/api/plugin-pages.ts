/**
 * The list of all plugins, in pages. They come in the order in which they first came to the registry, and no page says how
 * many there are: so a new plugin is on the last page, and all others stay as they are. One that is not listed, because it
 * was renamed or all of it withdrawn, keeps its place, which is empty: nobody moves up.
 */
import type { PluginListDocument, PluginName, PluginPageDocument, PluginSummary } from '@ar-registry/schemas';
import { withoutCounters } from './lists.ts';
import type { PluginOverview } from './overview.ts';

/** Where a plugin is in the list. */
export interface ListPlace {
  /** When its first version came out, in milliseconds since 1970. */
  readonly at: number;
  readonly name: PluginName;
}

export function placeOf({ name, publishedAt }: Pick<PluginSummary, 'name' | 'publishedAt'>): ListPlace {
  // A record may name a day that no calendar has: that counts as the beginning.
  return { at: Date.parse(publishedAt) || 0, name };
}

/** The oldest first, then by name. */
export function comparePlaces(a: ListPlace, b: ListPlace): number {
  if (a.at !== b.at) return a.at - b.at;
  if (a.name === b.name) return 0;
  return a.name < b.name ? -1 : 1;
}

/** How many pages there are: one also when there is no plugin at all. @param places of plugins, those that are empty as well */
export function countPages(places: number, pageSize: number): number {
  return Math.max(1, Math.ceil(places / pageSize));
}

type Placed = Pick<PluginOverview, 'name' | 'publishedAt' | 'entry'>;

/** All pages, one by one. @param plugins in any order */
export function* toPages(plugins: readonly Placed[], pageSize: number): Generator<PluginPageDocument> {
  const sorted = inOrder(plugins);
  for (let page = 1; page <= countPages(plugins.length, pageSize); page += 1) {
    const own = sorted.slice((page - 1) * pageSize, page * pageSize);
    yield toPage(
      page,
      own.flatMap(({ plugin: { entry } }) => (entry ? [withoutCounters(entry)] : [])),
    );
  }
}

/** What a change of a few plugins has to know of all pages. */
export interface ListPlaces {
  /** Where each page begins; of none where there is no plugin. */
  readonly starts: readonly ListPlace[];
  /** Those that are empty, in order. */
  readonly empty: readonly ListPlace[];
}

/** @param plugins in any order */
export function placesOf(plugins: readonly Placed[], pageSize: number): ListPlaces {
  const sorted = inOrder(plugins);
  return {
    starts: sorted.flatMap(({ place }, index) => (index % pageSize === 0 ? [place] : [])),
    empty: sorted.flatMap(({ place, plugin: { entry } }) => (entry ? [] : [place])),
  };
}

/** @param page from 1 */
export function toPage(page: number, plugins: PluginSummary[]): PluginPageDocument {
  return { schemaVersion: 1, page, plugins };
}

/** `plugins.json`: the first page, and how many there are. */
export function toPluginList(
  plugins: PluginSummary[],
  { total, pages }: Pick<PluginListDocument, 'total' | 'pages'>,
): PluginListDocument {
  return { schemaVersion: 1, total, page: 1, pages, plugins };
}

function inOrder(plugins: readonly Placed[]): readonly { readonly plugin: Placed; readonly place: ListPlace }[] {
  return plugins
    .map((plugin) => ({ plugin, place: placeOf(plugin) }))
    .toSorted((a, b) => comparePlaces(a.place, b.place));
}
