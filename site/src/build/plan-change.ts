/**
 * The plan of a change that leaves every plugin where it is: in the same lists, in the same order, needed by the same. That is
 * what most changes are, as one more version. It costs what changed: of each list that the plugins are in, the page that they
 * are on is wanted, and no other plugin is looked at. Whatever else happened is planned with all of them.
 */
import { routes } from '@ar-registry/core/layout';
import type { PluginName } from '@ar-registry/schemas';
import type { Api } from '../data/api.ts';
import { beginningPageOf, pageOfAll } from '../data/beginnings.ts';
import { cardMaker, type Card } from '../data/cards.ts';
import { byNamePath, listPath, MOST_ON_PAGE, pluginPath, scopeOf, versionPath } from '../data/lists.ts';
import { makeOverview, type Overview } from '../data/overview.ts';
import type { PageData } from '../data/page-data.ts';
import { isLater } from '../machine/sitemap.ts';
import type { Touched } from './api-log.ts';
import { readPlugin } from './facts.ts';
import type { Group } from './item.ts';
import { editParts, type PartEditor } from './known-parts.ts';
import { readListingPage, summaryAt, type Place, type Row } from './listing.ts';
import { listOfKey, openMembers, type MemberList } from './members.ts';
import { fileOf } from './page-file.ts';
import { pickOf, updatePicks, type SavedPicks } from './picks.ts';
import { beginningsOf, byNamePageKey, listData, listPageKey, placeOf, rowHasher } from './plan-lists.ts';
import { planPlugin, wantPlugin } from './plan-plugins.ts';
import { stamper, type Stamp } from './stamp.ts';
import { PAGES_A_PART, partOf, type KeptState, type Parts } from './state.ts';

/** What is to be rendered, whether all was looked at or only what changed. */
export interface PlannedPages {
  readonly groups: readonly Group[];
  /** Pages among what is to be rendered. */
  readonly pages: number;
  readonly overview: Overview;
  /** Files of pages that are no more. */
  readonly gone: readonly string[];
  readonly picks: SavedPicks;
}

export interface PlannedChange extends PlannedPages {
  /** Site path → when what it shows was changed: of pages of which that may be another time. */
  readonly dates: ReadonlyMap<string, string>;
  /** Those of the state that are others now. */
  readonly parts: Parts;
}

/** More are planned faster with all others. */
const MOST_PLUGINS = 100;

interface Change {
  readonly api: Api;
  readonly stampOf: (files: readonly string[]) => Stamp;
  readonly state: KeptState;
  readonly touched: Touched;
  readonly parts: PartEditor;
}

/** @param now milliseconds @returns undefined where something else changed @throws DamagedState */
export function planChange(
  api: Api,
  now: number,
  { state, touched }: { readonly state: KeptState; readonly touched: Touched },
): PlannedChange | undefined {
  if (!touched.isAll || touched.plugins.size > MOST_PLUGINS || touched.pages.size > MOST_PLUGINS) return undefined;
  const change = { api, stampOf: stamper(api.folder, now), state, touched, parts: editParts(state) };
  const plugins = planTouched(change);
  const rows = plugins && readRows(change);
  const lists = rows && planPages(change, rows);
  if (!plugins || !rows || !lists) return undefined;
  const changed = new Map([...rows].map(([name, { row, place }]) => [name, pickOf(row, place)] as const));
  const picks = updatePicks(state.picks, changed);
  return {
    picks,
    groups: [...plugins.groups, ...lists.groups],
    pages: plugins.pages + lists.groups.length,
    overview: makeOverview(api, picks.shown, ({ name, place }) => summaryAt(api, place, name)),
    gone: plugins.gone,
    dates: changed.size === 0 ? new Map() : new Map([['/', picks.newestAt], ...lists.dates, ...datesOf(rows)]),
    parts: change.parts.edited,
  };
}

/** @returns undefined where a plugin came or went, has other owners or needs something else */
function planTouched({
  api,
  stampOf,
  state,
  touched,
  parts,
}: Change):
  | { readonly groups: readonly Group[]; readonly pages: number; readonly gone: readonly string[] }
  | undefined {
  const groups: Group[] = [];
  const gone: string[] = [];
  let pages = 0;
  for (const name of [...touched.plugins].toSorted()) {
    const number = partOf(name, state.spread);
    const part = parts.part('plugins', number);
    const before = Object.hasOwn(part, name) ? part[name] : undefined;
    if (!before || !api.isPlugin(name)) return undefined;
    const facts = readPlugin(api, stampOf, name);
    if (!isEqual([facts.owners, facts.needs], [before.owners, before.needs])) return undefined;
    const planned = planPlugin(facts, {
      users: before.users ?? [],
      advisories: api.advisoriesOf(name),
      isPlugin: (need) => api.isPlugin(need),
      isCounted: api.has(routes.statsPlugin(name)),
    });
    parts.set('plugins', number, { ...part, [name]: planned });
    const there = new Set(planned.versions);
    gone.push(
      ...before.versions.filter((version) => !there.has(version)).map((version) => fileOf(versionPath(name, version))),
    );
    const wanted = wantPlugin(name, planned, before);
    pages += wanted?.pages ?? 0;
    if (wanted) groups.push(wanted.group);
  }
  return { groups, pages, gone };
}

interface ChangedRow {
  readonly row: Row;
  readonly place: Place;
}

