import { describe, expect, it } from 'vitest';
import type { Delivery, DeliveryEvent } from './deliver.ts';
import { type DeliveryQueueOptions, createDeliveryQueue } from './delivery-queue.ts';
import type { Numbered } from './journal.ts';
import type { Attempt } from './post.ts';

const DELIVERED: Attempt = { kind: 'delivered' };
const FAILED: Attempt = { kind: 'failed', reason: 'status 500', retryAfterMs: undefined };
const REFUSED: Attempt = { kind: 'refused', reason: 'status 400' };

describe('createDeliveryQueue', () => {
  it('delivers one message after the other, in order', async () => {
    const world = createWorld([DELIVERED, DELIVERED, DELIVERED]);
    for (const id of ['a', 'b', 'c'])
      expect(world.queue.add({ id, body: '{}', contentType: 'application/json' })).toBe(true);
    expect(world.queue.status().queueLength).toBe(3);
    expect(await world.queue.close(1000)).toBe(0);
    expect(world.posted).toEqual(['a', 'b', 'c']);
    expect(world.mostAtOnce).toBe(1);
    expect(world.queue.status()).toEqual({
      queueLength: 0,
      disabled: false,
      delivered: 3,
      givenUp: 0,
      dropped: 0,
      lastSuccessAt: '2026-01-02T03:04:05.000Z',
    });
  });

  it('tries again with the same id, longer and longer apart', async () => {
    const world = createWorld([FAILED, FAILED, { ...FAILED, retryAfterMs: 30_000 }, DELIVERED]);
    world.queue.add({ id: 'a', body: '{}', contentType: 'application/json' });
    await world.until('delivered');
    expect(world.posted).toEqual(['a', 'a', 'a', 'a']);
    expect(world.slept).toEqual([1000, 2000, 30_000]);
    expect(world.events.at(-1)).toEqual({ kind: 'delivered', id: 'a', attempts: 4 });
    expect(world.queue.status()).not.toHaveProperty('failing');
    expect(world.queue.status()).toHaveProperty('lastFailureAt');
  });

  it('gives up after the last attempt and goes on with the next message', async () => {
    const world = createWorld([FAILED, FAILED, FAILED, DELIVERED], { maxAttempts: 3 });
    world.queue.add({ id: 'a', body: '{}', contentType: 'application/json' });
    world.queue.add({ id: 'b', body: '{}', contentType: 'application/json' });
    await world.until('delivered');
    expect(world.posted).toEqual(['a', 'a', 'a', 'b']);
    expect(world.events).toContainEqual({ kind: 'given-up', id: 'a', attempts: 3, reason: 'status 500' });
    expect(world.queue.status()).toMatchObject({ delivered: 1, givenUp: 1 });
  });

  it('does not repeat what the target refuses', async () => {
    const world = createWorld([REFUSED]);
    world.queue.add({ id: 'a', body: '{}', contentType: 'application/json' });
    await world.until('given-up');
    expect(world.posted).toEqual(['a']);
    expect(world.queue.status()).toMatchObject({ givenUp: 1, failing: 'status 400' });
  });

  it('buries what is not delivered before it takes it off the disk', async () => {
    const world = createWorld([REFUSED, DELIVERED]);
    for (const id of ['a', 'b']) world.queue.add({ id, body: '{}', contentType: 'application/json' });
    await world.until('delivered');
    await world.queue.close(1000);
    expect([world.buried, world.done]).toEqual([['a: status 400'], [1, 2]]);
  });

  it('posts nothing any more to an endpoint that is gone, until it is enabled', async () => {
    const world = createWorld([{ kind: 'gone', reason: 'status 410' }, DELIVERED]);
    for (const id of ['a', 'b']) world.queue.add({ id, body: '{}', contentType: 'application/json' });
    await world.until('given-up');
    expect(world.queue.status()).toMatchObject({ disabled: true, givenUp: 2 });
    expect([world.posted, world.buried]).toEqual([['a'], ['a: status 410', 'b: disabled']]);
    world.queue.enable();
    world.queue.add({ id: 'c', body: '{}', contentType: 'application/json' });
    await world.until('delivered');
    expect(world.posted).toEqual(['a', 'c']);
  });

  it.each(Array.from({ length: 16 }, (_, steps) => steps))(
    'overlooks no message that comes when the last one is just done, %d steps later',
    async (steps) => {
      const first = Promise.withResolvers<void>();
      const later = async (): Promise<void> => {
        for (let step = 0; step < steps; step += 1) await Promise.resolve();
        world.queue.add({ id: 'b', body: '{}', contentType: 'application/json' });
      };
      const world = createWorld([DELIVERED, DELIVERED], { onDone: () => first.resolve() });
      world.queue.add({ id: 'a', body: '{}', contentType: 'application/json' });
      await first.promise.then(later);
      await expect.poll(() => world.posted).toEqual(['a', 'b']);
    },
  );

  it('begins with what is left on the disk', async () => {
    const left = [{ seq: 7, item: { id: 'old', body: '{}', contentType: 'application/json' } }];
    const world = createWorld([DELIVERED, DELIVERED], {}, left);
    world.queue.add({ id: 'new', body: '{}', contentType: 'application/json' });
    expect(world.queue.status().queueLength).toBe(2);
    await world.queue.close(1000);
    expect([world.posted, world.done]).toEqual([
      ['old', 'new'],
      [7, 8],
    ]);
  });

  it('delivers also what the disk does not take', async () => {
    const world = createWorld([DELIVERED], {}, [], () => Promise.reject(new Error('ENOSPC')));
    world.queue.add({ id: 'a', body: '{}', contentType: 'application/json' });
    await world.until('delivered');
    expect([world.posted, world.done, world.unsafe]).toEqual([['a'], [], 1]);
  });

  it('drops what does not fit, by number', async () => {
    const world = createWorld([], { maxLength: 2 });
    expect(['a', 'b', 'c'].map((id) => world.queue.add({ id, body: '{}', contentType: 'application/json' }))).toEqual([
      true,
      true,
      false,
    ]);
    expect(world.queue.status()).toMatchObject({ queueLength: 2, dropped: 1 });
    await world.queue.close(0);
  });

  it('drops what does not fit, by size', async () => {
    const world = createWorld([]);
    const body = 'x'.repeat(10 * 1024 ** 2);
    expect(['a', 'b'].map((id) => world.queue.add({ id, body, contentType: 'application/json' }))).toEqual([
      true,
      false,
    ]);
    await world.queue.close(0);
  });

  it('makes one last attempt without waiting when it is closed', async () => {
    const world = createWorld([FAILED, DELIVERED, FAILED], { sleep: untilAborted });
    world.queue.add({ id: 'a', body: '{}', contentType: 'application/json' });
    world.queue.add({ id: 'b', body: '{}', contentType: 'application/json' });
    await world.until('retrying');
    expect(await world.queue.close(1000)).toBe(1);
    expect(world.posted).toEqual(['a', 'a', 'b']);
    expect(world.events.at(-1)).toEqual({ kind: 'kept', id: 'b', attempts: 1, reason: 'status 500' });
    expect([world.buried, world.done]).toEqual([[], [1]]);
  });

  it('aborts what takes longer than the limit when it is closed, and counts what is left', async () => {
    const world = createWorld([]);
    for (const id of ['a', 'b', 'c']) world.queue.add({ id, body: '{}', contentType: 'application/json' });
    expect(await world.queue.close(20)).toBe(3);
    expect(world.posted).toEqual(['a']);
  });

  it('takes nothing once it is closed', async () => {
    const world = createWorld([]);
    expect(await world.queue.close(1000)).toBe(0);
    expect(world.queue.add({ id: 'a', body: '{}', contentType: 'application/json' })).toBe(false);
    expect(world.posted).toEqual([]);
  });
});

