import type { Journal, Numbered } from './journal.ts';
import { expect, it } from 'vitest';
import { createReplayGuard, type SeenPost } from './replay-guard.ts';

/** A journal in memory. */
function createMemoryJournal(
  left: readonly Numbered<SeenPost>[] = [],
): Journal<SeenPost> & { readonly dones: number[] } {
  let seq = left.length;
  const dones: number[] = [];
  return {
    left,
    dones,
    append: async (item) => ({ seq: (seq += 1), item }),
    done: async (upTo) => void dones.push(upTo),
    close: async () => undefined,
  };
}

it('knows an id again for as long as its signature could be accepted', async () => {
  let nowMs = 0;
  const guard = createReplayGuard(() => nowMs, createMemoryJournal());
  expect(guard.check('a')).toBe('new');
  await guard.remember('a');
  nowMs = 10 * 60_000 + 999;
  expect(guard.check('a')).toBe('replayed');
  expect(guard.check('b')).toBe('new');
});

it('forgets an id afterwards, also on the disk', async () => {
  let nowMs = 0;
  const journal = createMemoryJournal();
  const guard = createReplayGuard(() => nowMs, journal);
  await guard.remember('a');
  await guard.remember('b');
  nowMs = 11 * 60_000;
  expect(guard.check('a')).toBe('new');
  expect(journal.dones).toEqual([2]);
});

it('knows what an earlier one remembered', () => {
  const journal = createMemoryJournal([{ seq: 1, item: { id: 'a', untilMs: 10 } }]);
  let nowMs = 9;
  const guard = createReplayGuard(() => nowMs, journal);
  expect(guard.check('a')).toBe('replayed');
  nowMs = 10;
  expect(guard.check('a')).toBe('new');
});

it('knows an id from the moment on at which it is remembered, before the disk has it', () => {
  const guard = createReplayGuard(() => 0, { ...createMemoryJournal(), append: () => new Promise(() => undefined) });
  void guard.remember('a');
  expect(guard.check('a')).toBe('replayed');
});

it('does not count what was checked alone', () => {
  const guard = createReplayGuard(() => 0, createMemoryJournal());
  guard.check('a');
  expect(guard.check('a')).toBe('new');
});

it('takes no more ids when it is full, rather than forget one early', async () => {
  let nowMs = 0;
  const guard = createReplayGuard(() => nowMs, createMemoryJournal(), 2);
  await guard.remember('a');
  await guard.remember('b');
  expect(guard.check('c')).toBe('full');
  expect(guard.check('a')).toBe('replayed');
  nowMs = 11 * 60_000;
  expect(guard.check('c')).toBe('new');
});
