import { expect, it } from 'vitest';
import { concernsAll, isPassing } from './passing.ts';

function failure(code: string): Error {
  return Object.assign(new Error('x'), { code });
}

it('waits for a server that is away, read-only or full, and for no other', () => {
  const codes = ['08006', '57P01', '53100', '25006', '40P01', 'ECONNREFUSED'];
  const others = ['42P01', '28P01', '3D000', '22021', '54000'];
  expect([...codes, ...others].filter((code) => isPassing(failure(code), false))).toEqual(codes);
  expect(isPassing(new Error('Query read timeout'), false)).toBe(true);
  const missing = failure('ENOENT');
  expect([isPassing(missing, true), isPassing(Object.assign(missing, { syscall: 'connect' }), false)]).toEqual([
    false,
    true,
  ]);
});

it('takes what a pooler refuses for an outage only where the address has worked', () => {
  expect(['08P01', '08004'].map((code) => isPassing(failure(code), false))).toEqual([false, false]);
  expect(['08P01', '08004'].map((code) => isPassing(failure(code), true))).toEqual([true, true]);
});

it('tells a message that cannot be stored from a place that takes none', () => {
  expect(['22021', '23502', '54000'].map((code) => concernsAll(failure(code)))).toEqual([false, false, false]);
  expect(['42P01', '42501', '3F000'].map((code) => concernsAll(failure(code)))).toEqual([true, true, true]);
});
