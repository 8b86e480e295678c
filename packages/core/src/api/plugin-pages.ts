/**
 * The list of all plugins, in pages. They come in the order in which they first came to the registry, and no page says how
 * many there are: so a new plugin is on the last page, and all others stay as they are.
 */
import type { PluginListDocument, PluginName, PluginPageDocument, PluginSummary } from '@ar-registry/schemas';
import type { SearchEntry } from '../search/index.ts';
import { withoutCounters } from './lists.ts';

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

/** How many pages there are: one also when there is no plugin at all. */
export function countPages(total: number, pageSize: number): number {
  return Math.max(1, Math.ceil(total / pageSize));
}

/** All pages, one by one. @param entries in any order */
export function* toPages(entries: readonly SearchEntry[], pageSize: number): Generator<PluginPageDocument> {
  const sorted = inOrder(entries);
  for (let page = 1; page <= countPages(entries.length, pageSize); page += 1) {
    const own = sorted.slice((page - 1) * pageSize, page * pageSize);
    yield toPage(
      page,
      own.map(({ entry }) => withoutCounters(entry)),
    );
  }
}

/** With which plugin each page begins; nothing where there is none. @param entries in any order */
export function pageStarts(
  entries: readonly Pick<PluginSummary, 'name' | 'publishedAt'>[],
  pageSize: number,
): readonly ListPlace[] {
  return inOrder(entries).flatMap(({ place }, index) => (index % pageSize === 0 ? [place] : []));
}

/** @param page from 1 */
export function toPage(page: number, plugins: PluginSummary[]): PluginPageDocument {
  return { schemaVersion: 1, page, plugins };
}

/** `plugins.json`: the first page, and how many there are. */
export function toPluginList(plugins: PluginSummary[], total: number, pageSize: number): PluginListDocument {
  return { schemaVersion: 1, total, page: 1, pages: countPages(total, pageSize), plugins };
}

function inOrder<Entry extends Pick<PluginSummary, 'name' | 'publishedAt'>>(
  entries: readonly Entry[],
): readonly { readonly entry: Entry; readonly place: ListPlace }[] {
  return entries.map((entry) => ({ entry, place: placeOf(entry) })).toSorted((a, b) => comparePlaces(a.place, b.place));
}
