/** Which pages of lists, and of the lists of a kind, are wanted. */
import type { Api } from '../data/api.ts';
import { cardMaker, type Card } from '../data/cards.ts';
import { beginningPages, type BeginningPage } from '../data/beginnings.ts';
import { kindPath, LETTERED, letterPath, pagesOfKind } from '../data/letters.ts';
import { byNamePath, listPath, MOST_ON_PAGE, nameKey, type PluginList } from '../data/lists.ts';
import type { BeginningData, ListData, ListEntry, PageData } from '../data/page-data.ts';
import type { Group } from './item.ts';
import { keyOf } from './key.ts';
import { summaryAt, type Listing, type Row } from './listing.ts';

/** Key of a page by its site path. */
export type PageKeys = Readonly<Record<string, string>>;

export interface ListPlan {
  readonly keys: PageKeys;
  readonly groups: readonly Group[];
  /** Site paths of the pages of all lists of a kind. */
  readonly fronts: readonly string[];
}

interface ListPage {
  readonly path: string;
  readonly key: string;
  readonly data: () => PageData;
}

interface Input {
  readonly lists: readonly PluginList<Row>[];
  readonly listing: Pick<Listing, 'placeOf'>;
  /** Of a list, which are on its page. */
  readonly firstOf: (list: PluginList<Row>) => readonly Row[];
}

type ListApi = Pick<Api, 'downloads' | 'ratings' | 'listPages' | 'listPage'>;

export function planLists(api: ListApi, input: Input, before: PageKeys = {}): ListPlan {
  const keys: Record<string, string> = {};
  const groups: Group[] = [];
  const fronts = [...frontPages(input.lists)];
  for (const pages of [listPages(api, input), fronts])
    for (const { path, key, data } of pages) {
      keys[path] = key;
      if (before[path] !== key) groups.push(() => [{ kind: 'page', path, data: data() }]);
    }
  return { keys, groups, fronts: fronts.map(({ path }) => path) };
}

/** All lists of a kind. */
export function entriesOf(lists: readonly PluginList<Row>[], kind: PluginList<Row>['kind']): readonly ListEntry[] {
  return lists.filter((list) => list.kind === kind).map(({ id, plugins }) => ({ id, count: plugins.length }));
}

function* listPages(api: ListApi, { lists, listing, firstOf }: Input): Generator<ListPage> {
  const hashOf = rowHasher(api);
  const cardOf = cardMaker(api);
  const cardsOf = (shown: readonly Row[]): ReturnType<typeof cardOf>[] =>
    shown.map((row) => cardOf(summaryAt(api, listing.placeOf(row), row.name)));
  for (const list of lists) {
    const { kind, id, plugins } = list;
    const total = plugins.length;
    const pages = byNamePages(plugins.map(({ name }) => nameKey(name)));
    const first = firstOf(list);
    const beginnings = pages[0] && beginningsOf(pages[0]);
    yield {
      path: listPath(kind, id),
      key: listPageKey({ total, beginnings }, first.map(hashOf)),
      data: () => ({ list: listData({ total, beginnings }, cardsOf(first)) }),
    };
    for (const page of pages) {
      const [shown, place] = [page.at.flatMap((at) => plugins[at] ?? []), placeOf(page)];
      yield {
        path: byNamePath(kind, id, page.beginning),
        key: byNamePageKey(place, shown.map(hashOf)),
        data: () => ({ byName: { ...place, cards: cardsOf(shown) } }),
      };
    }
  }
}

/** Pages by name of a list, that of all first. @param keys of its plugins @returns none where all of it is on one page */
function byNamePages(keys: readonly string[]): readonly BeginningPage[] {
  return keys.length > MOST_ON_PAGE ? [...beginningPages(keys, MOST_ON_PAGE)] : [];
}

/** Where a page of names lies among the others: not how many there are below it, which is another number with each that comes. */
export function placeOf({ beginning, above, below }: Omit<BeginningPage, 'at'>): BeginningData {
  return { beginning, above, below: below.map((page) => page.beginning) };
}

/** What the page of a list says of its other pages. @param all its page of all names */
export function beginningsOf(all: Omit<BeginningPage, 'at'>): readonly string[] {
  return placeOf(all).below;
}

/** What the page of a list says besides its plugins. */
export type ListSays = Pick<ListData, 'total'> & { readonly beginnings: ListData['beginnings'] | undefined };

export function listData({ total, beginnings }: ListSays, cards: readonly Card[]): ListData {
  return { total, cards, ...(beginnings ? { beginnings } : {}) };
}

/** @param hashes of the plugins that it shows, as `rowHasher` makes them */
export function listPageKey({ total, beginnings }: ListSays, hashes: readonly string[]): string {
  return keyOf([total, beginnings, hashes.join(' ')]);
}

/** @param hashes of the plugins that it shows, as `rowHasher` makes them */
export function byNamePageKey(place: BeginningData, hashes: readonly string[]): string {
  return keyOf([place, hashes.join(' ')]);
}

/** @returns of all that a list shows of a plugin, but for its downloads */
export function rowHasher(api: Pick<Api, 'ratings'>): (row: Pick<Row, 'name' | 'hash'>) => string {
  const ratings = api.ratings();
  return ({ name, hash }) => {
    const rating = ratings.get(name);
    return rating ? hash + keyOf(rating) : hash;
  };
}

function* frontPages(lists: readonly PluginList<Row>[]): Generator<ListPage> {
  for (const kind of LETTERED) {
    const { front, letters } = pagesOfKind(kind, entriesOf(lists, kind));
    yield { path: kindPath(kind), key: keyOf(front), data: () => ({ kind: front }) };
    for (const letter of letters)
      yield { path: letterPath(kind, letter.beginning), key: keyOf(letter), data: () => ({ letter }) };
  }
}
