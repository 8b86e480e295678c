/**
 * A list as the build of a change needs it: its plugins by name, a line each, which says what pages of the list are made of and
 * where the API has it. Text, since there are ten times as many lines as plugins, and few are looked at.
 */
import type { PluginName } from '@ar-registry/schemas';
import { nameKey, type PluginList } from '../data/lists.ts';
import { newestOf } from '../machine/sitemap.ts';
import type { Place, Row } from './listing.ts';

export interface Members {
  /** When one of them was last changed. */
  readonly at: string;
  /** Those on the page of the list, as they are there; absent where all are, by name. */
  readonly first?: readonly PluginName[];
  /** In the order of `byName`. */
  readonly lines: string;
}

export interface Member {
  readonly name: PluginName;
  /** Of all that a list shows of it. */
  readonly hash: string;
  readonly place: Place;
}

/** @param first of it, which are on its page @param memberOf what is told of a row */
export function membersOf(
  { plugins }: PluginList<Row>,
  first: readonly Row[],
  memberOf: (row: Row) => Member,
): Members {
  const isByName = first.length === plugins.length && first.every((row, index) => row === plugins[index]);
  return {
    at: newestOf(plugins) ?? '',
    ...(isByName ? {} : { first: first.map(({ name }) => name) }),
    lines: plugins.map((row) => toLine(memberOf(row))).join('\n'),
  };
}

/** `tags/slack`, also of what no list is: `tags/` of `/tags/`. @param sitePath of a page of a list */
export function listKeyOf(sitePath: string): string {
  const [, kind = '', id = ''] = sitePath.split('/');
  return `${kind}/${id}`;
}

/** The list of a key. */
export function listOfKey(key: string): Pick<PluginList<Row>, 'kind' | 'id'> {
  const slash = key.indexOf('/');
  return { kind: key.slice(0, slash) as PluginList<Row>['kind'], id: key.slice(slash + 1) };
}

/** A list while some of its plugins become others. */
export interface MemberList {
  /** Each begins with the `nameKey` of its plugin, and they are in the order of that. */
  readonly lines: readonly string[];
  /** Which lines are on the page of the list, as they are there. */
  first(): readonly number[];
  /** @returns which line it is; undefined where it is not in the list */
  replace(member: Member, at: string): number | undefined;
  member(line: number): Member;
  members(): Members;
}

export function openMembers({ at, first, lines }: Members): MemberList {
  const all = lines.split('\n');
  let newest = at;
  const find = (name: PluginName): number | undefined => {
    const key = `${nameKey(name)} `;
    const index = lowerBound(all, key);
    return all[index]?.startsWith(key) ? index : undefined;
  };
  return {
    lines: all,
    first: () => first?.flatMap((name) => find(name) ?? []) ?? [...all.keys()],
    replace: (member, changedAt) => {
      const index = find(member.name);
      if (index === undefined) return undefined;
      all[index] = toLine(member);
      newest = newestOf([{ updatedAt: newest }, { updatedAt: changedAt }]) ?? newest;
      return index;
    },
    member: (line) => parseLine(all[line] ?? ''),
    members: () => ({ at: newest, ...(first && { first }), lines: all.join('\n') }),
  };
}

function lowerBound(sorted: readonly string[], key: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** `audit-logger ar` and what there is to be known of it. */
function toLine({ name, hash, place }: Member): string {
  return `${nameKey(name)} ${hash} ${place.page} ${place.index}`;
}

function parseLine(line: string): Member {
  const [local = '', scope = '', hash = '', page, index] = line.split(' ');
  return { name: `@${scope}/${local}`, hash, place: { page: Number(page), index: Number(index) } };
}
