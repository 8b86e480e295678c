import { describe, expect, it } from 'vitest';
import {
  TILE_WIDTH,
  bundlePath,
  consistencyRanges,
  growLevels,
  hashOfRange,
  inclusionRanges,
  isSame,
  leafHash,
  levelsOf,
  parseBundle,
  rootOf,
  rootOfLevels,
  tileBytes,
  tilePath,
  tilesFor,
  tilesOf,
  tilesSince,
  toBundle,
  toHex,
  verifyConsistency,
  verifyInclusion,
  type Level,
  type Range,
  type Tile,
  type TreeHead,
} from '@ar-registry/core/transparency';
import { sha256 } from './hash.ts';

const LARGEST = 300;
const LEAVES = Array.from({ length: LARGEST }, (_, index) =>
  leafHash(new TextEncoder().encode(`entry ${index}`), sha256),
);

/** The definitions of the RFC as they stand there: what everything else is held against. Parts are by their leaves. */
const roots = new Map<string, Uint8Array>();
const naive = {
  /** @source RFC 6962 §2.1. Kept, since it is asked for the same parts again and again. */
  root: (part: Range): Uint8Array => {
    const name = `${part.start}-${part.end}`;
    const hash = roots.get(name) ?? naive.compute(part);
    roots.set(name, hash);
    return hash;
  },
  compute: ({ start, end }: Range): Uint8Array => {
    if (start === end) return sha256(new Uint8Array());
    if (end - start === 1) return LEAVES[start] ?? new Uint8Array();
    const [left, right] = naive.halves({ start, end });
    return sha256(Buffer.concat([Buffer.from([1]), naive.root(left), naive.root(right)]));
  },
  /** @source RFC 6962 §2.1.1 */
  path: (m: number, part: Range): readonly Uint8Array[] => {
    if (part.end - part.start <= 1) return [];
    const [left, right] = naive.halves(part);
    return m < left.end ? [...naive.path(m, left), naive.root(right)] : [...naive.path(m, right), naive.root(left)];
  },
  /** @source RFC 6962 §2.1.2; `m` counts from the first leaf of all */
  proof: (m: number, part: Range, isWhole = true): readonly Uint8Array[] => {
    if (m === part.end) return isWhole ? [] : [naive.root(part)];
    const [left, right] = naive.halves(part);
    return m <= left.end
      ? [...naive.proof(m, left, isWhole), naive.root(right)]
      : [...naive.proof(m, right, false), naive.root(left)];
  },
  halves: ({ start, end }: Range): readonly [Range, Range] => {
    const middle = start + 2 ** Math.floor(Math.log2(end - start - 1));
    return [
      { start, end: middle },
      { start: middle, end },
    ];
  },
};
const whole = (size: number): Range => ({ start: 0, end: size });

/** Reads hashes out of the tiles of a tree of this size, as a client does. */
function tiledTree(size: number) {
  const levels = levelsOf(LEAVES.slice(0, size), sha256);
  const files = new Map(tilesOf(size).map((tile) => [tilePath(tile), tileBytes(tile, levels)]));
  const known = new Map<string, Uint8Array>();
  const hashOf = (range: Range): Uint8Array => {
    const tiles = tilesFor([range], size);
    const read = (at: Pick<Tile, 'level' | 'index'>): Uint8Array => {
      const tile = tiles.find(({ level, index }) => level === at.level && index === at.index);
      return (tile && files.get(tilePath(tile))) ?? new Uint8Array();
    };
    return hashOfRange(range, read, sha256);
  };
  const hashes = (ranges: readonly Range[]): readonly Uint8Array[] =>
    ranges.map((range) => {
      const name = `${range.start}-${range.end}`;
      const hash = known.get(name) ?? hashOf(range);
      known.set(name, hash);
      return hash;
    });
  return { files, hashes };
}

