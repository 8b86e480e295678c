/**
 * A plugin that comes and goes leaves nothing: neither memory nor handles rise from one time to the next. In a process of
 * its own, so that memory can be collected. `npm run bench -- --only cycles` does 500 of both kinds.
 */
import { expect, test } from 'vitest';
import { runInProcess } from '../../tools/bench/loader/run.ts';
import { slope } from '../../tools/bench/statistics.ts';

const node = process.execPath;
/** Node.js forgets no module that was imported, and each time is a new one. */
const OF_A_MODULE_BYTES = 8 * 1024;

test.each([
  ['in-process', 200],
  ['isolated', 15],
] as const)('%s, memory and handles stay as they are', { timeout: 120_000 }, (where, count) => {
  const { heapBytes, handles } = runInProcess({ node }, 'cycles', { where, count });
  expect(handles).toHaveLength(count);
  expect(slope(handles)).toBe(0);
  // Few cycles are noisy: what a leak of the guest's side or of its pipes would take is more by far.
  expect(slope(heapBytes)).toBeLessThan(where === 'in-process' ? OF_A_MODULE_BYTES : 64 * 1024);
});
