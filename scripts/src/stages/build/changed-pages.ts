/**
 * The pages of the list of all plugins that a change of some makes others, made of those that were published: the page of
 * a plugin is known by where each page begins. Where one comes or goes, what follows moves on from page to page, until as
 * many came as went.
 */
import { comparePlaces, type ListPlace } from '@ar-registry/core/api';
import { StateUnusable } from './state/store.ts';

export interface PageRow {
  readonly place: ListPlace;
  /** As it is published; undefined for a place that is empty. */
  readonly text: string | undefined;
}

export interface RowsChange {
  /** One that is another now is in both. */
  readonly removed: readonly PageRow[];
  readonly added: readonly PageRow[];
}

export interface Pages {
  /** Where each page begins; of none where there is no plugin. */
  readonly starts: readonly ListPlace[];
  /** Plugins on a page. */
  readonly size: number;
  /** What was published. @param page from 1 */
  readonly read: (page: number) => Promise<readonly PageRow[]>;
  /** Takes what a page has now, which may be what it had. */
  readonly write: (page: number, rows: readonly PageRow[]) => Promise<void>;
}

/** @returns where each page begins then @throws StateUnusable where a page has not what it should have */
export async function changePages(change: RowsChange, pages: Pages): Promise<readonly ListPlace[]> {
  const { starts, read } = pages;
  const rowsOf = changedRows(change, starts);
  const next = nextPages(pages);
  for (const [index, start] of starts.entries()) {
    const isSame = rowsOf.isSame(index) && next.isAt(index);
    if (isSame) next.keep(start);
    else await next.add(rowsOf.at(index, await read(index + 1)));
  }
  if (starts.length === 0) await next.add(rowsOf.at(0, []));
  return next.end();
}

/** Pages as they are filled, one after the other. */
function nextPages({ size, write }: Pick<Pages, 'size' | 'write'>) {
  const starts: ListPlace[] = [];
  let pages = 0;
  let waiting: readonly PageRow[] = [];
  const put = async (): Promise<void> => {
    const rows = waiting.slice(0, size);
    waiting = waiting.slice(size);
    starts.push(...rows.slice(0, 1).map(({ place }) => place));
    await write((pages += 1), rows);
  };
  return {
    /** Whether the page of this index comes next, and nothing goes on it that was on another. */
    isAt: (index: number): boolean => pages === index && waiting.length === 0,
    keep: (start: ListPlace): void => {
      starts.push(start);
      pages += 1;
    },
    add: async (rows: readonly PageRow[]): Promise<void> => {
      waiting = [...waiting, ...rows];
      while (waiting.length >= size) await put();
    },
    /** @returns where each begins. There is one page without any plugin. */
    end: async (): Promise<readonly ListPlace[]> => {
      if (waiting.length > 0 || pages === 0) await put();
      return starts;
    },
  };
}

/** What was on each page, as it is now. */
function changedRows({ removed, added }: RowsChange, starts: readonly ListPlace[]) {
  const pageOf = ({ place }: PageRow): number => pageWith(starts, place);
  const [leaving, coming] = [Map.groupBy(removed, pageOf), Map.groupBy(added, pageOf)];
  return {
    isSame: (index: number): boolean => !leaving.has(index) && !coming.has(index),
    at: (index: number, rows: readonly PageRow[]): readonly PageRow[] =>
      changeRows(rows, leaving.get(index) ?? [], coming.get(index) ?? []),
  };
}

/** From 0. What comes before all is on the first. */
function pageWith(starts: readonly ListPlace[], place: ListPlace): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const start = starts[middle];
    if (start && comparePlaces(start, place) <= 0) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

function changeRows(
  rows: readonly PageRow[],
  removed: readonly PageRow[],
  added: readonly PageRow[],
): readonly PageRow[] {
  if (removed.length + added.length === 0) return rows;
  const gone = new Map(removed.map(({ place, text }) => [place.name, text]));
  const kept = rows.filter(({ place: { name }, text }) => !gone.has(name) || gone.get(name) !== text);
  if (kept.length !== rows.length - removed.length)
    throw new StateUnusable('A page of the list of plugins has not what was published.');
  return added.length === 0 ? kept : [...kept, ...added].toSorted((a, b) => comparePlaces(a.place, b.place));
}
