import { describe, expect, it } from 'vitest';
import type { DeliveryEvent } from './deliver.ts';
import { type DeliveryQueueOptions, createDeliveryQueue } from './delivery-queue.ts';
import type { Attempt } from './post.ts';

const DELIVERED: Attempt = { kind: 'delivered' };
const FAILED: Attempt = { kind: 'failed', reason: 'status 500', retryAfterMs: undefined };
const REFUSED: Attempt = { kind: 'refused', reason: 'status 400' };

describe('createDeliveryQueue', () => {
  it('delivers one message after the other, in order', async () => {
    const world = createWorld([DELIVERED, DELIVERED, DELIVERED]);
    for (const id of ['a', 'b', 'c']) expect(world.queue.add({ id, body: '{}' })).toBe(true);
    expect(world.queue.status().queueLength).toBe(3);
    expect(await world.queue.close(1000)).toBe(0);
    expect(world.posted).toEqual(['a', 'b', 'c']);
    expect(world.mostAtOnce).toBe(1);
    expect(world.queue.status()).toEqual({
      queueLength: 0,
      delivered: 3,
      givenUp: 0,
      dropped: 0,
      lastSuccessAt: '2026-01-02T03:04:05.000Z',
    });
  });

  it('tries again with the same id, longer and longer apart', async () => {
    const world = createWorld([FAILED, FAILED, { ...FAILED, retryAfterMs: 30_000 }, DELIVERED]);
    world.queue.add({ id: 'a', body: '{}' });
    await world.until('delivered');
    expect(world.posted).toEqual(['a', 'a', 'a', 'a']);
    expect(world.slept).toEqual([1000, 2000, 30_000]);
    expect(world.events.at(-1)).toEqual({ kind: 'delivered', id: 'a', attempts: 4 });
    expect(world.queue.status()).not.toHaveProperty('failing');
    expect(world.queue.status()).toHaveProperty('lastFailureAt');
  });

  it('gives up after the last attempt and goes on with the next message', async () => {
    const world = createWorld([FAILED, FAILED, FAILED, DELIVERED], { maxAttempts: 3 });
    world.queue.add({ id: 'a', body: '{}' });
    world.queue.add({ id: 'b', body: '{}' });
    await world.until('delivered');
    expect(world.posted).toEqual(['a', 'a', 'a', 'b']);
    expect(world.events).toContainEqual({ kind: 'given-up', id: 'a', attempts: 3, reason: 'status 500' });
    expect(world.queue.status()).toMatchObject({ delivered: 1, givenUp: 1 });
  });

  it('does not repeat what the target refuses', async () => {
    const world = createWorld([REFUSED]);
    world.queue.add({ id: 'a', body: '{}' });
    await world.until('given-up');
    expect(world.posted).toEqual(['a']);
    expect(world.queue.status()).toMatchObject({ givenUp: 1, failing: 'status 400' });
  });

  it('drops what does not fit, by number', async () => {
    const world = createWorld([], { maxLength: 2 });
    expect(['a', 'b', 'c'].map((id) => world.queue.add({ id, body: '{}' }))).toEqual([true, true, false]);
    expect(world.queue.status()).toMatchObject({ queueLength: 2, dropped: 1 });
    await world.queue.close(0);
  });

  it('drops what does not fit, by size', async () => {
    const world = createWorld([]);
    const body = 'x'.repeat(10 * 1024 ** 2);
    expect(['a', 'b'].map((id) => world.queue.add({ id, body }))).toEqual([true, false]);
    await world.queue.close(0);
  });

  it('makes one last attempt without waiting when it is closed', async () => {
    const world = createWorld([FAILED, DELIVERED, FAILED], { sleep: untilAborted });
    world.queue.add({ id: 'a', body: '{}' });
    world.queue.add({ id: 'b', body: '{}' });
    await world.until('retrying');
    expect(await world.queue.close(1000)).toBe(1);
    expect(world.posted).toEqual(['a', 'a', 'b']);
    expect(world.events.at(-1)).toEqual({ kind: 'given-up', id: 'b', attempts: 1, reason: 'status 500' });
  });

  it('aborts what takes longer than the limit when it is closed, and counts what is left', async () => {
    const world = createWorld([]);
    for (const id of ['a', 'b', 'c']) world.queue.add({ id, body: '{}' });
    expect(await world.queue.close(20)).toBe(3);
    expect(world.posted).toEqual(['a']);
  });

  it('takes nothing once it is closed', async () => {
    const world = createWorld([]);
    expect(await world.queue.close(1000)).toBe(0);
    expect(world.queue.add({ id: 'a', body: '{}' })).toBe(false);
    expect(world.posted).toEqual([]);
  });
});

interface World {
  readonly queue: ReturnType<typeof createDeliveryQueue>;
  readonly posted: string[];
  readonly slept: number[];
  readonly events: DeliveryEvent[];
  readonly mostAtOnce: number;
  until(kind: DeliveryEvent['kind']): Promise<void>;
}

/** A target that answers as `script` says, and then not at all. Sleeping takes no time unless `sleep` is given. */
function createWorld(script: readonly Attempt[], options: Partial<DeliveryQueueOptions> = {}): World {
  const answers = [...script];
  const posted: string[] = [];
  const slept: number[] = [];
  const events: DeliveryEvent[] = [];
  const waiting: { kind: string; resolve: () => void }[] = [];
  let atOnce = 0;
  let mostAtOnce = 0;
  const queue = createDeliveryQueue({
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
