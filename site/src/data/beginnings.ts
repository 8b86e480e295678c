/**
 * Names on pages by how they begin, as a dictionary has them: a name that comes or goes changes the page that it is on, and no
 * other. Where too many begin alike, the beginnings that the most have get pages of their own, and so on, until what is left
 * fits; which names there are is all that decides it, not in which order they came.
 */

/** Names on one page that begin alike. */
export interface BeginningPage {
  /** Empty on the page of all. */
  readonly beginning: string;
  /** Those of the pages above it, from the page of all down. */
  readonly above: readonly string[];
  /** Those that have pages of their own below it, by name. */
  readonly below: readonly { readonly beginning: string; readonly count: number }[];
  /** Which names are on the page itself. */
  readonly at: readonly number[];
}

interface Range {
  readonly beginning: string;
  readonly above: readonly string[];
  /** The first. */
  readonly from: number;
  /** The one after the last. */
  readonly to: number;
}

/** @param names in the order of their characters @param most names on a page @returns the page of all before those below it */
export function* beginningPages(names: readonly string[], most: number): Generator<BeginningPage> {
  const left = [rangeOfAll(names)];
  for (let range = left.pop(); range; range = left.pop()) {
    const { page, parts } = divide(names, range, most);
    yield page;
    left.push(...parts.toReversed());
  }
}

/** The first of them, without looking at all others. */
export function pageOfAll(names: readonly string[], most: number): BeginningPage {
  return divide(names, rangeOfAll(names), most).page;
}

/** The page that this one is on, without looking at all others. @param index of the name */
export function beginningPageOf(names: readonly string[], index: number, most: number): BeginningPage {
  let range = rangeOfAll(names);
  for (;;) {
    const { page, parts } = divide(names, range, most);
    const part = parts.find(({ from, to }) => from <= index && index < to);
    if (!part) return page;
    range = part;
  }
}

function rangeOfAll({ length }: readonly string[]): Range {
  return { beginning: '', above: [], from: 0, to: length };
}

function divide(
  names: readonly string[],
  { beginning, above, from, to }: Range,
  most: number,
): { readonly page: BeginningPage; readonly parts: readonly Range[] } {
  const groups = to - from <= most ? [] : groupsIn(names, { beginning, from, to });
  const apart = new Set<Group>();
  let rest = to - from;
  for (const group of groups.toSorted((a, b) => b.to - b.from - (a.to - a.from) || a.from - b.from)) {
    if (rest <= most) break;
    apart.add(group);
    rest -= group.to - group.from;
  }
  const parts = groups
    .filter((group) => apart.has(group))
    .map((group): Range => ({
      ...group,
      beginning: beginningOf(names, group, { least: beginning.length + 1, most }),
      above: [...above, beginning],
    }));
  const at: number[] = [];
  let next = from;
  for (const part of [...parts, { from: to, to }]) {
    for (; next < part.from; next += 1) at.push(next);
    next = part.to;
  }
  const below = parts.map((part) => ({ beginning: part.beginning, count: part.to - part.from }));
  return { page: { beginning, above, below, at }, parts };
}

type Group = Pick<Range, 'from' | 'to'>;

/** By the next character; a name that has none stays. */
function groupsIn(names: readonly string[], { beginning, from, to }: Omit<Range, 'above'>): readonly Group[] {
  const found: { from: number; to: number }[] = [];
  let before: string | undefined;
  for (let index = from; index < to; index += 1) {
    const next = names[index]?.[beginning.length];
    const group = found.at(-1);
    if (next === undefined) continue;
    if (group && next === before) group.to = index + 1;
    else found.push({ from: index, to: index + 1 });
    before = next;
  }
  return found;
}

/** Of too many for a page, all that they have in common: a page of nothing but one more letter says nothing. */
function beginningOf(
  names: readonly string[],
  { from, to }: Group,
  { least, most }: { readonly least: number; readonly most: number },
): string {
  const [first = '', last = ''] = [names[from], names[to - 1]];
  let length = least;
  if (to - from > most) while (length < first.length && first[length] === last[length]) length += 1;
  return first.slice(0, length);
}

/** What Windows takes for devices: folders of such a name cannot be there, nor what is copied with them. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)$/;

/** In an address: one for each, whatever it is. @param beginning not empty; of lower-case letters, digits, hyphens and spaces */
export function beginningSegment(beginning: string): string {
  return DEVICE.test(beginning) ? `${beginning}~` : beginning.replaceAll(' ', '@');
}
