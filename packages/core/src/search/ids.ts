/**
 * Numbers that stand for plugins within an index: of 24 bits, made of the name, so that a plugin keeps its number
 * whatever becomes of the others.
 *
 * Two names may want one number: the one that comes first by name has it, the other takes what the next attempt gives.
 * So a new plugin moves an old one only where they meet, once among hundreds.
 */
const ID_BITS = 24;
export const ID_COUNT = 2 ** ID_BITS;

/** @returns one number for each name, all different. @param names each once, in any order */
export function assignIds(names: readonly string[]): ReadonlyMap<string, number> {
  if (names.length > ID_COUNT / 8) throw new RangeError('There are too many plugins for their numbers.');
  const taken = new Set<number>();
  const ids = new Map<string, number>();
  for (const name of names.toSorted(byCodeUnit)) {
    let id = idOfName(name);
    for (let attempt = 1; taken.has(id); attempt += 1) id = idOfAttempt(name, attempt);
    taken.add(id);
    ids.set(name, id);
  }
  return ids;
}

/**
 * The number that a name gives, which is the plugin’s unless another one has it.
 *
 * @source FNV-1a, and the finish of MurmurHash3, which spreads names that differ in their last letter alone
 */
export function idOfName(name: string): number {
  return mix(fnv(name)) % ID_COUNT;
}

/** After so many attempts a plugin has its number: of 100,000 plugins, fewer than one in a million needs more. */
export const ID_ATTEMPTS = 4;

/** What a name gives at this attempt; that of the first is the plugin’s number nearly always. */
export function idOfAttempt(name: string, attempt: number): number {
  return idOfName(attempt === 0 ? name : `${name} ${attempt}`);
}

/** 32 bits. @source FNV-1a, public domain */
export function fnv(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

function mix(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

export function byCodeUnit(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