interface World {
  readonly queue: ReturnType<typeof createDeliveryQueue>;
  readonly posted: string[];
  readonly slept: number[];
  readonly events: DeliveryEvent[];
  readonly mostAtOnce: number;
  readonly buried: string[];
  /** Numbers in the journal. */
  readonly done: number[];
  readonly unsafe: number;
  until(kind: DeliveryEvent['kind']): Promise<void>;
}

/** A target that answers as `script` says, and then not at all. Sleeping takes no time unless `sleep` is given. */
// oxlint-disable-next-line max-params -- of a test
function createWorld(
  script: readonly Attempt[],
  { onDone, ...options }: Partial<DeliveryQueueOptions> & { readonly onDone?: () => void } = {},
  left: readonly Numbered<Delivery>[] = [],
  failure?: () => Promise<never>,
): World {
  const answers = [...script];
  const posted: string[] = [];
  const slept: number[] = [];
  const events: DeliveryEvent[] = [];
  const waiting: { kind: string; resolve: () => void }[] = [];
  let atOnce = 0;
  let mostAtOnce = 0;
  let unsafe = 0;
  let seq = left.at(-1)?.seq ?? 0;
  const buried: string[] = [];
  const done: number[] = [];
  const queue = createDeliveryQueue({
    isDisabled: false,
    journal: {
      left,
      append: failure ?? (async (item) => ({ seq: (seq += 1), item })),
      async done(upTo) {
        done.push(upTo);
        onDone?.();
        for (let step = 0; step < 8; step += 1) await Promise.resolve();
      },
      close: async () => undefined,
    },
    bury: async ({ id }, reason) => void buried.push(`${id}: ${reason}`),
    disable: async () => undefined,
    onUnsafe: () => void (unsafe += 1),
    maxLength: 1000,
    maxAttempts: 8,
    now: () => new Date('2026-01-02T03:04:05Z'),
    random: () => 0,
    async post({ id }, signal) {
      posted.push(id);
      mostAtOnce = Math.max(mostAtOnce, (atOnce += 1));
      const answer = answers.shift();
      if (!answer) await untilAborted(0, signal);
      atOnce -= 1;
      return answer ?? FAILED;
    },
    sleep(ms) {
      slept.push(ms);
      return Promise.resolve();
    },
    onEvent(event) {
      events.push(event);
      for (const each of waiting.filter(({ kind }) => kind === event.kind)) each.resolve();
    },
    ...options,
  });
  return {
    queue,
    posted,
    slept,
    events,
    buried,
    done,
    get unsafe() {
      return unsafe;
    },
    get mostAtOnce() {
      return mostAtOnce;
    },
    until: (kind) => new Promise((resolve) => waiting.push({ kind, resolve })),
  };
}

function untilAborted(_ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
