/** The pages of the list of all plugins, after a change of some. */
import {
  DEFAULT_PAGE_SIZE,
  comparePlaces,
  countPages,
  placeOf,
  toPage,
  toPluginList,
  type ListPlace,
  type ListPlaces,
} from '@ar-registry/core/api';
import { routes } from '@ar-registry/core/layout';
import type { PluginName, PluginPageDocument } from '@ar-registry/schemas';
import { changePages, type PageRow, type RowsChange } from './changed-pages.ts';
import { withRows, type Listing } from './listing.ts';
import type { PluginFacts } from './state/facts.ts';
import { StateUnusable } from './state/store.ts';

export interface PublishedPages {
  /** `kept` where they are as they were. */
  readonly places: ListPlaces | 'kept';
  /** Paths of pages that are no more. */
  readonly gone: readonly string[];
}

/** Writes those that are not what they were. @throws StateUnusable, FILE_ACCESS, DISK_FULL */
export async function publishPages(listing: Listing): Promise<PublishedPages> {
  const { out, state, aggregates, snapshot } = listing;
  const change = changeOf(listing);
  if (change.removed.length + change.added.length === 0) return { places: 'kept', gone: [] };
  const size = snapshot.registry.pageSize ?? DEFAULT_PAGE_SIZE;
  const before = { ...state.places(), count: state.aggregates.plugins, size };
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
  const [pages, earlier] = [countPages(aggregates.plugins, size), countPages(before.count, size)];
  if (first || aggregates.listed !== state.aggregates.listed || pages !== earlier) {
    const head = toPluginList([], { total: aggregates.listed, pages });
    await out.write(routes.plugins, withRows(head, textsOf(first ?? (await read(1)))));
  }
  const empty = emptyAfter(before.empty, change);
  return {
    places: isSame(starts, before.starts) && isSame(empty, before.empty) ? 'kept' : { starts, empty },
    gone: Array.from({ length: Math.max(0, earlier - pages) }, (_, more) => routes.pluginsPage(pages + more + 1)),
  };
}

/** The same list where none of them is another one. */
function emptyAfter(before: readonly ListPlace[], { removed, added }: RowsChange): readonly ListPlace[] {
  const [gone, come] = [removed, added].map((rows) => rows.filter(isEmpty).map(({ place }) => place));
  if (!gone || !come || gone.length + come.length === 0) return before;
  const names = new Set(gone.map(({ name }) => name));
  return [...before.filter(({ name }) => !names.has(name)), ...come].toSorted(comparePlaces);
}

function isEmpty({ text }: PageRow): boolean {
  return text === undefined;
}

function isSame(places: readonly ListPlace[], others: readonly ListPlace[]): boolean {
  if (places.length !== others.length) return false;
  return places.every((place, index) => isAt(place, others[index]));
}

function isAt(place: ListPlace | undefined, other: ListPlace | undefined): boolean {
  return place !== undefined && other !== undefined && comparePlaces(place, other) === 0;
}

/** Rows that are other ones now. */
function changeOf({ before, now }: Listing): RowsChange {
  const [then, next] = [
    new Map(before.map(({ facts }) => [facts.name, rowOf(facts)])),
    new Map(now.map((facts) => [facts.name, rowOf(facts)])),
  ];
  const isKept = (name: PluginName): boolean => isSameRow(then.get(name), next.get(name));
  return {
    removed: [...then].flatMap(([name, row]) => (row && !isKept(name) ? [row] : [])),
    added: [...next].flatMap(([name, row]) => (row && !isKept(name) ? [row] : [])),
  };
}

function isSameRow(one: PageRow | undefined, other: PageRow | undefined): boolean {
  return one?.text === other?.text && isAt(one?.place, other?.place);
}

/** Of a plugin that has a place. */
function rowOf({ name, versions, publishedAt = '', row }: PluginFacts): PageRow | undefined {
  return versions === 0 ? undefined : { place: placeOf({ name, publishedAt }), text: row?.listed };
}

interface KnownPages extends ListPlaces {
  /** Of all places. */
  readonly count: number;
  readonly size: number;
}

/** A page as it was published, to the byte, with the places on it that are empty. @param page from 1 */
async function readPage({ out }: Pick<Listing, 'out'>, known: KnownPages, page: number): Promise<readonly PageRow[]> {
  const path = routes.pluginsPage(page);
  const bytes = await out.read(path);
  const listed = parseRows(bytes);
  const rows = listed && [...listed, ...emptyOn(page, known)].toSorted((a, b) => comparePlaces(a.place, b.place));
  const isOurs =
    bytes !== undefined &&
    rows !== undefined &&
    isAt(rows[0]?.place, known.starts[page - 1]) &&
    rows.length === Math.min(known.size, known.count - (page - 1) * known.size) &&
    Buffer.compare(bytes, pageBytes(page, rows)) === 0;
  if (!isOurs) throw new StateUnusable(`${path} is not what was published.`);
  return rows;
}

function emptyOn(page: number, { starts, empty }: ListPlaces): readonly PageRow[] {
  const [start, end] = [starts[page - 1], starts[page]];
  if (!start) return [];
  const isHere = (place: ListPlace): boolean =>
    comparePlaces(place, start) >= 0 && (end === undefined || comparePlaces(place, end) < 0);
  return empty.filter(isHere).map((place) => ({ place, text: undefined }));
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
  return rows.flatMap(({ text }) => text ?? []);
}
