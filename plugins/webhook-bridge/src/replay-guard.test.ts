import { expect, it } from 'vitest';
import { createReplayGuard } from './replay-guard.ts';

it('knows an id again for as long as its signature could be accepted', () => {
  let nowMs = 0;
  const guard = createReplayGuard(() => nowMs);
  expect(guard.check('a')).toBe('new');
  guard.remember('a');
  nowMs = 10 * 60_000 + 999;
  expect(guard.check('a')).toBe('replayed');
  expect(guard.check('b')).toBe('new');
});

it('forgets an id afterwards', () => {
  let nowMs = 0;
  const guard = createReplayGuard(() => nowMs);
  guard.remember('a');
  nowMs = 11 * 60_000;
  expect(guard.check('a')).toBe('new');
});

it('does not count what was checked alone', () => {
  const guard = createReplayGuard(() => 0);
  guard.check('a');
  expect(guard.check('a')).toBe('new');
});

it('takes no more ids when it is full, rather than forget one early', () => {
  let nowMs = 0;
  const guard = createReplayGuard(() => nowMs, 2);
  guard.remember('a');
  guard.remember('b');
  expect(guard.check('c')).toBe('full');
  expect(guard.check('a')).toBe('replayed');
  nowMs = 11 * 60_000;
  expect(guard.check('c')).toBe('new');
});
