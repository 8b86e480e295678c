import { expect, test, vi } from 'vitest';
import { createDelivery, type DeliveryOptions } from './delivery.ts';

interface Item {
  readonly id: number;
  readonly sizeBytes: number;
}

const item = (id: number, sizeBytes = 1): Item => ({ id, sizeBytes });

function options(deliver: (event: Item) => Promise<void>): DeliveryOptions<Item> & { dropped: number[] } {
  const dropped: number[] = [];
  return {
    maxEvents: 3,
    maxBytes: 100,
    now: () => performance.now(),
    deliver,
    dropped,
    onDropped: ({ id }) => dropped.push(id),
  };
}

test('hands over nothing within the caller’s turn', async () => {
  const deliver = vi.fn<() => Promise<void>>(() => Promise.resolve());
  const delivery = createDelivery(options(deliver));
  delivery.push(item(1));
  await Promise.resolve();
  expect(deliver).not.toHaveBeenCalled();
  await delivery.close(1_000);
  expect(deliver).toHaveBeenCalledOnce();
});

test('keeps the order and waits for each', async () => {
  const seen: string[] = [];
  const delivery = createDelivery(
    options(async ({ id }) => {
      seen.push(`in ${id}`);
      await new Promise(setImmediate);
      seen.push(`out ${id}`);
    }),
  );
  for (const id of [1, 2, 3]) delivery.push(item(id));
  await delivery.close(1_000);
  expect(seen).toEqual(['in 1', 'out 1', 'in 2', 'out 2', 'in 3', 'out 3']);
});

test('drops what is too much in number', () => {
  const bounded = options(() => Promise.resolve());
  const delivery = createDelivery(bounded);
  for (const id of [1, 2, 3, 4, 5]) delivery.push(item(id));
  expect(bounded.dropped).toEqual([4, 5]);
});

test('drops what is too much in size, and takes a smaller one after it', async () => {
  const seen: number[] = [];
  const bounded = options(({ id }) => Promise.resolve(void seen.push(id)));
  const delivery = createDelivery(bounded);
  for (const event of [item(1, 60), item(2, 60), item(3, 30)]) delivery.push(event);
  await delivery.close(1_000);
  expect(bounded.dropped).toEqual([2]);
  expect(seen).toEqual([1, 3]);
});

test('has room again once events are delivered', async () => {
  const { promise: third, resolve } = Promise.withResolvers<void>();
  const bounded = options(({ id }) => Promise.resolve(id === 3 ? resolve() : undefined));
  const delivery = createDelivery(bounded);
  for (const id of [1, 2, 3]) delivery.push(item(id, 30));
  await third;
  for (const id of [4, 5, 6]) delivery.push(item(id, 30));
  await delivery.close(1_000);
  expect(bounded.dropped).toEqual([]);
});

test('closing takes no more, and forgets what a hanging receiver left', async () => {
  const deliver = vi.fn<() => Promise<void>>(() => new Promise(() => undefined));
  const delivery = createDelivery(options(deliver));
  delivery.push(item(1));
  delivery.push(item(2));
  const startedMs = performance.now();
  await delivery.close(30);
  expect(performance.now() - startedMs).toBeLessThan(1_000);
  delivery.push(item(3));
  await new Promise(setImmediate);
  expect(deliver).toHaveBeenCalledOnce();
});