/** @returns those that say something else now; undefined where one is in another list, or nearer to the end of one */
function readRows({ api, stampOf, touched, parts }: Change): ReadonlyMap<PluginName, ChangedRow> | undefined {
  const found = new Map<PluginName, ChangedRow>();
  for (const page of touched.pages) {
    const number = Math.floor((page - 1) / PAGES_A_PART);
    const part = parts.part('listing', number);
    const place = (page - 1) % PAGES_A_PART;
    const before = part[place];
    if (!before || page > api.listPages()) return undefined;
    const after = readListingPage(api, stampOf, page);
    if (before.rows.length !== after.rows.length) return undefined;
    for (const [index, row] of after.rows.entries()) {
      const old = before.rows[index];
      if (!old || !isInPlace(old, row)) return undefined;
      if (old.hash !== row.hash) found.set(row.name, { row, place: { page, index } });
    }
    parts.set('listing', number, part.with(place, after));
  }
  return found;
}

/** Whether the same lists have it, at the same place, and nothing that is counted is another number. */
function isInPlace(before: Row, after: Row): boolean {
  const rest = { hash: '', updatedAt: '' };
  return isEqual({ ...before, ...rest }, { ...after, ...rest }) && !isLater(before.updatedAt, after.updatedAt);
}

/** Pages of lists with these rows. @returns undefined where a list has not what the state of a plugin says */
function planPages(
  change: Change,
  rows: ReadonlyMap<PluginName, ChangedRow>,
): { readonly groups: readonly Group[]; readonly dates: ReadonlyMap<string, string> } | undefined {
  const edited = new Map<string, EditedList>();
  const hashOf = rowHasher(change.api);
  for (const [name, { row, place }] of rows)
    for (const key of listsOf(change, row)) {
      const { list, lines } = edited.get(key) ?? { list: openList(change, key), lines: new Set<number>() };
      const line = list?.replace({ name, hash: hashOf(row), place }, row.updatedAt);
      if (!list || line === undefined) return undefined;
      edited.set(key, { list, lines: lines.add(line) });
    }
  const byKey = [...edited].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return {
    groups: byKey.flatMap(([key, list]) => saveList(change, key, list)),
    dates: new Map(
      byKey.map(([key, { list }]) => {
        const { kind, id } = listOfKey(key);
        return [listPath(kind, id), list.members().at];
      }),
    ),
  };
}

interface EditedList {
  readonly list: MemberList;
  /** Of the plugins that changed. */
  readonly lines: Set<number>;
}

interface EditedPage {
  readonly path: string;
  readonly key: string;
  readonly data: () => PageData;
}

/** @returns its pages that are wanted */
function saveList({ api, state, parts }: Change, key: string, edited: EditedList): readonly Group[] {
  const number = partOf(key, state.spread);
  parts.set('members', number, { ...parts.part('members', number), [key]: edited.list.members() });
  return editedPages(api, key, edited).flatMap((page): readonly Group[] => {
    const keys = parts.part('lists', number);
    if (keys[page.path] === page.key) return [];
    parts.set('lists', number, { ...keys, [page.path]: page.key });
    return [() => [{ kind: 'page', path: page.path, data: page.data() }]];
  });
}

/** The pages of the list that show what changed. */
function editedPages(api: Api, key: string, { list, lines }: EditedList): readonly EditedPage[] {
  const { kind, id } = listOfKey(key);
  const isLong = list.lines.length > MOST_ON_PAGE;
  const cardOf = cardMaker(api);
  const show = (at: readonly number[]): { hashes: readonly string[]; cards: () => readonly Card[] } => {
    const shown = at.map((line) => list.member(line));
    const cards = (): readonly Card[] => shown.map(({ name, place }) => cardOf(summaryAt(api, place, name)));
    return { hashes: shown.map(({ hash }) => hash), cards };
  };
  const pages = new Map(
    (isLong ? [...lines] : []).map((line) => {
      const page = beginningPageOf(list.lines, line, MOST_ON_PAGE);
      return [page.beginning, page] as const;
    }),
  );
  const named = [...pages.values()].map((page): EditedPage => {
    const [place, { hashes, cards }] = [placeOf(page), show(page.at)];
    return {
      path: byNamePath(kind, id, page.beginning),
      key: byNamePageKey(place, hashes),
      data: () => ({ byName: { ...place, cards: cards() } }),
    };
  });
  const first = list.first();
  if (!first.some((line) => lines.has(line))) return named;
  const { hashes, cards } = show(first);
  const beginnings = isLong ? beginningsOf(pageOfAll(list.lines, MOST_ON_PAGE)) : undefined;
  const says = { total: list.lines.length, beginnings };
  const front = {
    path: listPath(kind, id),
    key: listPageKey(says, hashes),
    data: () => ({ list: listData(says, cards()) }),
  };
  return [front, ...named];
}

/** Keys of the lists that it is in. */
function listsOf({ parts, state }: Change, { name, type, category, tags }: Row): ReadonlySet<string> {
  const owners = parts.part('plugins', partOf(name, state.spread))[name]?.owners ?? [];
  return new Set([
    `types/${type}`,
    ...(category === undefined ? [] : [`categories/${category}`]),
    ...tags.map((tag) => `tags/${tag}`),
    `scopes/${scopeOf(name)}`,
    ...owners.map((login) => `authors/${login}`),
  ]);
}

function openList({ parts, state }: Change, key: string): MemberList | undefined {
  const lists = parts.part('members', partOf(key, state.spread));
  const members = Object.hasOwn(lists, key) ? lists[key] : undefined;
  return members && openMembers(members);
}

function datesOf(rows: ReadonlyMap<PluginName, ChangedRow>): readonly (readonly [string, string])[] {
  return [...rows].map(([name, { row }]) => [pluginPath(name), row.updatedAt]);
}

/** Of what JSON can say, with keys in the same order. */
function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
