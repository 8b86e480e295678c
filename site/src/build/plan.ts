/**
 * What has to be built: every page has a key, a hash of all it is made of, and is wanted when its key is not the one of
 * the build before. What the build before knew of a plugin or of a page of the list holds as long as their files have
 * not changed, so that a change of one reads one. Pure but for what it reads of the API.
 */
import type { Api } from '../data/api.ts';
import { byPopularity, makeLists, type PluginList } from '../data/lists.ts';
import { makeOverview, type Overview } from '../data/overview.ts';
import { readFacts } from './facts.ts';
import type { Group } from './item.ts';
import { readListing, type ListingPage, type Row } from './listing.ts';
import { entriesOf, planLists, type PageKeys } from './plan-lists.ts';
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
  /** What is to be rendered. */
  readonly groups: readonly Group[];
  /** Pages among it. */
  readonly pages: number;
  readonly overview: Overview;
  /** Site paths of the pages of all lists of a kind. */
  readonly fronts: readonly string[];
  readonly rows: readonly Row[];
  readonly lists: readonly PluginList<Row>[];
}

/** @param before of the build whose output is still there; without it everything is wanted @param now milliseconds */
export function makePlan(api: Api, now: number, before?: Known): Planned {
  const stampOf = stamper(api.folder, now);
  const listing = readListing(api, stampOf, before?.listing);
  const facts = readFacts(api, stampOf, before?.plugins);
  const plugins = planPlugins(api, facts, before?.plugins);
  const ordered = byPopularity(listing.rows, api.downloads());
  const lists = makeLists(ordered, (name) => facts[name]?.owners ?? []);
  const pages = planLists(api, { lists, listing }, before?.lists);
  const { rows, summaryOf } = listing;
  return {
    known: { listing: listing.pages, plugins: plugins.plugins, lists: pages.keys },
    groups: [...plugins.groups, ...pages.groups],
    pages: plugins.pages + pages.groups.length,
    overview: makeOverview(api, { plugins: rows, ordered, tags: entriesOf(lists, 'tags'), summaryOf }),
    fronts: pages.fronts,
    rows,
    lists,
  };
}
