import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { eachInParallel } from './in-parallel.ts';

/** Numbers up to, but without, `count`, which are told when they are made. */
function* numbers(count: number, made: number[]): Generator<number> {
  for (let at = 0; at < count; at += 1) {
    made.push(at);
    yield at;
  }
}

function* oneThenNone(): Generator<number> {
  yield 1;
  throw new Error('no second');
}

it('does all of it, and makes no item before there is room for its work', async () => {
  const made: number[] = [];
  const done: number[] = [];
  let most = 0;
  const work = async (item: number): Promise<void> => {
    most = Math.max(most, made.length - done.length);
    await setImmediate();
    done.push(item);
  };
  await eachInParallel(numbers(100, made), work, 4);
  expect(done.toSorted((a, b) => a - b)).toEqual(made);
  expect([made.length, most]).toEqual([100, 4]);
});

it('makes no more items after a failure, ends what was begun, and then fails with it', async () => {
  const made: number[] = [];
  const ended: number[] = [];
  const work = async (item: number): Promise<void> => {
    await setImmediate();
    if (item === 5) throw new Error('the sixth');
    await setImmediate();
    ended.push(item);
  };
  await expect(eachInParallel(numbers(100, made), work, 4)).rejects.toThrow('the sixth');
  expect(made.length).toBeLessThan(12);
  expect(ended).toEqual(made.filter((item) => item !== 5));
});

it('fails where an item cannot be made, when what was begun has ended', async () => {
  let ended = 0;
  const work = async (): Promise<void> => {
    await setImmediate();
    ended += 1;
  };
  await expect(eachInParallel(oneThenNone(), work, 4)).rejects.toThrow('no second');
  expect(ended).toBe(1);
});
