/** The documents that are about many plugins, of what is known of each: those alone that a change of some may alter. */
import {
  FEATURED_COUNT,
  POPULAR_COUNT,
  recountStatsRegistry,
  registryTable,
  toAdvisories,
  toAdvisory,
  toCategories,
  toConfig,
  toSinglePage,
  toStatus,
  withoutCounters,
} from '@ar-registry/core/api';
import { changesDocument, compareChanges } from '@ar-registry/core/changes';
import { routes } from '@ar-registry/core/layout';
import type { StatsRegistryDocument, StatsTotalsDocument } from '@ar-registry/schemas';
import { withItems, withRows, type Listing } from './listing.ts';
import { publishChangedFeeds } from './publish-feeds.ts';
import { publishPages, type PublishedPages } from './publish-pages.ts';
import { publishSearch } from './publish-search.ts';
import { publishTags, type PublishedTags } from './publish-tags.ts';
import type { StagedOutput } from './staged-output.ts';
import { entryOfRow, type PluginFacts } from './state/facts.ts';
import type { StateSearch } from './state/root.ts';
import { StateUnusable } from './state/store.ts';

export interface PublishedLists {
  readonly search: StateSearch | 'kept' | undefined;
  readonly tags: PublishedTags['state'];
  readonly places: PublishedPages['places'];
  /** Paths of what is no more. */
  readonly gone: readonly string[];
}

/** @returns undefined where they follow from more than is known. @throws StateUnusable, FILE_ACCESS, DISK_FULL */
export async function publishLists(listing: Listing): Promise<PublishedLists | undefined> {
  if (isCounted(listing)) return undefined;
  const { out, aggregates, snapshot, input, commit, findings } = listing;
  await publishStats(listing);
  const pages = await publishPages(listing);
  const gone = [...(await publishAdvisories(listing)), ...pages.gone];
  await publishShortLists(listing);
  const tags = await publishTags(listing);
  const search = await publishSearch(listing, tags.most);
  const { plugins, versions } = aggregates;
  await writeJson(out, routes.status, toStatus({ plugins, versions, commit, rebuild: input.rebuild, findings }));
  if (search.facts)
    await writeJson(out, routes.config, toConfig(snapshot, { baseUrl: input.baseUrl, search: search.facts }));
  gone.push(...search.gone, ...(await publishChangedFeeds(listing)));
  return { search: search.state, tags: tags.state, places: pages.places, gone };
}

/** Whether a plugin of which something was counted came, went, or is counted elsewhere now: the sums of all follow from it. */
function isCounted({ state, before, now }: Listing): boolean {
  const after = new Map(now.map((facts) => [facts.name, facts]));
  const names = new Set([...before.map(({ facts }) => facts.name), ...after.keys()]);
  const earlier = new Map(before.map(({ facts }) => [facts.name, facts]));
  return [...names].some(
    (name) => placeOf(earlier.get(name)) !== placeOf(after.get(name)) && state.counts.isCounted(name),
  );
}

/** Whether and where it is counted. */
function placeOf(facts: PluginFacts | undefined): string {
  const category = facts?.row && (entryOfRow(facts.row).category ?? '');
  return JSON.stringify([(facts?.versions ?? 0) > 0, category]);
}

async function publishStats({ state, out, aggregates }: Listing): Promise<void> {
  const { listed, versions, categories, ratings } = aggregates;
  const before = await readPublished<StatsRegistryDocument>(out, routes.statsRegistry);
  const totals = await readPublished<StatsTotalsDocument>(out, routes.statsTotals);
  const registry = recountStatsRegistry(before, { plugins: listed, versions, categories });
  await out.write(routes.statsRegistryTable, new TextEncoder().encode(registryTable(registry, totals)));
  await writeJson(out, routes.statsRegistry, registry);
  if (ratings === state.aggregates.ratings) return;
  const sorted = [...ratings].toSorted(([a], [b]) => (a < b ? -1 : 1));
  await writeJson(out, routes.ratings, { schemaVersion: 1, ratings: Object.fromEntries(sorted) });
}

/** A document of ours that is there. */
async function readPublished<T>(out: StagedOutput, path: string): Promise<T> {
  const bytes = await out.read(path);
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as T;
  } catch (error) {
    throw new StateUnusable(`${path} is not what was published.`, { cause: error });
  }
}

async function publishAdvisories({ out, change, snapshot, state }: Listing): Promise<readonly string[]> {
  if (change.advisories.size === 0) return [];
  const ids = new Set([...change.advisories].map((path) => /([^/]+)\.yaml$/.exec(path)?.[1]));
  for (const record of snapshot.advisories)
    if (ids.has(record.id)) await writeJson(out, routes.advisory(record.id), toAdvisory(record));
  await writeJson(out, routes.advisories, toAdvisories(snapshot));
  const left = new Set(snapshot.advisories.map(({ id }) => id));
  const old = [...change.advisories].flatMap((path) => state.rest.advisories.get(path) ?? []);
  return old.filter(({ id }) => !left.has(id)).map(({ id }) => routes.advisory(id));
}

async function publishShortLists({ out, aggregates, snapshot }: Listing): Promise<void> {
  const { featured, popular, categories, changes, newest, standing } = aggregates;
  const names = [...featured.keys()].toSorted().slice(0, FEATURED_COUNT);
  await out.write(routes.featured, singlePage(names.map((name) => featured.get(name) ?? '')));
  const best = popular.items.slice(0, POPULAR_COUNT);
  await out.write(routes.popular, singlePage(best.map((entry) => JSON.stringify(withoutCounters(entry)))));
  await writeJson(out, routes.categories, toCategories(snapshot.categories, categories));
  const document = changesDocument({
    total: changes,
    changes: newest.items.toSorted(compareChanges),
    standing: [],
  });
  const inOrder = [...standing].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, own]) => own);
  await out.write(routes.changes, withItems(document, 'standing', inOrder));
}

function singlePage(rows: readonly string[]): Uint8Array {
  return withRows({ ...toSinglePage([]), total: rows.length }, rows);
}

async function writeJson(out: StagedOutput, path: string, document: object): Promise<void> {
  await out.write(path, new TextEncoder().encode(`${JSON.stringify(document)}\n`));
}
