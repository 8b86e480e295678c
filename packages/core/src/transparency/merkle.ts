/**
 * The Merkle tree of an append-only log: hashes, which parts of a tree prove what, and the checks of such proofs.
 *
 * A proof is a list of hashes, each of a range of leaves. Which ranges those are follows from sizes alone; where their
 * hashes come from (tiles of a server, leaves of one's own) is another's affair, and need not be trusted: a proof holds
 * or it does not.
 *
 * @source RFC 6962 §2.1; the checks are those of RFC 9162 §2.1.3.2 and §2.1.4.2
 */

/** SHA-256: bytes to 32 bytes. io implements it with node:crypto. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

/** Leaves from `start` up to, but without, `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export function leafHash(entry: Uint8Array, sha256: Sha256): Uint8Array {
  return sha256(concat([LEAF_PREFIX, entry]));
}

export function nodeHash(left: Uint8Array, right: Uint8Array, sha256: Sha256): Uint8Array {
  return sha256(concat([NODE_PREFIX, left, right]));
}

const LEAF_PREFIX = new Uint8Array([0]);
const NODE_PREFIX = new Uint8Array([1]);

/** The hash of a tree of these leaves; of none, that of nothing. */
export function rootOf(leaves: readonly Uint8Array[], sha256: Sha256): Uint8Array {
  if (leaves.length === 0) return sha256(new Uint8Array());
  // One entry for each bit of the number of leaves so far that is set, the largest first.
  const peaks: { readonly hash: Uint8Array; readonly height: number }[] = [];
  for (const leaf of leaves) {
    let top = { hash: leaf, height: 0 };
    for (let last = peaks.at(-1); last?.height === top.height; last = peaks.at(-1)) {
      peaks.pop();
      top = { hash: nodeHash(last.hash, top.hash, sha256), height: top.height + 1 };
    }
    peaks.push(top);
  }
  return peaks.map(({ hash }) => hash).reduceRight((right, left) => nodeHash(left, right, sha256));
}

/**
 * The ranges whose hashes prove that leaf `index` is in a tree of `size`, from the leaf upwards.
 *
 * @source RFC 6962 §2.1.1
 */
export function inclusionRanges(index: number, size: number): readonly Range[] {
  const ranges: Range[] = [];
  let part: Range = { start: 0, end: size };
  while (part.end - part.start > 1) {
    const middle = part.start + splitOf(part.end - part.start);
    const [left, right] = [
      { start: part.start, end: middle },
      { start: middle, end: part.end },
    ];
    const isLeft = index < middle;
    ranges.push(isLeft ? right : left);
    part = isLeft ? left : right;
  }
  return ranges.toReversed();
}

/**
 * The ranges whose hashes prove that a tree of `size` begins with the one of `from`; none where that needs no proof.
 *
 * @source RFC 6962 §2.1.2
 */
export function consistencyRanges(from: number, size: number): readonly Range[] {
  if (from === 0 || from === size) return [];
  const ranges: Range[] = [];
  let part: Range = { start: 0, end: size };
  // Whether the old tree is one that the verifier can compute from what it has.
  let isKnown = true;
  while (part.end !== from) {
    const middle = part.start + splitOf(part.end - part.start);
    if (from <= middle) {
      ranges.push({ start: middle, end: part.end });
      part = { start: part.start, end: middle };
    } else {
      ranges.push({ start: part.start, end: middle });
      part = { start: middle, end: part.end };
      isKnown = false;
    }
  }
  return (isKnown ? ranges : [...ranges, part]).toReversed();
}

export interface Inclusion {
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly root: Uint8Array;
}

/** Whether the proof shows that the leaf is in the tree. @source RFC 9162 §2.1.3.2 */
export function verifyInclusion(
  proof: readonly Uint8Array[],
  { leaf, index, size, root }: Inclusion,
  sha256: Sha256,
): boolean {
  if (index >= size) return false;
  let place: Place = { node: index, last: size - 1 };
  let hash = leaf;
  for (const part of proof) {
    if (place.last === 0) return false;
    hash = isRight(place) ? nodeHash(part, hash, sha256) : nodeHash(hash, part, sha256);
    place = above(place);
  }
  return place.last === 0 && isSame(hash, root);
}

/** A node on its way up, and the last one of its level: `fn` and `sn` of the RFC. */
interface Place {
  readonly node: number;
  readonly last: number;
}

/** Whether what the proof has next stands to the left of the node. */
function isRight({ node, last }: Place): boolean {
  return node % 2 === 1 || node === last;
}

/** The place after the next hash; a last node that has no neighbour rises until it is one to the right. */
function above(place: Place): Place {
  let { node, last } = place;
  if (isRight(place)) while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
  return { node: Math.floor(node / 2), last: Math.floor(last / 2) };
}

/** A tree: how many leaves, and its hash. */
export interface TreeHead {
  readonly size: number;
  readonly root: Uint8Array;
}

export interface Consistency {
  readonly before: TreeHead;
  readonly after: TreeHead;
}

/** Whether the proof shows that `after` begins with `before`. @source RFC 9162 §2.1.4.2 */
export function verifyConsistency(
  proof: readonly Uint8Array[],
  { before, after }: Consistency,
  sha256: Sha256,
): boolean {
  if (before.size > after.size) return false;
  if (before.size === after.size) return proof.length === 0 && isSame(before.root, after.root);
  if (before.size === 0) return proof.length === 0 && isSame(before.root, sha256(new Uint8Array()));
  return verifyGrowth(proof, { before, after }, sha256);
}

/** Both trees out of the same hashes: they must come out as they are claimed to be. */
function verifyGrowth(proof: readonly Uint8Array[], { before, after }: Consistency, sha256: Sha256): boolean {
  let place: Place = { node: before.size - 1, last: after.size - 1 };
  while (place.node % 2 === 1) place = { node: (place.node - 1) / 2, last: Math.floor(place.last / 2) };
  // A tree that is whole is its own first part.
  const [first, ...parts] = place.node === 0 ? [before.root, ...proof] : proof;
  if (!first) return false;
  let [old, now] = [first, first];
  for (const part of parts) {
    if (place.last === 0) return false;
    const right = isRight(place);
    if (right) old = nodeHash(part, old, sha256);
    now = right ? nodeHash(part, now, sha256) : nodeHash(now, part, sha256);
    place = above(place);
  }
  return place.last === 0 && isSame(old, before.root) && isSame(now, after.root);
}

/** Whether two hashes are one. */
export function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** The largest power of two below `size`, which is at least 2. */
export function splitOf(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}

/** One array of all their bytes. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