const hex = (hashes: readonly Uint8Array[]): readonly string[] => hashes.map(toHex);
const isSameProof = (a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean =>
  a.length === b.length && a.every((hash, index) => isSame(hash, b[index] ?? new Uint8Array()));
const flipped = (hash: Uint8Array): Uint8Array => hash.map((byte, index) => (index === 7 ? byte ^ 1 : byte));

describe('the published vectors', () => {
  /** @source google/certificate-transparency, `merkletree/merkle_tree_test.cc`, which every implementation carries on */
  const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
  const leaves = inputs.map((input) => leafHash(Buffer.from(input, 'hex'), sha256));
  const published = [
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ];
  const tree = (size: number) => (ranges: readonly Range[]) =>
    hex(ranges.map(({ start, end }) => rootOf(leaves.slice(0, size).slice(start, end), sha256)));

  it('of roots are those that come out', () => {
    expect(published.map((_, size) => toHex(rootOf(leaves.slice(0, size), sha256)))).toEqual(published);
  });

  it.each([
    [0, 1, []],
    [
      0,
      8,
      [
        '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
      ],
    ],
    [
      5,
      8,
      [
        'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
        'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
        'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      ],
    ],
    [2, 3, ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125']],
    [
      1,
      5,
      [
        '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      ],
    ],
  ])('of the inclusion of %i in %i', (index, size, proof) => {
    expect(tree(size)(inclusionRanges(index, size))).toEqual(proof);
  });

  it.each([
    [1, 1, []],
    [
      1,
      8,
      [
        '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
      ],
    ],
    [
      6,
      8,
      [
        '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
        'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
        'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      ],
    ],
    [
      2,
      5,
      [
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      ],
    ],
  ])('of the consistency of %i with %i', (from, size, proof) => {
    expect(tree(size)(consistencyRanges(from, size))).toEqual(proof);
  });
});

const hashesOfLeaves = new Map<string, Uint8Array>();
function hashOfLeaves({ start, end }: Range): Uint8Array {
  const name = `${start}-${end}`;
  const hash = hashesOfLeaves.get(name) ?? rootOf(LEAVES.slice(start, end), sha256);
  hashesOfLeaves.set(name, hash);
  return hash;
}

const SIZES = Array.from({ length: LARGEST }, (_, index) => index + 1);
const head = (size: number): TreeHead => ({ size, root: naive.root(whole(size)) });
/** Where trees and tiles have their edges. */
const isEdge = (size: number): boolean => size <= 20 || [63, 64, 65, 127, 128, 129, 255, 256, 257, 300].includes(size);
const upTo = (size: number): readonly number[] => Array.from({ length: size }, (_, index) => index);

const claimOf = (index: number, size: number) => ({
  leaf: LEAVES[index] ?? new Uint8Array(),
  index,
  size,
  root: head(size).root,
});
/** What a prover has who has all leaves. */
const fromLeaves = (ranges: readonly Range[]): readonly Uint8Array[] => ranges.map(hashOfLeaves);

describe('against the definitions of the RFC, for every size up to 300', () => {
  const tiled = SIZES.filter(isEdge).map((size) => ({ size, ...tiledTree(size) }));

  it('the roots are the same', () => {
    const different = SIZES.filter((size) => !isSame(rootOf(LEAVES.slice(0, size), sha256), head(size).root));
    expect(different).toEqual([]);
  });

  it('every leaf of every tree has the proof of the RFC, and it holds', () => {
    const wrong = SIZES.flatMap((size) =>
      upTo(size).filter((index) => {
        const proof = fromLeaves(inclusionRanges(index, size));
        const isThatOfTheRfc = isSameProof(proof, naive.path(index, whole(size)));
        return !isThatOfTheRfc || proof.length > 32 || !verifyInclusion(proof, claimOf(index, size), sha256);
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('every proof comes out of tiles as well', () => {
    const wrong = tiled.flatMap(({ size, hashes }) =>
      upTo(size)
        .flatMap((index) => [inclusionRanges(index, size), consistencyRanges(index + 1, size)])
        .filter((ranges) => !isSameProof(hashes(ranges), fromLeaves(ranges))),
    );
    expect(wrong).toEqual([]);
  });

  it('no other leaf, index, size, root or proof passes for it', () => {
    const passed = tiled.flatMap(({ size, hashes }) =>
      upTo(size).flatMap((index) => {
        const proof = hashes(inclusionRanges(index, size));
        const claim = claimOf(index, size);
        const wrong = [
          [proof, { ...claim, leaf: flipped(claim.leaf) }],
          [proof, { ...claim, root: flipped(claim.root) }],
          [proof, { ...claim, index: size }],
          [[...proof, claim.leaf], claim],
          ...(proof.length === 0 ? [] : [[proof.slice(1), claim] as const, [proof.slice(0, -1), claim] as const]),
          ...(size === 1 ? [] : [[proof, { ...claim, index: (index + 1) % size }] as const]),
        ] as const;
        return wrong.filter(([given, of]) => verifyInclusion(given, of, sha256));
      }),
    );
    expect(passed).toEqual([]);
  });

  it('every tree has the proof of the RFC that it begins with each smaller one, and it holds', () => {
    const wrong = SIZES.flatMap((size) =>
      upTo(size + 1).filter((from) => {
        const proof = fromLeaves(consistencyRanges(from, size));
        const expected = from === 0 ? [] : naive.proof(from, whole(size));
        const claim = { before: head(from), after: head(size) };
        return !isSameProof(proof, expected) || !verifyConsistency(proof, claim, sha256);
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('no other tree passes for a smaller one', () => {
    const passed = tiled.flatMap(({ size, hashes }) =>
      upTo(size).flatMap((at) => {
        const proof = hashes(consistencyRanges(at + 1, size));
        const claim = { before: head(at + 1), after: head(size) };
        const wrong = [
          [proof, { ...claim, before: { size: at + 1, root: flipped(claim.before.root) } }],
          [proof, { ...claim, after: { size, root: flipped(claim.after.root) } }],
          [[...proof, head(1).root], claim],
          ...(proof.length === 0 ? [] : [[proof.map(flipped), claim] as const, [proof.slice(1), claim] as const]),
          ...(at + 1 === size ? [] : [[proof, { before: claim.after, after: claim.before }] as const]),
        ] as const;
        return wrong.filter(([given, of]) => verifyConsistency(given, of, sha256));
      }),
    );
    expect(passed).toEqual([]);
  });

  it('any tree begins with the one that is empty, which says nothing', () => {
    expect(verifyConsistency([], { before: head(0), after: head(7) }, sha256)).toBe(true);
    expect(verifyConsistency([], { before: { size: 0, root: head(1).root }, after: head(7) }, sha256)).toBe(false);
  });
});

describe('tiles', () => {
  it.each([
    [{ level: 0, index: 0, width: 256 }, 'tile/0/000'],
    [{ level: 0, index: 5, width: 17 }, 'tile/0/005.p/17'],
    [{ level: 1, index: 1234067, width: 256 }, 'tile/1/x001/x234/067'],
    [{ level: 2, index: 999, width: 1 }, 'tile/2/999.p/1'],
    [{ level: 0, index: 1000, width: 256 }, 'tile/0/x001/000'],
  ])('%j lies where the specification says: %s', (tile, path) => {
    expect(tilePath(tile)).toBe(path);
  });

  it('of entries as well', () => {
    expect([bundlePath(0, 3), bundlePath(1234067, TILE_WIDTH)]).toEqual([
      'tile/entries/000.p/3',
      'tile/entries/x001/x234/067',
    ]);
  });

  it('of 70,000 leaves are three levels, the upper ones made of whole ones alone', () => {
    const tiles = tilesOf(70_000);
    const last = (level: number) => tiles.filter((tile) => tile.level === level).at(-1);
    expect([0, 1, 2, 3].map(last)).toEqual([
      { level: 0, index: 273, width: 112 },
      { level: 1, index: 1, width: 17 },
      { level: 2, index: 0, width: 1 },
      undefined,
    ]);
    expect(tilesOf(0)).toEqual([]);
    expect(tilesOf(256).map(tilePath)).toEqual(['tile/0/000', 'tile/1/000.p/1']);
  });
});

describe('bundles of entries', () => {
  const entries = [new Uint8Array(), new Uint8Array([1, 2, 3]), new Uint8Array(65_535).fill(7)];

  it('give back what was put in', () => {
    expect(parseBundle(toBundle(entries))).toEqual(entries);
    expect(parseBundle(new Uint8Array())).toEqual([]);
  });

  it.each([[[0]], [[0, 1]], [[0, 1, 9, 0]], [[0xff, 0xff, 1]]])('that are cut off are none: %j', (bytes) => {
    expect(parseBundle(new Uint8Array(bytes))).toBeUndefined();
  });

  it('take no entry that is too long', () => {
    expect(() => toBundle([new Uint8Array(65_536)])).toThrow(RangeError);
  });
});

/** What its last tiles have, as far as they are not full. */
function edgeOf(levels: readonly Level[]): readonly Level[] {
  return levels
    .filter(({ hashes }) => hashes.length > 0)
    .map(({ hashes }) => {
      const start = hashes.length - (hashes.length % TILE_WIDTH);
      return { start, hashes: hashes.slice(start) };
    });
}

describe('a tree that goes on from its edge', () => {
  const many = Array.from({ length: 66_500 }, (_, index) => sha256(new TextEncoder().encode(`leaf ${index}`)));
  it.each([
    [0, 1],
    [1, 255],
    [255, 256],
    [256, 257],
    [256, 256],
    [300, 1000],
    [65_280, 65_536],
    [65_535, 65_536],
    [65_536, 65_537],
    [65_792, 66_500],
  ])('of %i entries to %i has the root and the new tiles of one that is made at once', (before, after) => {
    const atOnce = levelsOf(many.slice(0, after), sha256);
    const grown = growLevels(edgeOf(levelsOf(many.slice(0, before), sha256)), many.slice(before, after), sha256);
    expect(toHex(rootOfLevels(grown, after, sha256))).toBe(toHex(rootOf(many.slice(0, after), sha256)));
    expect(toHex(rootOfLevels(atOnce, after, sha256))).toBe(toHex(rootOf(many.slice(0, after), sha256)));
    const tiles = tilesSince(before, after);
    expect(tiles.map((tile) => [tilePath(tile), toHex(tileBytes(tile, grown))])).toEqual(
      tiles.map((tile) => [tilePath(tile), toHex(tileBytes(tile, atOnce))]),
    );
    const known = new Set([...tilesOf(before), ...tiles].map(tilePath));
    expect(tilesOf(after).filter((tile) => !known.has(tilePath(tile)))).toEqual([]);
  });
});
