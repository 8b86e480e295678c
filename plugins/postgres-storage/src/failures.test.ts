import { expect, it } from 'vitest';
import { createFailures } from './failures.ts';

it('does not take a read that works for a write that works, and says each thing once', () => {
  const told: string[] = [];
  const failures = createFailures({
    onFailure: (problem) => told.push(problem),
    onRecovery: () => told.push('recovered'),
  });
  for (let round = 0; round < 3; round += 1) {
    failures.note('save', new Error('read-only'));
    failures.clear('read');
    failures.clear('change');
  }
  expect([failures.current(), told]).toEqual(['read-only', ['read-only']]);
  failures.clear('save');
  expect([failures.current(), told]).toEqual([undefined, ['read-only', 'recovered']]);
});

it('forgets what a graver kind has shown to work', () => {
  const failures = createFailures({ onFailure: () => undefined, onRecovery: () => undefined });
  failures.note('read', new Error('lost'));
  failures.clear('save');
  expect(failures.current()).toBeUndefined();
});
