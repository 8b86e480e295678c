/**
 * Trees as git stores them: `<mode> <name>\0<binary id>` for each entry, in the order of names.
 *
 * Long ones have tens of thousands of entries, of which one or two are asked for: so their bytes are gone through by plain
 * loops, and nothing is made of an entry that nobody asks for.
 *
 * @source gitformat-pack(5), and `fsck` of git for what else may stand there. Attacker-controlled
 */
export interface RawEntry {
  /** One of the five that git knows, whatever stands there. */
  readonly mode: string;
  /** One that is not UTF-8 holds U+FFFD and so never names a record. */
  readonly name: string;
  readonly oid: string;
}

/** Whether it is a folder. */
export function isTree({ mode }: RawEntry): boolean {
  return mode === '40000';
}

/** Of SHA-1. */
export const OID_BYTES = 20;

const SPACE = 0x20;

/** All entries. */
export function entriesIn(tree: Uint8Array): readonly RawEntry[] {
  return entriesFrom(placeIn(tree));
}

/** The entry of this name. */
export function entryNamed(tree: Uint8Array, name: string): RawEntry | undefined {
  const wanted = Buffer.from(` ${name}\0`);
  for (const place = placeIn(tree); place.at < tree.length; step(place)) {
    const from = place.end - OID_BYTES - wanted.length;
    // A name may have spaces itself: it is the first one that ends the mode.
    if (from > place.at && isSame(tree, from, wanted) && tree.indexOf(SPACE, place.at) === from) return toEntry(place);
  }
  return undefined;
}

export interface DifferingEntry {
  readonly name: string;
  readonly before: RawEntry | undefined;
  readonly after: RawEntry | undefined;
}

/** What one tree has that the other has not. */
export function differingEntries(then: Uint8Array, now: Uint8Array): readonly DifferingEntry[] {
  const { gone, come } = unlikeEntries(then, now);
  const [before, after] = [byName(gone), byName(come)];
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names.flatMap((name) => {
    const [old, fresh] = [before.get(name), after.get(name)];
    const isEqual = old?.oid === fresh?.oid && old?.mode === fresh?.mode;
    return isEqual ? [] : [{ name, before: old, after: fresh }];
  });
}

function byName(entries: readonly RawEntry[]): ReadonlyMap<string, RawEntry> {
  return new Map(entries.map((entry) => [entry.name, entry]));
}

/**
 * Those that the other tree has not in their place. Both are gone through side by side, in the order that git gives them;
 * of one that somebody wrote in another order, some are told on both sides.
 */
function unlikeEntries(
  then: Uint8Array,
  now: Uint8Array,
): { readonly gone: readonly RawEntry[]; readonly come: readonly RawEntry[] } {
  const [gone, come]: [RawEntry[], RawEntry[]] = [[], []];
  const [old, fresh] = [placeIn(then), placeIn(now)];
  while (old.at < then.length && fresh.at < now.length) {
    if (isSameEntry(old, fresh)) {
      step(old);
      step(fresh);
      continue;
    }
    const [before, after] = [toEntry(old), toEntry(fresh)];
    const order = [before, after].map(sortedBy);
    if ((order[0] ?? '') <= (order[1] ?? '')) {
      gone.push(before);
      step(old);
    }
    if ((order[1] ?? '') <= (order[0] ?? '')) {
      come.push(after);
      step(fresh);
    }
  }
  return { gone: [...gone, ...entriesFrom(old)], come: [...come, ...entriesFrom(fresh)] };
}

/** @source git’s `base_name_compare` */
function sortedBy(entry: RawEntry): string {
  return isTree(entry) ? `${entry.name}/` : entry.name;
}

/** Where an entry of a tree stands. */
interface Place {
  readonly tree: Uint8Array;
  at: number;
  /** Where the next one begins: the end of the tree for what is no entry. */
  end: number;
}

function placeIn(tree: Uint8Array): Place {
  return { tree, at: 0, end: endOf(tree, 0) };
}

function step(place: Place): void {
  place.at = place.end;
  place.end = endOf(place.tree, place.at);
}

function endOf(tree: Uint8Array, at: number): number {
  let zero = at;
  while (zero < tree.length && tree[zero] !== 0) zero += 1;
  return Math.min(tree.length, zero + 1 + OID_BYTES);
}

function isSameEntry({ tree, at, end }: Place, other: Place): boolean {
  if (end - at !== other.end - other.at) return false;
  for (let more = end - at - 1; more >= 0; more -= 1) if (tree[at + more] !== other.tree[other.at + more]) return false;
  return true;
}

/** Whether these bytes stand there. */
function isSame(tree: Uint8Array, from: number, wanted: Uint8Array): boolean {
  for (let at = 0; at < wanted.length; at += 1) if (tree[from + at] !== wanted[at]) return false;
  return true;
}

function toEntry({ tree, at, end }: Place): RawEntry {
  const bytes = Buffer.from(tree.buffer, tree.byteOffset + at, end - at);
  const zero = bytes.indexOf(0);
  const [mode = '', ...name] = bytes.toString('utf8', 0, zero).split(' ');
  return { mode: MODES.has(mode) ? mode : canonical(mode), name: name.join(' '), oid: bytes.toString('hex', zero + 1) };
}

const MODES: ReadonlySet<string> = new Set(['40000', '100644', '100755', '120000', '160000']);
const KIND_BITS = 0o170000;
const OWNER_RUNS = 0o100;

/**
 * Old programs wrote others, and anybody may: what is a folder or a link to git must not be a file here.
 *
 * @source git’s `canon_mode`
 */
function canonical(mode: string): string {
  const bits = Number.parseInt(mode, 8);
  const kind = (bits & KIND_BITS).toString(8);
  if (kind === '100000') return (bits & OWNER_RUNS) === 0 ? '100644' : '100755';
  return MODES.has(kind) ? kind : '160000';
}

/** That one and all after it. */
function entriesFrom(place: Place): readonly RawEntry[] {
  const entries: RawEntry[] = [];
  for (; place.at < place.tree.length; step(place)) entries.push(toEntry(place));
  return entries;
}
