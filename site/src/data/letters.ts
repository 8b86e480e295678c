/**
 * All lists of a kind by the letter that they begin with: on one page while they are few, on pages of their own when they
 * are many. No page grows with the registry.
 */
import type { KindData, LetterData, ListEntry } from './page-data.ts';
import { pageCount, type ListKind } from './lists.ts';

/** Kinds of which there are so many that they need it. */
export const LETTERED = ['tags', 'scopes', 'authors'] as const satisfies readonly ListKind[];

/** Fewer than this are on one page. */
const ON_ONE_PAGE = 300;
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
  const groups = byLetter(lists);
  const isShort = lists.length <= ON_ONE_PAGE;
  const letters = [...groups.keys()];
  return {
    front: {
      total: lists.length,
      most: lists.length <= MOST ? [] : mostUsed(lists),
      letters: [...groups].map(([letter, entries]) => ({
        letter,
        count: entries.length,
        ...(isShort ? { entries } : {}),
      })),
    },
    letters: isShort ? [] : [...groups].flatMap(([letter, entries]) => cut(entries, { kind, letter, letters })),
  };
}

/** `/tags/` */
export function kindPath(kind: ListKind): string {
  return `/${kind}/`;
}

/** `/all/tags/s/2/`: not below `/tags/`, where every word may be a tag. */
export function letterPath(kind: ListKind, letter: string, page = 1): string {
  return `/all/${kind}/${letter}/${page === 1 ? '' : `${page}/`}`;
}

function mostUsed(lists: readonly ListEntry[]): readonly ListEntry[] {
  return lists.toSorted((a, b) => b.count - a.count || (a.id < b.id ? -1 : 1)).slice(0, MOST);
}

function byLetter(lists: readonly ListEntry[]): ReadonlyMap<string, readonly ListEntry[]> {
  const keyed = lists.map((entry) => ({ entry, key: entry.id.replace(/^@/, '').toLowerCase() }));
  const groups = new Map<string, ListEntry[]>();
  for (const { entry, key } of keyed.toSorted((a, b) => order(a.key, b.key) || order(a.entry.id, b.entry.id))) {
    const letter = /^[a-z]/.exec(key)?.[0] ?? OTHER;
    const group = groups.get(letter);
    if (group) group.push(entry);
    else groups.set(letter, [entry]);
  }
  return new Map([...groups].toSorted(([a], [b]) => order(a, b)));
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function cut(
  entries: readonly ListEntry[],
  of: Pick<LetterData, 'kind' | 'letter' | 'letters'>,
): readonly LetterData[] {
  const pages = pageCount(entries.length, ENTRIES_A_PAGE);
  return Array.from({ length: pages }, (_, index) => ({
    ...of,
    total: entries.length,
    page: index + 1,
    pages,
    entries: entries.slice(index * ENTRIES_A_PAGE, (index + 1) * ENTRIES_A_PAGE),
  }));
}
