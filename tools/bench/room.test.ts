import os from 'node:os';
import { expect, it } from 'vitest';
import { problemWithRoom, roomFor } from './room.ts';

it('is more for more plugins, and for more rounds of them', () => {
  expect(roomFor([1000, 10_000], 25).bytes).toBeGreaterThan(roomFor([10_000], 25).bytes);
  expect(roomFor([10_000], 25).files).toBeGreaterThan(roomFor([10_000], 1).files);
});

it('is a problem only where there is too little, and says how much is needed and what to do', () => {
  expect(problemWithRoom(os.tmpdir(), [1], 1)).toBeUndefined();
  const problem = problemWithRoom(os.tmpdir(), [10 ** 12], 1);
  expect(problem).toContain(os.tmpdir());
  expect(problem).toContain('TMPDIR');
  expect(problem).toContain('--plugins');
});
