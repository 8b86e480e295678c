/**
 * A list as the build of a change needs it: its plugins in their order, a line each, which says what the page of the list is
 * made of and where the API has it. Text, since there are ten times as many lines as plugins, and few are looked at.
 */
import type { PluginName } from '@ar-registry/schemas';
import { listPath, PAGE_SIZE, type PluginList } from '../data/lists.ts';
import { newestOf } from '../machine/sitemap.ts';
import type { Place, Row } from './listing.ts';

export interface Members {
  /** When one of them was last changed. */
  readonly at: string;
  readonly lines: string;
}

export interface Member {
  readonly name: PluginName;
  /** Of all that a list shows of it. */
  readonly hash: string;
  readonly place: Place;
}

/** @param memberOf what is told of a row */
export function membersOf({ plugins }: PluginList<Row>, memberOf: (row: Row) => Member): Members {
  return { at: newestOf(plugins) ?? '', lines: plugins.map((row) => toLine(memberOf(row))).join('\n') };
}

/** `tags/slack`, also of what no list is: `tags/` of `/tags/`. @param sitePath of a page of a list */
export function listKeyOf(sitePath: string): string {
  const [, kind = '', id = ''] = sitePath.split('/');
  return `${kind}/${id}`;
}

/** A list while some of its plugins become others. */
export interface MemberList {
  readonly total: number;
  /** @returns the page of the list that it is on, from 1; undefined where it is not in it */
  replace(member: Member, at: string): number | undefined;
  /** @param page from 1 */
  shown(page: number): readonly Member[];
  members(): Members;
}

export function openMembers({ at, lines }: Members): MemberList {
  const all = lines.split('\n');
  let newest = at;
  return {
    total: all.length,
    replace: (member, changedAt) => {
      const index = all.findIndex((line) => line.startsWith(`${member.name} `));
      if (index === -1) return undefined;
      all[index] = toLine(member);
      newest = newestOf([{ updatedAt: newest }, { updatedAt: changedAt }]) ?? newest;
      return Math.floor(index / PAGE_SIZE) + 1;
    },
    shown: (page) => all.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE).map(parseLine),
    members: () => ({ at: newest, lines: all.join('\n') }),
  };
}

/** Site path of a list's page. @param key of the list */
export function pathOf(key: string, page?: number): string {
  const slash = key.indexOf('/');
  return listPath(key.slice(0, slash) as PluginList<Row>['kind'], key.slice(slash + 1), page);
}

function toLine({ name, hash, place }: Member): string {
  return `${name} ${hash} ${place.page} ${place.index}`;
}

function parseLine(line: string): Member {
  const [name = '', hash = '', page, index] = line.split(' ');
  return { name, hash, place: { page: Number(page), index: Number(index) } };
}
