import { expect, it } from 'vitest';
import { bounded, createConditions, equals, notAfter, notBefore } from './conditions.ts';

it('holds limits and times to whole numbers that a statement takes', () => {
  expect([undefined, 5, 2.9, -1, Number.NaN, Infinity].map((limit) => bounded(limit, 50))).toEqual([
    50, 5, 2, 0, 50, 10_000,
  ]);
  expect([1.5, Number.NaN, undefined, 1e300].map(notBefore)).toEqual([
    2,
    undefined,
    undefined,
    Number.MAX_SAFE_INTEGER,
  ]);
  expect([1.5, Number.NaN, -Infinity].map(notAfter)).toEqual([1, undefined, Number.MIN_SAFE_INTEGER]);
});

it('compares text and its start, each with the value', () => {
  const conditions = createConditions();
  conditions.add(equals('sender', '?'), 'Alice');
  conditions.add(equals('topic', '?'), undefined);
  expect(conditions.where()).toBe(' WHERE left(sender, 200) = left($1, 200) AND sender = $2');
  expect(conditions.values).toEqual(['Alice', 'Alice']);
});
