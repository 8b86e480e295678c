/**
 * The tree cut into files of up to 256 hashes, so that any web server can serve it and a proof costs a few of them.
 *
 * Tile `N` of level `L` holds the hashes of the whole subtrees of 256^L leaves from number 256·N on. The last of a level
 * may be partial, and has its width in its name.
 *
 * @source C2SP tlog-tiles v1.0.0, “Merkle Tree” and “Log entries”
 */
import { concat, nodeHash, rootOf, splitOf, type Range, type Sha256 } from './merkle.ts';

/** Hashes of a full tile, and entries of a full bundle. */
export const TILE_WIDTH = 256;
const TILE_HEIGHT = 8;
const HASH_BYTES = 32;

/** One file of hashes. */
export interface Tile {
  readonly level: number;
  readonly index: number;
  /** How many hashes it holds: 1 to 256. */
  readonly width: number;
}

/** Where a tile lies, relative to the log: `tile/1/x001/234.p/17`. */
export function tilePath({ level, index, width }: Tile): string {
  return `tile/${level}/${numberPath(index)}${partOf(width)}`;
}

/** Where the bundle of entries lies from number 256·`index` on. */
export function bundlePath(index: number, width: number): string {
  return `tile/entries/${numberPath(index)}${partOf(width)}`;
}

/** @source C2SP tlog-tiles: groups of three digits, all but the last behind an `x` */
function numberPath(index: number): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/.{3}/g) ?? [];
  return groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/');
}

function partOf(width: number): string {
  return width === TILE_WIDTH ? '' : `.p/${width}`;
}

/** Every tile of a tree, and for each how wide it is in it. */
export function tilesOf(size: number): readonly Tile[] {
  const tiles: Tile[] = [];
  for (let level = 0, count = size; count > 0; level += 1, count = Math.floor(count / TILE_WIDTH))
    for (let index = 0; index * TILE_WIDTH < count; index += 1)
      tiles.push({ level, index, width: Math.min(TILE_WIDTH, count - index * TILE_WIDTH) });
  return tiles;
}

/** The tiles of a tree that it did not have when it was smaller, as wide as they are now. @param before smaller, or the same */
export function tilesSince(before: number, size: number): readonly Tile[] {
  const old = new Set(tilesOf(before).map(tilePath));
  return tilesOf(size).filter((tile) => !old.has(tilePath(tile)));
}

/** The hashes of a level of tiles from number `start` on: all of it, or what is known of it. */
export interface Level {
  readonly start: number;
  readonly hashes: readonly Uint8Array[];
}

/** The hashes of each level of tiles of a tree of these leaves. */
export function levelsOf(leaves: readonly Uint8Array[], sha256: Sha256): readonly Level[] {
  return growLevels([], leaves, sha256);
}

/**
 * The levels of a tree that has grown by these leaves, from the tile on that was the last of each before.
 *
 * @param edge of the tree before: of each level what is in its last tile, nothing of that if the tile is full
 */
export function growLevels(edge: readonly Level[], leaves: readonly Uint8Array[], sha256: Sha256): readonly Level[] {
  const [lowest = NOTHING] = edge;
  let below: Level = { start: lowest.start, hashes: [...lowest.hashes, ...leaves] };
  const levels = [below];
  while (endOf(below) >= TILE_WIDTH) {
    const { start, hashes } = edge[levels.length] ?? NOTHING;
    const level = { start, hashes: [...hashes, ...subtreesOf(below, start + hashes.length, sha256)] };
    levels.push(level);
    below = level;
  }
  return levels;
}

const NOTHING: Level = { start: 0, hashes: [] };

function endOf({ start, hashes }: Level): number {
  return start + hashes.length;
}

/** What full tiles of a level come to, from number `from` on. */
function subtreesOf(level: Level, from: number, sha256: Sha256): readonly Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let index = from; (index + 1) * TILE_WIDTH <= endOf(level); index += 1) {
    const first = index * TILE_WIDTH - level.start;
    found.push(rootOf(level.hashes.slice(first, first + TILE_WIDTH), sha256));
  }
  return found;
}

