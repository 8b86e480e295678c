import { expect, test } from 'vitest';
import { toDecision } from './decision.ts';
import { createRateLimits } from './rate-limit.ts';

test('an agent has its limit in every minute, and no other agent’s', () => {
  let nowMs = 0;
  const limits = createRateLimits(() => nowMs);
  const take = (count: number): boolean[] => Array.from({ length: count }, () => limits.take('Alice', 2));
  expect(take(3)).toEqual([true, true, false]);
  expect(limits.take('Bob', 2)).toBe(true);
  nowMs = 59_999;
  expect(take(1)).toEqual([false]);
  nowMs = 60_000;
  expect(take(3)).toEqual([true, true, false]);
  expect(limits.take('Carol', 0)).toBe(false);
});

test.each([
  [
    { allowed: true, reason: 'ok', policySource: 'repo' },
    { allowed: true, reason: 'ok', policySource: 'repo' },
  ],
  [{ allowed: false }, { allowed: false, reason: 'the policy denies it', policySource: 'default' }],
  [
    { allowed: false, reason: 'a\u001b[31m\nb', policySource: 'elsewhere' },
    { allowed: false, reason: 'a b', policySource: 'default' },
  ],
])('a decision is read, and its text cleaned: %j', (answer, decision) => {
  expect(toDecision(answer)).toEqual(decision);
});

test.each([undefined, null, true, 'yes', {}, { allowed: 'true' }, { allowed: 1 }])('%j is no decision', (answer) => {
  expect(toDecision(answer)).toBeUndefined();
});
