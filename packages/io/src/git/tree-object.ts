/**
 * Trees as git stores them: `<mode> <name>\0<binary id>` for each entry, in the order of names.
 *
 * @source gitformat-pack(5), and `fsck` of git for what else may stand there. Attacker-controlled
 */
export interface RawEntry {
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

/** All entries. @param from the position of the first one */
export function entriesIn(tree: Uint8Array, from = 0): readonly RawEntry[] {
  const bytes = Buffer.from(tree.buffer, tree.byteOffset, tree.byteLength);
  const entries: RawEntry[] = [];
  for (let at = from; at < bytes.length; at = endOf(bytes, at)) {
    const zero = bytes.indexOf(0, at);
    const [mode = '', ...name] = bytes.toString('utf8', at, zero).split(' ');
    entries.push({ mode, name: name.join(' '), oid: bytes.toString('hex', zero + 1, zero + 1 + OID_BYTES) });
  }
  return entries;
}

/** The entry of this name; those of the others, of which there may be thousands, are not looked at. */
export function entryNamed(tree: Uint8Array, name: string): RawEntry | undefined {
  const bytes = Buffer.from(tree.buffer, tree.byteOffset, tree.byteLength);
  const wanted = Buffer.from(` ${name}\0`);
  for (let at = 0, end = 0; at < bytes.length; at = end) {
    end = endOf(bytes, at);
    const from = end - OID_BYTES - wanted.length;
    const isLong = from > at && bytes.indexOf(0x20, at) === from;
    if (isLong && bytes.compare(wanted, 0, wanted.length, from, from + wanted.length) === 0)
      return entriesIn(tree.subarray(at, end))[0];
  }
  return undefined;
}

/** Where the entry ends that begins there; the end of the tree for what is no entry. */
function endOf(bytes: Buffer, at: number): number {
  const zero = bytes.indexOf(0, at);
  return zero === -1 ? bytes.length : Math.min(bytes.length, zero + 1 + OID_BYTES);
}

export interface DifferingEntry {
  readonly name: string;
  readonly before: RawEntry | undefined;
  readonly after: RawEntry | undefined;
}

/** What one tree has that the other has not. Most of two long ones is the same, and is not looked at by its names. */
export function differingEntries(then: Uint8Array, now: Uint8Array): readonly DifferingEntry[] {
  const from = startOfDifference(then, now);
  const [before, after] = [byName(entriesIn(then, from)), byName(entriesIn(now, from))];
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names.flatMap((name) => {
    const [old, fresh] = [before.get(name), after.get(name)];
    const isSame = old?.oid === fresh?.oid && old?.mode === fresh?.mode;
    return isSame ? [] : [{ name, before: old, after: fresh }];
  });
}

function byName(entries: readonly RawEntry[]): ReadonlyMap<string, RawEntry> {
  return new Map(entries.map((entry) => [entry.name, entry]));
}

/** The position of the first entry that is not the same in both. */
function startOfDifference(then: Uint8Array, now: Uint8Array): number {
  const bytes = Buffer.from(then.buffer, then.byteOffset, then.byteLength);
  const other = Buffer.from(now.buffer, now.byteOffset, now.byteLength);
  let at = 0;
  for (;;) {
    const end = endOf(bytes, at);
    if (at >= bytes.length || end > other.length || bytes.compare(other, at, end, at, end) !== 0) return at;
    at = end;
  }
}
