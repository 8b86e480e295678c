import { expect, it } from 'vitest';
import { createAllowance, createTurns } from './turns.ts';

it('gives turns in the order in which they were asked for', async () => {
  const turns = createTurns(1, new AbortController().signal);
  const order: number[] = [];
  await turns.take();
  const waiting = [1, 2].map(async (number) => {
    await turns.take();
    order.push(number);
    turns.give();
  });
  turns.give();
  await Promise.all(waiting);
  await turns.take();
  expect(order).toEqual([1, 2]);
});

it('ends waiting at once when it is over', async () => {
  const over = new AbortController();
  const turns = createTurns(1, over.signal);
  await turns.take();
  const waiting = turns.take();
  over.abort(new Error('over'));
  await expect(waiting).rejects.toThrow('over');
  await expect(turns.take()).rejects.toThrow('over');
});

it('takes neither too many callers nor too much text, and takes more once some have left', () => {
  const many = createAllowance();
  const leave = Array.from({ length: 2000 }, () => many.admit(0));
  expect(() => many.admit(0)).toThrow('too many');
  leave[0]?.();
  expect(many.admit(0)).toBeTypeOf('function');
  const large = createAllowance();
  large.admit(20 * 1024 * 1024);
  expect(() => large.admit(1)).toThrow('too many');
});
