import { expect, it } from 'vitest';
import { createBatchWriter, type BatchOptions } from './batch-writer.ts';

function writerWith(options: Partial<BatchOptions<number>>) {
  const calls: (readonly number[])[] = [];
  const writer = createBatchWriter<number>({
    writeAll: async (items) => void calls.push(items),
    concernsAll: () => false,
    maxBatch: 500,
    maxBatchBytes: 1000,
    maxWaitingBytes: 1000,
    nowMs: () => 0,
    ...options,
  });
  return { writer, calls };
}

it('finds one that cannot be written in a few steps, and keeps the order of the others', async () => {
  const written: number[] = [];
  let calls = 0;
  const { writer } = writerWith({
    writeAll: async (items) => {
      calls += 1;
      if (items.includes(77)) throw new Error('77');
      written.push(...items);
    },
  });
  const items = Array.from({ length: 500 }, (_, index) => index);
  const results = await Promise.allSettled(items.map((item) => writer.write(item, 1)));
  expect(results.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []))).toEqual([77]);
  expect(written).toEqual(items.filter((item) => item !== 77));
  expect(calls).toBeLessThan(25);
});

it('does not try apart what fails for each of them', async () => {
  let calls = 0;
  const { writer } = writerWith({
    writeAll: async () => {
      calls += 1;
      throw new Error('no table');
    },
    concernsAll: () => true,
  });
  const results = await Promise.allSettled([1, 2, 3].map((item) => writer.write(item, 1)));
  expect([results.filter(({ status }) => status === 'rejected').length, calls]).toEqual([3, 1]);
});

it('holds batches and what waits to their limits in bytes', async () => {
  const { writer, calls } = writerWith({ maxBatchBytes: 10 });
  const [first, ...others] = [writer.write(1, 50), writer.write(2, 4), writer.write(3, 4), writer.write(4, 4)];
  await expect(writer.write(5, 1000)).rejects.toThrow('too much waits');
  await Promise.all([first, ...others]);
  expect(calls).toEqual([[1], [2, 3], [4]]);
  await expect(writer.write(6, 1000)).resolves.toBeUndefined();
});

it('knows for how long the oldest has waited', async () => {
  let now = 0;
  const gate = Promise.withResolvers<void>();
  const { writer } = writerWith({ writeAll: () => gate.promise, nowMs: () => now });
  expect(writer.oldestMs()).toBe(0);
  const first = writer.write(1, 1);
  now = 20;
  const second = writer.write(2, 1);
  now = 50;
  expect([writer.oldestMs(), writer.waiting()]).toEqual([50, 2]);
  gate.resolve();
  await Promise.all([first, second]);
  expect([writer.oldestMs(), writer.waiting()]).toEqual([0, 0]);
});
