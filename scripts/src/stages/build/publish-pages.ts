/** The pages of the list of all plugins, after a change of some. */
import {
  DEFAULT_PAGE_SIZE,
  comparePlaces,
  countPages,
  placeOf,
  toPage,
  toPluginList,
  type ListPlace,
} from '@ar-registry/core/api';
import { routes } from '@ar-registry/core/layout';
import type { PluginPageDocument, PluginSummary } from '@ar-registry/schemas';
import { changePages, type PageRow, type RowsChange } from './changed-pages.ts';
import { withRows, type Listing } from './listing.ts';
import type { PluginFacts } from './state/facts.ts';
import { StateUnusable } from './state/store.ts';

export interface PublishedPages {
  /** Where each page begins; `kept` where that is as it was. */
  readonly starts: readonly ListPlace[] | 'kept';
  /** Paths of pages that are no more. */
  readonly gone: readonly string[];
}

/** Writes those that are not what they were. @throws StateUnusable, FILE_ACCESS, DISK_FULL */
export async function publishPages(listing: Listing): Promise<PublishedPages> {
  const { out, state, aggregates, snapshot } = listing;
  const change = changeOf(listing);
  if (change.removed.length + change.added.length === 0) return { starts: 'kept', gone: [] };
  const size = snapshot.registry.pageSize ?? DEFAULT_PAGE_SIZE;
  const before = { starts: state.pageStarts(), listed: state.aggregates.listed, size };
  const read = (page: number): Promise<readonly PageRow[]> => readPage(listing, before, page);
  let first: readonly PageRow[] | undefined;
  const starts = await changePages(change, {
    starts: before.starts,
    size,
    read,
    write: async (page, rows) => {
      if (page === 1) first = rows;
      await out.write(routes.pluginsPage(page), pageBytes(page, rows));
    },
  });
  if (first || aggregates.listed !== before.listed) {
    const head = toPluginList([], aggregates.listed, size);
    await out.write(routes.plugins, withRows(head, textsOf(first ?? (await read(1)))));
  }
  const [pages, earlier] = [countPages(aggregates.listed, size), countPages(before.listed, size)];
  return {
    starts: isSame(starts, before.starts) ? 'kept' : starts,
    gone: Array.from({ length: Math.max(0, earlier - pages) }, (_, more) => routes.pluginsPage(pages + more + 1)),
  };
}

function isSame(starts: readonly ListPlace[], others: readonly ListPlace[]): boolean {
  if (starts.length !== others.length) return false;
  return starts.every((start, index) => isAt(start, others[index]));
}

function isAt(place: ListPlace | undefined, other: ListPlace | undefined): boolean {
  return place !== undefined && other !== undefined && comparePlaces(place, other) === 0;
}

/** Rows that are other texts now. */
function changeOf({ before, now }: Listing): RowsChange {
  const then = new Map(before.map(({ facts }) => [facts.name, facts.row?.listed]));
  const texts = new Map(now.map(({ name, row }) => [name, row?.listed]));
  return {
    removed: before.flatMap(({ facts }) => (texts.get(facts.name) === facts.row?.listed ? [] : rowsOf(facts))),
    added: now.flatMap((facts) => (then.get(facts.name) === facts.row?.listed ? [] : rowsOf(facts))),
  };
}

function rowsOf({ row }: PluginFacts): readonly PageRow[] {
  if (!row) return [];
  // Written by `factsIn`, and kept under its digest.
  return [{ place: placeOf(JSON.parse(row.listed) as PluginSummary), text: row.listed }];
}

/** A page as it was published, to the byte. @param page from 1 */
async function readPage(
  { out }: Pick<Listing, 'out'>,
  { starts, listed, size }: { readonly starts: readonly ListPlace[]; readonly listed: number; readonly size: number },
  page: number,
): Promise<readonly PageRow[]> {
  const path = routes.pluginsPage(page);
  const bytes = await out.read(path);
  const rows = parseRows(bytes);
  const isOurs =
    bytes !== undefined &&
    rows !== undefined &&
    isAt(rows[0]?.place, starts[page - 1]) &&
    rows.length === Math.min(size, listed - (page - 1) * size) &&
    Buffer.compare(bytes, pageBytes(page, rows)) === 0;
  if (!isOurs) throw new StateUnusable(`${path} is not what was published.`);
  return rows;
}

/** @returns undefined for what is no page */
function parseRows(bytes: Uint8Array | undefined): readonly PageRow[] | undefined {
  try {
    // Whether it is one is seen by what these rows give again.
    const { plugins } = JSON.parse(new TextDecoder().decode(bytes)) as PluginPageDocument;
    return plugins.map((plugin) => ({ place: placeOf(plugin), text: JSON.stringify(plugin) }));
  } catch {
    return undefined;
  }
}

function pageBytes(page: number, rows: readonly PageRow[]): Uint8Array {
  return withRows(toPage(page, []), textsOf(rows));
}

function textsOf(rows: readonly PageRow[]): readonly string[] {
  return rows.map(({ text }) => text);
}
