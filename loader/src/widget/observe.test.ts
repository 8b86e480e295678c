import type { MessageObservation, ObservedMessages } from '@ar-registry/sdk';
import { expect, test } from 'vitest';
import { createObserver } from './observe.ts';

const ONE: MessageObservation = { kind: 'sent', at: 1, from: 'Alice', to: 'Bob', bodyBytes: 2 };

/** A widget that takes one batch at a time, each when the test lets it. */
function slowWidget(maxQueued: number) {
  const batches: ObservedMessages[] = [];
  const drops: number[] = [];
  let taken = Promise.withResolvers<void>();
  let told = Promise.withResolvers<void>();
  const observer = createObserver({
    maxQueued,
    async deliver(batch) {
      batches.push(batch);
      told.resolve();
      await taken.promise;
    },
    onDropped: (sinceBatch) => drops.push(sinceBatch),
  });
  return {
    observer,
    batches,
    drops,
    next: () => told.promise,
    take: () => {
      told = Promise.withResolvers();
      const { resolve } = taken;
      taken = Promise.withResolvers();
      resolve();
    },
  };
}

test('what comes while the widget is busy is one batch, in order, and no larger than 256', async () => {
  const { observer, batches, next, take } = slowWidget(1_000);
  observer.push(ONE);
  await next();
  for (let at = 0; at < 300; at += 1) observer.push({ ...ONE, at });
  take();
  await next();
  take();
  await next();
  expect(batches.map(({ observations }) => observations.length)).toEqual([1, 256, 44]);
  expect(batches.flatMap(({ observations }) => observations.map(({ at }) => at)).slice(1)).toEqual(
    Array.from({ length: 300 }, (_, at) => at),
  );
  expect(Object.isFrozen(batches[0]?.observations)).toBe(true);
});

test('what does not fit is dropped, and how much it was is told with the next batch', async () => {
  const { observer, batches, drops, next, take } = slowWidget(2);
  observer.push(ONE);
  await next();
  for (let at = 0; at < 5; at += 1) observer.push(ONE);
  expect(drops).toEqual([1, 2, 3]);
  take();
  await next();
  expect(batches.map(({ observations, dropped }) => [observations.length, dropped])).toEqual([
    [1, 0],
    [2, 3],
  ]);
  take();
  observer.push(ONE);
  await next();
  expect(batches.at(-1)?.dropped).toBe(0);
});

test('closing hands over what is queued, but waits no longer than it may, and takes no more', async () => {
  const { observer, batches, next } = slowWidget(10);
  observer.push(ONE);
  await next();
  await observer.close(1);
  observer.push(ONE);
  expect(batches).toHaveLength(1);
});
