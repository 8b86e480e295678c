import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { countName, MAX_TOP_NAMES, mergeTops, type Top } from './top.ts';

function topOf(names: Iterable<string>): Top {
  const top: Top = new Map();
  for (const name of names) countName(top, name);
  return top;
}

test('few names are counted exactly, most first', () => {
  const tops = [topOf(['Bob', 'Alice', 'Alice']), topOf(['Alice', 'Carol', '__proto__'])];
  expect(mergeTops(tops)).toEqual([
    { name: 'Alice', count: 3, error: 0 },
    { name: 'Bob', count: 1, error: 0 },
    { name: 'Carol', count: 1, error: 0 },
    { name: '__proto__', count: 1, error: 0 },
  ]);
});

test('of more names than there is room for, the true count is always within what is told, and who sends much is in it', () => {
  const sends = fc.array(fc.tuple(fc.nat(300), fc.integer({ min: 1, max: 5 })), { minLength: 200, maxLength: 600 });
  fc.assert(
    fc.property(sends, sends, (first, second) => {
      const names = [first, second].map((part) => [
        ...part.flatMap(([name, times]) => Array.from({ length: times }, () => `agent ${name}`)),
        ...Array.from({ length: 50 }, () => 'busy'),
      ]);
      const tops = names.map(topOf);
      expect(tops.every(({ size }) => size <= MAX_TOP_NAMES)).toBe(true);
      const all = names.flat();
      const merged = mergeTops(tops);
      for (const { name, count, error } of merged) {
        const truth = all.filter((each) => each === name).length;
        expect(truth).toBeLessThanOrEqual(count);
        expect(truth).toBeGreaterThanOrEqual(count - error);
      }
      expect(merged.map(({ name }) => name)).toContain('busy');
    }),
    { numRuns: 20 },
  );
});
