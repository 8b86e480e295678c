/**
 * All lists of a kind by what they begin with: on one page while they are few, on pages of their own when they are many. No page
 * grows with the registry, and a list that comes changes the page that it is on.
 */
import { beginningPages, beginningSegment } from './beginnings.ts';
import type { KindData, LetterData, ListEntry } from './page-data.ts';
import type { ListKind } from './lists.ts';

/** Kinds of which there are so many that they need it. */
export const LETTERED = ['tags', 'scopes', 'authors'] as const satisfies readonly ListKind[];

/** No more than these are on a page. */
const ENTRIES_A_PAGE = 300;
const MOST = 60;
/** Digits and whatever else is no letter. */
const OTHER = '0-9';

export interface KindPages {
  readonly front: KindData;
  readonly letters: readonly LetterData[];
}

/** @param lists of this kind, in any order */
export function pagesOfKind(kind: ListKind, lists: readonly ListEntry[]): KindPages {
  const keyed = lists
    .map((entry) => ({ entry, key: entry.id.replace(/^@/, '').toLowerCase() }))
    .toSorted((a, b) => order(a.key, b.key) || order(a.entry.id, b.entry.id));
  const sorted = keyed.map(({ entry }) => entry);
  const common = { total: lists.length, most: lists.length <= MOST ? [] : mostUsed(lists) };
  if (lists.length <= ENTRIES_A_PAGE)
    return { front: { ...common, letters: byLetter(keyed), beginnings: [], others: [] }, letters: [] };
  const keys = keyed.map(({ key }) => key);
  const pages = [...beginningPages(keys, ENTRIES_A_PAGE)].map(({ at, below, ...page }) => ({
    page: { ...page, below: below.map(({ beginning }) => beginning) },
    beginnings: below,
    entries: at.flatMap((index) => sorted[index] ?? []),
  }));
  const [all, ...others] = pages;
  return {
    front: { ...common, letters: [], beginnings: all?.beginnings ?? [], others: all?.entries ?? [] },
    letters: others.map(({ page, entries }) => ({ kind, ...page, entries })),
  };
}

/** `/tags/` */
export function kindPath(kind: ListKind): string {
  return `/${kind}/`;
}

/** `/all/tags/sl/`: not below `/tags/`, where every word may be a tag. @param beginning empty for all */
export function letterPath(kind: ListKind, beginning: string): string {
  return beginning === '' ? kindPath(kind) : `/all/${kind}/${beginningSegment(beginning)}/`;
}

function mostUsed(lists: readonly ListEntry[]): readonly ListEntry[] {
  return lists.toSorted((a, b) => b.count - a.count || (a.id < b.id ? -1 : 1)).slice(0, MOST);
}

function byLetter(keyed: readonly { readonly entry: ListEntry; readonly key: string }[]): KindData['letters'] {
  const groups = Map.groupBy(keyed, ({ key }) => /^[a-z]/.exec(key)?.[0] ?? OTHER);
  return [...groups]
    .toSorted(([a], [b]) => order(a, b))
    .map(([letter, entries]) => ({ letter, entries: entries.map(({ entry }) => entry) }));
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
