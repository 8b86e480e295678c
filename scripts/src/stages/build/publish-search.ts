/** What a search has of the plugins, after a change of some. */
import { SHARDED_FROM, toSearchFacts } from '@ar-registry/core/api';
import { routes } from '@ar-registry/core/layout';
import {
  buildShardedIndex,
  changeShards,
  shardFileNames,
  type SearchChange,
  type SearchEntry,
  type SearchFile,
  type ShardedIndex,
} from '@ar-registry/core/search';
import { packSearchFile, toShardedIndex } from '@ar-registry/io/api-client';
import { integrityOf } from '@ar-registry/io/digest';
import { inParallel } from '@ar-registry/io/install';
import type { ConfigDocument } from '@ar-registry/schemas';
import { withRows, type Listing } from './listing.ts';
import { entryOfRow, searchText, type ListedRow, type PluginFacts } from './state/facts.ts';
import type { StateSearch } from './state/root.ts';
import { toStateSearch } from './state/save.ts';

export interface PublishedSearch {
  readonly state: StateSearch | 'kept' | undefined;
  /** What `config.json` says of it; undefined where nothing changed. */
  readonly facts?: ConfigDocument['search'];
  /** Paths of what is no more. */
  readonly gone: readonly string[];
}

/** @throws StateUnusable, FILE_ACCESS, DISK_FULL */
export async function publishSearch(listing: Listing): Promise<PublishedSearch> {
  const change = changeOf(listing);
  if (change.removed.length + change.added.length === 0) return { state: 'kept', gone: [] };
  const { input, aggregates, state, out } = listing;
  const old = state.readSearch();
  const isSharded = aggregates.listed >= (input.search?.from ?? SHARDED_FROM);
  const made = isSharded ? await publishShards(listing, change, old) : undefined;
  const body = made ? new TextEncoder().encode(toShardedIndex(made.root)) : compactIndex(listing);
  await out.write(routes.search, body);
  const facts = { ...toSearchFacts(aggregates.listed, integrityOf(body), body.length) };
  const names = made ? shardFileNames(made.published) : new Set<string>();
  const gone = old ? [...shardFileNames(old.published)].filter((name) => !names.has(name)) : [];
  return {
    state: made && toStateSearch(made),
    facts: { ...facts, format: made ? 'sharded' : 'compact' },
    gone: gone.map(routes.searchFile),
  };
}

function changeOf({ before, now }: Listing): SearchChange {
  const [then, texts] = [
    new Map(before.map(({ facts }) => [facts.name, textOf(facts)])),
    new Map(now.map((facts) => [facts.name, textOf(facts)])),
  ];
  return {
    removed: before.flatMap(({ facts }) => (texts.get(facts.name) === textOf(facts) ? [] : entriesOf(facts))),
    added: now.flatMap((facts) => (then.get(facts.name) === textOf(facts) ? [] : entriesOf(facts))),
  };
}

function textOf({ row }: PluginFacts): string {
  return row ? searchText(row) : '';
}

function entriesOf({ row }: PluginFacts): readonly SearchEntry[] {
  return row ? [entryOfRow(row)] : [];
}

/** The files that are new come first: whoever reads the index finds all that it names. */
async function publishShards(
  listing: Listing,
  change: SearchChange,
  old: StateSearch | undefined,
): Promise<ShardedIndex> {
  const { state, input, out, signal } = listing;
  const limits = input.search?.limits ? { limits: input.search.limits } : {};
  const files: SearchFile[] = [];
  const known = new Map<string, SearchEntry>();
  const entryOf = (name: string): SearchEntry => {
    const entry = known.get(name) ?? entryOfRow(state.chunks.row(name));
    known.set(name, entry);
    return entry;
  };
  const changed = old && drain(changeShards(change, { hash: integrityOf, ...limits, before: old, entryOf }), files);
  const made =
    changed ?? drain(buildShardedIndex(allRows(listing).map(entryOfRow), { hash: integrityOf, ...limits }), files);
  await inParallel(files, async ({ name, body }) => {
    signal?.throwIfAborted();
    await out.write(routes.searchFile(name), await packSearchFile(body));
  });
  return made;
}

function drain<T>(making: Generator<SearchFile, T>, files: SearchFile[]): T {
  for (;;) {
    const step = making.next();
    if (step.done) return step.value;
    files.push(step.value);
  }
}

function compactIndex(listing: Listing): Uint8Array {
  return withRows({ schemaVersion: 1, plugins: [] }, allRows(listing).map(searchText));
}

/** By name. */
function allRows({ state, before, now }: Listing): readonly ListedRow[] {
  const gone = new Set([...before.map(({ facts }) => facts.name), ...now.map(({ name }) => name)]);
  const rows = new Map<string, ListedRow>();
  for (const index of state.chunks.entries.keys()) {
    const { names, rows: texts } = state.chunks.rows(index);
    for (const [at, row] of texts.entries()) if (row && !gone.has(names[at] ?? '')) rows.set(names[at] ?? '', row);
  }
  for (const { name, row } of now) if (row) rows.set(name, row);
  return [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}
