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
import type { PluginName, PluginSummary } from '@ar-registry/schemas';
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

/**
 * A page as it was published, with the places on it that are empty. What a page moves on is mostly texts that nobody looks
 * into: where one comes or goes in the middle, that is all of most pages after it.
 *
 * @param page from 1
 */
async function readPage({ out }: Pick<Listing, 'out'>, known: KnownPages, page: number): Promise<readonly PageRow[]> {
  const path = routes.pluginsPage(page);
  const bytes = await out.read(path);
  const listed = bytes && rowsIn(bytes, page);
  const empty = emptyOn(page, known);
  const rows = empty.length === 0 ? listed : listed && mergeRows(listed, empty);
  const isOurs =
    rows !== undefined &&
    isAt(rows[0]?.place, known.starts[page - 1]) &&
    rows.length === Math.min(known.size, known.count - (page - 1) * known.size);
  if (!isOurs) throw new StateUnusable(`${path} is not what was published.`);
  return rows;
}

function mergeRows(listed: readonly PageRow[], empty: readonly PageRow[]): readonly PageRow[] {
  return [...listed, ...empty].toSorted((a, b) => comparePlaces(a.place, b.place));
}

function emptyOn(page: number, { starts, empty }: ListPlaces): readonly PageRow[] {
  const [start, end] = [starts[page - 1], starts[page]];
  if (!start) return [];
  const isHere = (place: ListPlace): boolean =>
    comparePlaces(place, start) >= 0 && (end === undefined || comparePlaces(place, end) < 0);
  return empty.filter(isHere).map((place) => ({ place, text: undefined }));
}

/** A row begins so, and nothing else in a page: quotes in a text have a backslash. */
const ROW = '{"name":"';

/** @returns undefined for what is no page of this number */
function rowsIn(bytes: Uint8Array, page: number): readonly PageRow[] | undefined {
  const text = new TextDecoder().decode(bytes);
  const [opening, closing] = [new TextDecoder().decode(pageBytes(page, [])).slice(0, -CLOSING.length), CLOSING];
  if (!text.startsWith(opening) || !text.endsWith(closing)) return undefined;
  const body = text.slice(opening.length, text.length - closing.length);
  if (body === '') return [];
  const [before, ...rest] = body.split(`,${ROW}`);
  return before?.startsWith(ROW) ? [before, ...rest.map((row) => ROW + row)].map(toRow) : undefined;
}

const CLOSING = ']}\n';

/** Its place is read where somebody asks for it. */
function toRow(text: string): PageRow {
  let known: ListPlace | undefined;
  return {
    text,
    get place() {
      return (known ??= placeIn(text));
    },
  };
}

function placeIn(text: string): ListPlace {
  try {
    return placeOf(JSON.parse(text) as PluginSummary); // written here: what is damaged has another place, or none
  } catch (error) {
    throw new StateUnusable('A page of the list of plugins has not what was published.', { cause: error });
  }
}

function pageBytes(page: number, rows: readonly PageRow[]): Uint8Array {
  return withRows(toPage(page, []), textsOf(rows));
}

function textsOf(rows: readonly PageRow[]): readonly string[] {
  return rows.flatMap(({ text }) => text ?? []);
}
