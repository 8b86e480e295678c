/** The list of all plugins as planning needs it: a row for each, read anew only from the pages of the list that changed. */
import { hash } from 'node:crypto';
import { routes } from '@ar-registry/core/layout';
import type { PluginName, PluginSummary } from '@ar-registry/schemas';
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

/** Where the list says it. */
export interface Place {
  /** From 1. */
  readonly page: number;
  /** On that page, from 0. */
  readonly index: number;
}

export interface Listing {
  readonly pages: readonly ListingPage[];
  /** All of them, by name. */
  readonly rows: readonly Row[];
  readonly placeOf: (row: Row) => Place;
}

type ListApi = Pick<Api, 'listPages' | 'listPage'>;
type StampOf = (files: readonly string[]) => Stamp;

interface KnownPages {
  /** Of an earlier build. */
  readonly before?: readonly ListingPage[] | undefined;
  /** Pages that are not what they were; absent where their stamps tell. */
  readonly touched?: ReadonlySet<number> | undefined;
}

export function readListing(api: ListApi, stampOf: StampOf, { before = [], touched }: KnownPages = {}): Listing {
  const pages = Array.from({ length: api.listPages() }, (_, index): ListingPage => {
    const [known, page] = [before[index], index + 1];
    const isKnown = known && (touched ? !touched.has(page) : isSame(known.stamp, stampOf([routes.pluginsPage(page)])));
    return isKnown ? known : readListingPage(api, stampOf, page);
  });
  const places = new Map(
    pages.flatMap(({ rows }, page) => rows.map((row, index) => [row, { page: page + 1, index }] as const)),
  );
  return {
    pages,
    rows: pages.flatMap(({ rows }) => rows).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    placeOf: (row) => {
      const place = places.get(row);
      if (!place) throw new Error(`The list of plugins has no ${row.name}.`);
      return place;
    },
  };
}

/** @param page from 1 */
export function readListingPage(api: ListApi, stampOf: StampOf, page: number): ListingPage {
  // Before the contents: what changes in between has another one next time.
  const stamp = stampOf([routes.pluginsPage(page)]);
  return { stamp, rows: api.listPage(page).map(rowOf) };
}

/** What the list says there of the plugin; its page is read then. */
export function summaryAt(api: ListApi, { page, index }: Place, name: PluginName): PluginSummary {
  const found = api.listPage(page)[index];
  if (found?.name !== name) throw new Error(`The list of plugins changed while it was read: ${name}.`);
  return found;
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
