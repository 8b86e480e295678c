import { expect, test } from 'vitest';
import { decidePlacement } from './placement.ts';

test.each([
  ['official', undefined],
  ['local', undefined],
  ['community', 'none'],
  ['verified', 'none'],
] as const)('%s with isolation %s runs in the process', (trust, isolation) => {
  expect(decidePlacement('@a/b', { trust, isolation })).toBe('in-process');
});

test.each([
  ['community', undefined],
  ['verified', undefined],
  ['official', 'process'],
  ['local', 'process'],
] as const)('%s with isolation %s is refused', (trust, isolation) => {
  expect(() => decidePlacement('@a/b', { trust, isolation })).toThrow(
    expect.objectContaining({ code: 'SANDBOX_UNAVAILABLE', facts: expect.objectContaining({ trust }) as object }),
  );
});
