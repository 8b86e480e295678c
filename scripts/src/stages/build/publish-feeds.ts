/** Feeds, in both formats, a batch at a time. None where nobody knows the address of the registry: readers of feeds need it. */
import type { Overview } from '@ar-registry/core/api';
import {
  categoryFeed,
  groupFeeds,
  pluginFeed,
  registryFeed,
  scopeFeed,
  type FeedContent,
} from '@ar-registry/core/feeds';
import { compareChanges } from '@ar-registry/core/changes';
import { CATEGORIES_FILE, feedRoutes } from '@ar-registry/core/layout';
import { splitName } from '@ar-registry/core/name';
import type { Snapshot } from '@ar-registry/core/snapshot';
import { renderFeed, type FeedPlace } from '../../feeds/render-feed.ts';
import type { OutputWriter } from './output-files.ts';
import type { Listing } from './listing.ts';
import type { PluginFacts } from './state/facts.ts';

const BATCH = 256;

export interface FeedPorts {
  readonly out: OutputWriter;
  /** Where it will be served; registry.yaml’s unless given. */
  readonly baseUrl: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Those about many plugins. @throws FILE_ACCESS, DISK_FULL, ABORTED */
export async function publishGroupFeeds(overview: Overview, { out, baseUrl, signal }: FeedPorts): Promise<void> {
  const place = placeOf(overview, baseUrl);
  if (!place) return;
  let batch: Promise<void>[] = [];
  const flush = async (): Promise<void> => {
    signal?.throwIfAborted();
    await Promise.all(batch);
    batch = [];
  };
  for (const content of groupFeeds(overview)) {
    if (batch.length >= BATCH) await flush();
    batch.push(writeFeed(content, place, out));
  }
  await flush();
}

/** Those of plugins that are listed. @throws FILE_ACCESS, DISK_FULL */
export async function publishPluginFeeds(
  registry: Snapshot['registry'],
  facts: readonly PluginFacts[],
  { out, baseUrl }: FeedPorts,
): Promise<void> {
  const place = placeOf({ registry }, baseUrl);
  if (!place) return;
  for (const { name, row, changes } of facts) if (row) await writeFeed(pluginFeed(registry, name, changes), place, out);
}

function placeOf({ registry }: Pick<Snapshot, 'registry'>, baseUrl: string | undefined): FeedPlace | undefined {
  const siteUrl = (registry.siteUrl ?? baseUrl ?? registry.baseUrl ?? '').replace(/\/+$/, '');
  return siteUrl === '' ? undefined : { registry: registry.name, siteUrl };
}

async function writeFeed(content: FeedContent, place: FeedPlace, out: OutputWriter): Promise<void> {
  const encoder = new TextEncoder();
  const { atom, json } = renderFeed(content, place);
  await out.write(`${content.route}.atom`, encoder.encode(atom));
  await out.write(`${content.route}.json`, encoder.encode(json));
}

/** Those that a change of some plugins may alter. @returns paths of what is no more */
export async function publishChangedFeeds(listing: Listing): Promise<readonly string[]> {
  const { snapshot, input, out, again, aggregates } = listing;
  const { registry } = snapshot;
  const place = placeOf(snapshot, input.baseUrl);
  if (!place) return [];
  const own = again
    .filter(({ row }) => row !== undefined)
    .map(({ name, changes }) => pluginFeed(registry, name, changes));
  const scopes = scopeFeeds(listing);
  const categories = categoryFeeds(listing);
  const newest = registryFeed(registry, aggregates.newest.items);
  for (const content of [newest, ...own, ...scopes.feeds, ...categories.feeds]) await writeFeed(content, place, out);
  return [...scopes.gone, ...categories.gone].flatMap((route) => [`${route}.atom`, `${route}.json`]);
}

interface ChangedFeeds {
  readonly feeds: readonly FeedContent[];
  /** Routes, without their ending. */
  readonly gone: readonly string[];
}

function scopeFeeds({ state, before, now, snapshot: { registry } }: Listing): ChangedFeeds {
  const names = [...before.map(({ facts }) => facts.name), ...now.map(({ name }) => name)];
  const changed = new Set(names);
  const feeds: FeedContent[] = [];
  const gone: string[] = [];
  for (const scope of new Set(names.map((name) => splitName(name).scope))) {
    const others = state.chunks.readPrefix(`@${scope}/`).map(({ facts }) => facts);
    const all = [
      ...others.filter(({ name }) => !changed.has(name)),
      ...now.filter(({ name }) => splitName(name).scope === scope),
    ];
    if (all.every(({ versions }) => versions === 0)) gone.push(feedRoutes.scope(scope));
    else feeds.push(scopeFeed(registry, scope, all.flatMap(({ changes }) => changes).toSorted(compareChanges)));
  }
  return { feeds, gone };
}

function categoryFeeds({ state, change, aggregates, snapshot: { registry, categories } }: Listing): ChangedFeeds {
  const [now, then] = [aggregates.newestIn, state.aggregates.newestIn];
  const isChanged = (id: string): boolean => change.paths.includes(CATEGORIES_FILE) || now.get(id) !== then.get(id);
  const feeds = categories.flatMap((category) => {
    const newest = now.get(category.id);
    return newest && isChanged(category.id) ? [categoryFeed(registry, category, newest().items)] : [];
  });
  const there = new Set(categories.filter(({ id }) => now.has(id)).map(({ id }) => id));
  return { feeds, gone: [...then.keys()].filter((id) => isChanged(id) && !there.has(id)).map(feedRoutes.category) };
}
