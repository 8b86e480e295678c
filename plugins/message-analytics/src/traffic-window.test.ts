import { expect, test } from 'vitest';
import { serialiseWindow } from './state.ts';
import { createWindow, minutesOf, observe, prune, totalsOf } from './traffic-window.ts';

const NOW = Date.UTC(2026, 0, 2, 12, 0, 30);
const sent = (at: number, from = 'Alice') => ({ kind: 'sent', at, from, to: 'Bob', bodyBytes: 1 }) as const;

test('what is older than the window is forgotten, and what is not within it is not counted', () => {
  const window = createWindow(10);
  for (const minutesAgo of [0, 9, 10, 1_000, -1, -2, -1_000]) observe(window, sent(NOW - minutesAgo * 60_000), NOW);
  observe(window, sent(Number.NaN), NOW);
  observe(window, sent(Infinity), NOW);
  expect(totalsOf(window).sent).toBe(3);
  prune(window, NOW + 5 * 60_000);
  expect(totalsOf(window).sent).toBe(2);
  prune(window, NOW + 60 * 60_000);
  expect([window.buckets.size, window.senders.size]).toEqual([0, 0]);
});

test('a clock that was set back does not keep what it wrote into the future', () => {
  const window = createWindow(10);
  observe(window, sent(NOW + 24 * 3_600_000), NOW + 24 * 3_600_000);
  prune(window, NOW);
  expect([window.buckets.size, window.senders.size]).toEqual([0, 0]);
});

test('each minute has its place, with nothing where nothing came', () => {
  const window = createWindow(10);
  observe(window, sent(NOW - 3 * 60_000), NOW);
  const minutes = minutesOf(window, NOW);
  expect(minutes.map(({ bucket }) => bucket?.sent ?? 0)).toEqual([0, 0, 0, 0, 0, 0, 1, 0, 0, 0]);
  expect(minutes.at(-1)?.startSeconds).toBe(Date.UTC(2026, 0, 2, 12) / 1_000);
});

test('a day of messages from a crowd stays small', () => {
  const window = createWindow(1_440);
  for (let minute = 0; minute < 3_000; minute += 1) {
    const at = NOW + minute * 60_000;
    for (let agent = 0; agent < 20; agent += 1)
      observe(window, sent(at, `agent ${minute} ${agent}`.padEnd(500, 'x')), at);
    prune(window, at);
  }
  expect(window.buckets.size).toBeLessThanOrEqual(1_441);
  expect(serialiseWindow(window).length).toBeLessThan(500_000);
});
