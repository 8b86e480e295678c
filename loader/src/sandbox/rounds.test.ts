import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRounds } from './rounds.ts';

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

const elapsedMs = (): number => Date.now();

test('each is looked at soon, and again after as long as it says', () => {
  const seen: number[] = [];
  const end = createRounds(elapsedMs).add((atMs) => seen.push(atMs) * 100);
  vi.advanceTimersByTime(650);
  expect(seen).toEqual([5, 105, 305, 605]);
  end();
  vi.advanceTimersByTime(10_000);
  expect(seen).toHaveLength(4);
  expect(vi.getTimerCount()).toBe(0);
});

test('what is due soon is looked at together', () => {
  const rounds = createRounds(elapsedMs);
  const seen: string[] = [];
  for (const name of ['a', 'b', 'c']) {
    rounds.add((atMs) => {
      seen.push(`${name}${atMs}`);
      return 90;
    });
    vi.advanceTimersByTime(10);
  }
  vi.advanceTimersByTime(60);
  seen.length = 0;
  vi.advanceTimersByTime(180);
  const times = new Set(seen.map((one) => one.slice(1)));
  expect(seen.length).toBeGreaterThanOrEqual(6);
  expect(times.size).toBe(seen.length / 3);
});

test('a look that takes long comes as seldom as that it takes a fiftieth of the time', () => {
  const seen: number[] = [];
  createRounds(elapsedMs).add((atMs) => {
    seen.push(atMs);
    vi.setSystemTime(Date.now() + 20);
    return 1;
  });
  vi.advanceTimersByTime(3_500);
  // The first one may have had to wait for the processor.
  expect(seen.length).toBeLessThanOrEqual(5);
  expect(seen.length).toBeGreaterThan(3);
});

test('one look that has to wait for the processor keeps nobody from the next one', () => {
  const seen: number[] = [];
  createRounds(elapsedMs).add((atMs) => {
    seen.push(atMs);
    if (seen.length === 3) vi.setSystemTime(Date.now() + 40);
    return 10;
  });
  vi.advanceTimersByTime(200);
  expect(seen.length).toBeGreaterThan(10);
});

test('who is ended while it is looked at is not looked at again', () => {
  const rounds = createRounds(elapsedMs);
  let looks = 0;
  const end = rounds.add(() => {
    looks += 1;
    end();
    return 5;
  });
  vi.advanceTimersByTime(1_000);
  expect(looks).toBe(1);
  expect(vi.getTimerCount()).toBe(0);
});