/** The hash of a tree out of the last tiles of its levels; of none, that of nothing. */
export function rootOfLevels(levels: readonly Level[], size: number, sha256: Sha256): Uint8Array {
  if (size === 0) return rootOf([], sha256);
  const tile = (at: Pick<Tile, 'level' | 'index'>): Uint8Array => tileBytes({ ...at, width: TILE_WIDTH }, levels);
  return hashOfRange({ start: 0, end: size }, tile, sha256);
}

/** The content of a tile. @param levels which have it */
export function tileBytes({ level, index, width }: Tile, levels: readonly Level[]): Uint8Array {
  const { start, hashes } = levels[level] ?? NOTHING;
  const first = index * TILE_WIDTH - start;
  return concat(hashes.slice(first, first + width));
}

/** A whole subtree: 2^height leaves, counted in such subtrees from the left. */
interface Node {
  readonly height: number;
  readonly index: number;
}

/**
 * The tiles that one has to read for the hashes of these ranges, each once, as wide as they are in a tree of `size`.
 *
 * @param ranges as proofs have them: each is a subtree of the tree, whole or its right edge
 */
export function tilesFor(ranges: readonly Range[], size: number): readonly Tile[] {
  const tiles = new Map<string, Tile>();
  for (const node of ranges.flatMap(nodesOf)) {
    const { level, index } = placeOf(node);
    const count = Math.floor(size / TILE_WIDTH ** level);
    const tile = { level, index, width: Math.min(TILE_WIDTH, count - index * TILE_WIDTH) };
    tiles.set(tilePath(tile), tile);
  }
  return [...tiles.values()];
}

/**
 * The hash of a range out of tiles.
 *
 * @param read the content of a tile; attacker-controlled, so that the hash is only what they make it
 */
export function hashOfRange(
  range: Range,
  read: (at: Pick<Tile, 'level' | 'index'>) => Uint8Array,
  sha256: Sha256,
): Uint8Array {
  const hashes = nodesOf(range).map((node) => {
    const { level, index, start, count } = placeOf(node);
    const bytes = read({ level, index });
    const part = Array.from({ length: count }, (_, at) =>
      bytes.subarray((start + at) * HASH_BYTES, (start + at + 1) * HASH_BYTES),
    );
    return rootOf(part, sha256);
  });
  return hashes.reduceRight((right, left) => nodeHash(left, right, sha256));
}

/** The whole subtrees of a range, from the left. */
function nodesOf({ start, end }: Range): readonly Node[] {
  const nodes: Node[] = [];
  for (let at = start; at < end;) {
    const length = end - at;
    // A power of two is a subtree itself; of any other number the first part is.
    const part = length === 1 ? 1 : splitOf(length) * 2 === length ? length : splitOf(length);
    nodes.push({ height: Math.round(Math.log2(part)), index: at / part });
    at += part;
  }
  return nodes;
}

/** In which tile the hashes of a subtree lie, and which of it they are. */
function placeOf({ height, index }: Node): Pick<Tile, 'level' | 'index'> & {
  readonly start: number;
  readonly count: number;
} {
  const level = Math.floor(height / TILE_HEIGHT);
  const count = 2 ** (height % TILE_HEIGHT);
  const first = index * count;
  return { level, index: Math.floor(first / TILE_WIDTH), start: first % TILE_WIDTH, count };
}

const MAX_ENTRY_BYTES = 0xffff;

/**
 * A bundle: each entry behind its length in two bytes.
 *
 * @throws RangeError for an entry of more than 65,535 bytes, which whoever derives entries prevents
 */
export function toBundle(entries: readonly Uint8Array[]): Uint8Array {
  return concat(
    entries.flatMap((entry) => {
      if (entry.length > MAX_ENTRY_BYTES) throw new RangeError(`An entry has ${entry.length} bytes.`);
      return [new Uint8Array([entry.length >>> 8, entry.length & 0xff]), entry];
    }),
  );
}

/** The entries of a bundle; undefined for bytes that are none. Attacker-controlled. */
export function parseBundle(bytes: Uint8Array): readonly Uint8Array[] | undefined {
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 2 + ((bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0));
    if (at + 2 > bytes.length || end > bytes.length) return undefined;
    entries.push(bytes.slice(at + 2, end));
    at = end;
  }
  return entries;
}
