import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { checksum } from './checksum.ts';

it('changes with every byte that changes', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 40 }),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (text, at, by) => {
        const changed = Uint8Array.from(text);
        const index = at % text.length;
        changed[index] = (changed[index] ?? 0) ^ by;
        expect(checksum(Buffer.from(changed))).not.toBe(checksum(Buffer.from(text)));
      },
    ),
  );
});

it('changes where the end is missing, or there is more of nothing', () => {
  const sums = [0, 1, 3, 4, 5, 8, 4096].map((length) => checksum(Buffer.alloc(length)));
  expect(new Set(sums).size).toBe(sums.length);
});

it('does not depend on where in the memory the bytes are', () => {
  const all = Buffer.from('xxxthe same bytes');
  expect(checksum(all.subarray(3))).toBe(checksum(Buffer.from('the same bytes')));
});
