/** Which pages of lists, and of the lists of a kind, are wanted. */
import type { Api } from '../data/api.ts';
import { cardMaker } from '../data/cards.ts';
import { kindPath, LETTERED, letterPath, pagesOfKind } from '../data/letters.ts';
import { listPath, PAGE_SIZE, pageCount, type PluginList } from '../data/lists.ts';
import type { ListEntry, PageData } from '../data/page-data.ts';
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
}

type ListApi = Pick<Api, 'downloads' | 'ratings' | 'listPages' | 'listPage'>;

/** @param lists of the rows of the listing, in the order of their pages */
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

function* listPages(api: ListApi, { lists, listing }: Input): Generator<ListPage> {
  const hashOf = rowHasher(api);
  const cardOf = cardMaker(api);
  for (const { kind, id, plugins } of lists)
    for (let page = 1; page <= pageCount(plugins.length); page += 1) {
      const shown = plugins.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE);
      yield {
        path: listPath(kind, id, page),
        key: listPageKey(plugins.length, shown.map(hashOf)),
        data: () => ({
          list: {
            total: plugins.length,
            cards: shown.map((row) => cardOf(summaryAt(api, listing.placeOf(row), row.name))),
          },
        }),
      };
    }
}

/** @param hashes of the plugins that it shows, as `rowHasher` makes them */
export function listPageKey(total: number, hashes: readonly string[]): string {
  return keyOf([total, hashes.join(' ')]);
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
      yield { path: letterPath(kind, letter.letter, letter.page), key: keyOf(letter), data: () => ({ letter }) };
  }
}
