/** The list of all plugins as planning needs it: a row for each, read anew only from the pages of the list that changed. */
import { hash } from 'node:crypto';
import { routes } from '@ar-registry/core/layout';
import type { PluginSummary } from '@ar-registry/schemas';
import type { Api } from '../data/api.ts';
import type { Counted } from '../data/overview.ts';
import { isSame, type Stamp } from './stamp.ts';

export interface Row extends Pick<Counted, 'name' | 'type' | 'tags' | 'trust' | 'publishedAt' | 'updatedAt'> {
  readonly category?: string;
  /** Of all that the list says of it. */
  readonly hash: string;
}

/** A page of the list. */
export interface ListingPage {
  readonly stamp: Stamp;
  readonly rows: readonly Row[];
}

export interface Listing {
  readonly pages: readonly ListingPage[];
  /** All of them, by name. */
  readonly rows: readonly Row[];
  /** What the list says of a row; its page is read then. */
  readonly summaryOf: (row: Row) => PluginSummary;
}

export function readListing(
  api: Pick<Api, 'listPages' | 'listPage'>,
  stampOf: (files: readonly string[]) => Stamp,
  before: readonly ListingPage[] = [],
): Listing {
  const pages = Array.from({ length: api.listPages() }, (_, index): ListingPage => {
    const stamp = stampOf([routes.pluginsPage(index + 1)]);
    const known = before[index];
    if (known && isSame(known.stamp, stamp)) return known;
    return { stamp, rows: api.listPage(index + 1).map(rowOf) };
  });
  const places = new Map(pages.flatMap(({ rows }, page) => rows.map((row, index) => [row, { page, index }] as const)));
  return {
    pages,
    rows: pages.flatMap(({ rows }) => rows).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    summaryOf: (row) => {
      const place = places.get(row);
      const found = place && api.listPage(place.page + 1)[place.index];
      if (found?.name !== row.name) throw new Error(`The list of plugins changed while it was read: ${row.name}.`);
      return found;
    },
  };
}

function rowOf(plugin: PluginSummary): Row {
  const { name, type, category, tags, trust, publishedAt, updatedAt } = plugin;
  return {
    name,
    type,
    ...(category === undefined ? {} : { category }),
    tags,
    trust,
    publishedAt,
    updatedAt,
    hash: hash('sha256', JSON.stringify(plugin), 'base64url').slice(0, 22),
  };
}
