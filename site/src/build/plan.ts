/**
 * What has to be built: every page has a key, a hash of all it is made of, and is wanted when its key is not the one of
 * the build before. What the build before knew of a plugin or of a page of the list holds as long as their files have
 * not changed, so that a change of one reads one. Pure but for what it reads of the API.
 */
import type { Api } from '../data/api.ts';
import { byName, byPopularity, makeLists, pickFirst, type PluginList } from '../data/lists.ts';
import { makeOverview, pickOverview, type Overview } from '../data/overview.ts';
import { newestOf } from '../machine/sitemap.ts';
import type { Touched } from './api-log.ts';
import { readFacts } from './facts.ts';
import type { Group } from './item.ts';
import { readListing, summaryAt, type ListingPage, type Row } from './listing.ts';
import type { Member } from './members.ts';
import { savePicks, type SavedPicks } from './picks.ts';
import { entriesOf, planLists, rowHasher, type PageKeys } from './plan-lists.ts';
import { planPlugins, type PlannedPlugins } from './plan-plugins.ts';
import { stamper } from './stamp.ts';

/** What the next build has to know. */
export interface Known {
  readonly listing: readonly ListingPage[];
  readonly plugins: PlannedPlugins;
  /** Of pages of lists. */
  readonly lists: PageKeys;
}

export interface Planned {
  readonly known: Known;
  readonly picks: SavedPicks;
  /** What the next build has to know of a plugin of a list. */
  readonly memberOf: (row: Row) => Member;
  /** What is to be rendered. */
  readonly groups: readonly Group[];
  /** Pages among it. */
  readonly pages: number;
  readonly overview: Overview;
  /** Site paths of the pages of all lists of a kind. */
  readonly fronts: readonly string[];
  readonly rows: readonly Row[];
  readonly lists: readonly PluginList<Row>[];
  /** Of a list, which are on its page. */
  readonly firstOf: (list: PluginList<Row>) => readonly Row[];
}

/** Of the build whose output is still there. */
export interface Before {
  readonly known: Known;
  /** What has changed since then; absent where stamps of all files tell. */
  readonly touched?: Touched | undefined;
}

/** @param now milliseconds @param before without it everything is wanted */
export function makePlan(api: Api, now: number, { known, touched }: Partial<Before> = {}): Planned {
  const stampOf = stamper(api.folder, now);
  const listing = readListing(api, stampOf, { before: known?.listing, touched: touched?.pages });
  const facts = readFacts(api, stampOf, { before: known?.plugins, touched: touched?.plugins });
  const plugins = planPlugins(api, facts, known?.plugins);
  const ordered = byPopularity(listing.rows, api.downloads());
  const ranks = new Map(ordered.map((row, rank) => [row, rank]));
  const lists = makeLists(byName(listing.rows), (name) => facts[name]?.owners ?? []);
  const firstOf = (list: PluginList<Row>): readonly Row[] => pickFirst(list, ordered, (row) => ranks.get(row) ?? 0);
  const pages = planLists(api, { lists, listing, firstOf }, known?.lists);
  const { rows, placeOf } = listing;
  const picks = pickOverview({ plugins: rows, ordered, tags: entriesOf(lists, 'tags') });
  const hashOf = rowHasher(api);
  return {
    known: { listing: listing.pages, plugins: plugins.plugins, lists: pages.keys },
    picks: savePicks(picks, placeOf, newestOf(rows) ?? ''),
    memberOf: (row) => ({ name: row.name, hash: hashOf(row), place: placeOf(row) }),
    groups: [...plugins.groups, ...pages.groups],
    pages: plugins.pages + pages.groups.length,
    overview: makeOverview(api, picks, (row) => summaryAt(api, placeOf(row), row.name)),
    fronts: pages.fronts,
    rows,
    lists,
    firstOf,
  };
}
