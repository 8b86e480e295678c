/** What a search has of the plugins, after a change of some. */
import { SHARDED_FROM, toSearchFacts } from '@ar-registry/core/api';
import { routes } from '@ar-registry/core/layout';
import {
  buildShardedIndex,
  changeIndex,
  searchFileNames,
  type FileName,
  type ReadSearchFile,
  type ReadSearchText,
  type SearchChange,
  type SearchEntry,
  type SearchFile,
  type SearchRoot,
  type ShardedIndex,
} from '@ar-registry/core/search';
import { packSearchFile, toShardedIndex, unpackSearchFile } from '@ar-registry/io/api-client';
import { integrityOf } from '@ar-registry/io/digest';
import { inParallel } from '@ar-registry/io/install';
import type { ConfigDocument, SearchShardedDocument } from '@ar-registry/schemas';
import type { TagCount } from './changed-tags.ts';
import { withRows, type Listing } from './listing.ts';
import { entryOfRow, searchText, type ListedRow, type PluginFacts } from './state/facts.ts';
import type { StateSearch } from './state/root.ts';
import { StateUnusable, digestOf } from './state/store.ts';

export interface PublishedSearch {
  readonly state: StateSearch | 'kept' | undefined;
  /** What `config.json` says of it; undefined where nothing changed. */
  readonly facts?: ConfigDocument['search'];
  /** Paths of what is no more. */
  readonly gone: readonly string[];
}

/** @param tags at least those that the most plugins have @throws StateUnusable, FILE_ACCESS, DISK_FULL */
export async function publishSearch(listing: Listing, tags: () => readonly TagCount[]): Promise<PublishedSearch> {
  const change = changeOf(listing);
  if (change.removed.length + change.added.length === 0) return { state: 'kept', gone: [] };
  const { input, aggregates, state, out } = listing;
  const old = await openPublished(state.readSearch(), listing);
  const isSharded = aggregates.listed >= (input.search?.from ?? SHARDED_FROM);
  const made = isSharded ? await publishShards({ listing, change, tags }, old) : undefined;
  const body = made ? new TextEncoder().encode(toShardedIndex(made.root)) : compactIndex(listing);
  await out.write(routes.search, body);
  const facts = { ...toSearchFacts(aggregates.listed, integrityOf(body), body.length) };
  const gone = made?.gone ?? (await namesOf(old));
  return {
    state: made && { moved: made.moved, digest: digestOf(body) },
    facts: { ...facts, format: made ? 'sharded' : 'compact' },
    gone: [...gone].map(routes.searchFile),
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

/** An index in shards as it was published. */
interface PublishedIndex extends ShardedIndex {
  readonly read: ReadSearchFile;
  readonly readText: ReadSearchText;
}

async function openPublished(
  kept: StateSearch | undefined,
  { out }: Pick<Listing, 'out'>,
): Promise<PublishedIndex | undefined> {
  if (!kept) return undefined;
  const bytes = await out.read(routes.search);
  if (!bytes || digestOf(bytes) !== kept.digest) throw new StateUnusable('The search index is not what was published.');
  // What has its digest was written by a build.
  const { root } = JSON.parse(new TextDecoder().decode(bytes)) as SearchShardedDocument;
  const readText: ReadSearchText = async (name) => unpack(await out.read(routes.searchFile(name)));
  const read = (async (_kind, name) => JSON.parse(await readText(name)) as unknown) as ReadSearchFile;
  return {
    root: JSON.parse(unpack(Buffer.from(root, 'base64'))) as SearchRoot,
    moved: kept.moved,
    read,
    readText,
  };
}

/** Files are named by their content; the sum that their compression has is against damage. @throws StateUnusable */
function unpack(bytes: Uint8Array | undefined): string {
  const json = bytes && unpackSearchFile(bytes);
  if (!json) throw new StateUnusable('A file of the search index is missing or damaged.');
  return json.toString('utf8');
}

/** An index with what was part of it and is none any more. */
interface MadeIndex extends ShardedIndex {
  readonly gone: Iterable<FileName>;
}

interface ChangeOfShards {
  readonly listing: Listing;
  readonly change: SearchChange;
  /** At least those that the most plugins have. */
  readonly tags: () => readonly TagCount[];
}

/** The files that are new come first: whoever reads the index finds all that it names. */
async function publishShards(
  { listing, change, tags }: ChangeOfShards,
  old: PublishedIndex | undefined,
): Promise<MadeIndex> {
  const { input, aggregates } = listing;
  const limits = input.search?.limits ? { limits: input.search.limits } : {};
  const counts = { licenses: aggregates.licenses, tags: new Map(tags().map(({ id, count }) => [id, count])) };
  const packing = createPacking();
  const options = { hash: integrityOf, ...limits, counts, onFile: packing.begin };
  const changed = old && (await changeIndex(change, { ...options, ...old }));
  if (!changed) return publishAll(listing, old);
  await writeFiles(changed.files, listing, packing.pack);
  const left = new Set(change.added.map(({ name }) => name));
  const gone = new Set(change.removed.flatMap(({ name }) => (left.has(name) ? [] : name)));
  const moved = new Map([...old.moved].filter(([name]) => !gone.has(name)));
  return { root: changed.root, gone: changed.gone, moved };
}

async function publishAll(listing: Listing, old: PublishedIndex | undefined): Promise<MadeIndex> {
  const limits = listing.input.search?.limits ? { limits: listing.input.search.limits } : {};
  const making = buildShardedIndex(allRows(listing).map(entryOfRow), { hash: integrityOf, ...limits });
  const files: SearchFile[] = [];
  let step = making.next();
  for (; !step.done; step = making.next()) files.push(step.value);
  await writeFiles(files, listing);
  const names = new Set(files.map(({ name }) => name));
  return { ...step.value, gone: (await namesOf(old)).filter((name) => !names.has(name)) };
}

async function namesOf(index: PublishedIndex | undefined): Promise<readonly FileName[]> {
  return index ? [...(await searchFileNames(index.root, index.read))] : [];
}

type Pack = (file: SearchFile) => Promise<Uint8Array>;

/** Files are packed by other threads while the next ones are made. */
function createPacking(): { readonly begin: (file: SearchFile) => void; readonly pack: Pack } {
  const begun = new Map<FileName, Promise<Uint8Array>>();
  return {
    begin: ({ name, body }) => {
      if (begun.has(name)) return;
      const packed = packSearchFile(body);
      // Told where it is asked for; an index that is made anew asks for none of them.
      packed.catch(() => undefined);
      begun.set(name, packed);
    },
    pack: ({ name, body }) => begun.get(name) ?? packSearchFile(body),
  };
}

async function writeFiles(
  files: readonly SearchFile[],
  { out, signal }: Listing,
  pack: Pack = ({ body }) => packSearchFile(body),
): Promise<void> {
  await inParallel(files, async (file) => {
    signal?.throwIfAborted();
    await out.write(routes.searchFile(file.name), await pack(file));
  });
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
