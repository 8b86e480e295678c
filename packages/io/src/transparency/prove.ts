/** Proofs out of the tiles of a server, and what they show. Nothing that it sends is believed before its proof holds. */
import { ArError } from '@ar-registry/core/errors';
import {
  consistencyRanges,
  hashOfRange,
  inclusionRanges,
  tilePath,
  tilesFor,
  verifyConsistency,
  verifyInclusion,
  type Range,
  type Tile,
  type TreeHead,
} from '@ar-registry/core/transparency';
import { sha256 } from './hash.ts';
import type { ReadLogFile } from './read-log.ts';

/** Bytes of one hash in a tile. */
const HASH_BYTES = 32;

/** Whether the tree of `after` begins with that of `before`. @throws LOG_FILE_MISSING, LOG_FILE_INVALID */
export async function isConsistent(
  { before, after }: { readonly before: TreeHead; readonly after: TreeHead },
  read: ReadLogFile,
): Promise<boolean> {
  const proof = await hashesOf(consistencyRanges(before.size, after.size), after.size, read);
  return verifyConsistency(proof, { before, after }, sha256);
}

/**
 * Proves a leaf.
 *
 * @returns the bytes of its proof; undefined where it does not hold
 * @throws LOG_FILE_MISSING, LOG_FILE_INVALID
 */
export async function proveInclusion(
  { leaf, index }: { readonly leaf: Uint8Array; readonly index: number },
  { size, root }: TreeHead,
  read: ReadLogFile,
): Promise<number | undefined> {
  if (index >= size) return undefined;
  const proof = await hashesOf(inclusionRanges(index, size), size, read);
  return verifyInclusion(proof, { leaf, index, size, root }, sha256) ? proof.length * HASH_BYTES : undefined;
}

async function hashesOf(ranges: readonly Range[], size: number, read: ReadLogFile): Promise<readonly Uint8Array[]> {
  const tiles = tilesFor(ranges, size);
  const found = new Map(
    await Promise.all(tiles.map(async (tile) => [nameOf(tile), await readTile(tile, read)] as const)),
  );
  const at = (place: Pick<Tile, 'level' | 'index'>): Uint8Array => found.get(nameOf(place)) ?? new Uint8Array();
  return ranges.map((range) => hashOfRange(range, at, sha256));
}

async function readTile(tile: Tile, read: ReadLogFile): Promise<Uint8Array> {
  const file = tilePath(tile);
  const bytes = await read(file);
  if (!bytes) throw new ArError('LOG_FILE_MISSING', { file });
  if (bytes.length !== tile.width * HASH_BYTES) throw new ArError('LOG_FILE_INVALID', { file });
  return bytes;
}

function nameOf({ level, index }: Pick<Tile, 'level' | 'index'>): string {
  return `${level}/${index}`;
}
