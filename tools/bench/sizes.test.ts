import { expect, it } from 'vitest';
import { parseSizes, SIZES, sizesOf, wholeRounds } from './sizes.ts';

it.each([
  ['1000', [1000]],
  ['100000,1000,1000', [1000, 100_000]],
  ['', undefined],
  ['0', undefined],
  ['1e3', undefined],
  ['1000,', undefined],
  ['1000000', undefined],
])('parseSizes of "%s" is %j', (text, sizes) => {
  expect(parseSizes(text)).toEqual(sizes);
});

it('leaves out what takes too long, unless somebody asked for it', () => {
  expect(sizesOf({})).toEqual(SIZES);
  expect(sizesOf({}, 10_000)).toEqual([1000, 10_000]);
  expect(sizesOf({ plugins: [100_000] }, 10_000)).toEqual([100_000]);
});

it('builds large registries once, and none more often than there are rounds', () => {
  expect(SIZES.map((size) => wholeRounds(size, 25))).toEqual([5, 3, 1]);
  expect(SIZES.map((size) => wholeRounds(size, 2))).toEqual([2, 2, 1]);
});
