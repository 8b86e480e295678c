/** What a build knows, in the parts that the next one reads. */
import type { Members } from './members.ts';
import { listKeyOf, membersOf } from './members.ts';
import type { Known, Planned } from './plan.ts';
import type { PlannedPlugin } from './plan-plugins.ts';
import { PAGES_A_PART, partOf, type KeptState, type PartKinds, type Parts } from './state.ts';

/** @returns all of them, each made when it is asked for: together they are as large as the registry */
export function* toParts(
  { known, lists, firstOf, memberOf }: Pick<Planned, 'known' | 'lists' | 'firstOf' | 'memberOf'>,
  spread: number,
): Generator<readonly [string, unknown]> {
  for (let part = 0; part < listingParts(known.listing.length); part += 1)
    yield [`listing/${part}`, known.listing.slice(part * PAGES_A_PART, (part + 1) * PAGES_A_PART)];
  yield* spreadOut('plugins', Object.entries(known.plugins), { spread, keyOf: (name) => name });
  yield* spreadOut('lists', Object.entries(known.lists), { spread, keyOf: listKeyOf });
  const members = Map.groupBy(lists, ({ kind, id }) => partOf(`${kind}/${id}`, spread));
  for (let part = 0; part < spread; part += 1) {
    const own = (members.get(part) ?? []).map((list): [string, Members] => [
      `${list.kind}/${list.id}`,
      membersOf(list, firstOf(list), memberOf),
    ]);
    yield [`members/${part}`, Object.fromEntries(own)];
  }
}

/** But for the members of lists, which a whole plan needs not. @throws DamagedState */
export function fromParts(state: KeptState): Known {
  const numbers = Array.from({ length: state.spread }, (_, part) => part);
  const listing = Object.keys(state.parts).filter((key) => key.startsWith('listing/')).length;
  return {
    listing: Array.from({ length: listing }, (_, part) => state.part('listing', part)).flat(),
    plugins: Object.fromEntries<PlannedPlugin>(numbers.flatMap((part) => Object.entries(state.part('plugins', part)))),
    lists: Object.fromEntries<string>(numbers.flatMap((part) => Object.entries(state.part('lists', part)))),
  };
}

/** Parts that a build of a change reads, and those of them that it makes anew. */
export interface PartEditor {
  part<Kind extends keyof PartKinds>(kind: Kind, number: number): PartKinds[Kind];
  /** Its content afterwards. */
  set<Kind extends keyof PartKinds>(kind: Kind, number: number, content: PartKinds[Kind]): void;
  readonly edited: Parts;
}

export function editParts(state: KeptState): PartEditor {
  const read = new Map<string, unknown>();
  const edited = new Map<string, unknown>();
  return {
    part: <Kind extends keyof PartKinds>(kind: Kind, number: number): PartKinds[Kind] => {
      const key = `${kind}/${number}`;
      const found = edited.get(key) ?? read.get(key) ?? state.part(kind, number);
      read.set(key, found);
      return found as PartKinds[Kind];
    },
    set: (kind, number, content) => void edited.set(`${kind}/${number}`, content),
    edited,
  };
}

function listingParts(pages: number): number {
  return Math.ceil(pages / PAGES_A_PART);
}

function* spreadOut(
  kind: 'plugins' | 'lists',
  entries: readonly (readonly [string, unknown])[],
  { spread, keyOf }: { readonly spread: number; readonly keyOf: (key: string) => string },
): Generator<readonly [string, unknown]> {
  const groups = Map.groupBy(entries, ([key]) => partOf(keyOf(key), spread));
  for (let part = 0; part < spread; part += 1) yield [`${kind}/${part}`, Object.fromEntries(groups.get(part) ?? [])];
}
