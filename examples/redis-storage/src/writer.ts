/**
 * Saves of messages and changes of their status, carried out in the order in which they came: a status that is noted
 * while its message still waits must not come before it. What comes while one batch is on its way is the next one, so
 * that a batch is as large as Redis is slow, and a single write waits for nobody.
 */
export interface Writer<Item> {
  /** Resolves when Redis has answered. @throws what Redis says of it; an Error where too much waits */
  write(item: Item, bytes: number): Promise<void>;
  /** Writes that wait, those on their way included. */
  waiting(): number;
  /** Resolves when nothing waits any more. */
  drained(): Promise<void>;
}

export interface WriterOptions<Item> {
  /** Gives for each item, in their order, what went wrong with it alone. @throws what concerns them all */
  readonly writeAll: (items: readonly Item[]) => Promise<readonly PromiseSettledResult<unknown>[]>;
  readonly maxBatch: number;
  readonly maxWaitingBytes: number;
}

interface Waiting<Item> {
  readonly item: Item;
  readonly bytes: number;
  readonly settled: PromiseWithResolvers<void>;
}

export function createWriter<Item>({ writeAll, maxBatch, maxWaitingBytes }: WriterOptions<Item>): Writer<Item> {
  const queue: Waiting<Item>[] = [];
  let onTheirWay = 0;
  let waitingBytes = 0;
  let running: Promise<void> | undefined;

  const writeBatch = async (batch: readonly Waiting<Item>[]): Promise<void> => {
    let results: readonly PromiseSettledResult<unknown>[];
    try {
      results = await writeAll(batch.map(({ item }) => item));
    } catch (reason) {
      results = batch.map(() => ({ status: 'rejected', reason }));
    }
    for (const [index, { settled, bytes }] of batch.entries()) {
      waitingBytes -= bytes;
      const result = results[index];
      if (result?.status === 'rejected') settled.reject(result.reason);
      else settled.resolve();
    }
  };
  const run = async (): Promise<void> => {
    // The calls of this tick are one batch.
    await Promise.resolve();
    while (queue.length > 0) {
      const batch = queue.splice(0, maxBatch);
      onTheirWay = batch.length;
      await writeBatch(batch);
      onTheirWay = 0;
    }
    running = undefined;
  };
  return {
    async write(item, bytes) {
      if (waitingBytes + bytes > maxWaitingBytes)
        throw new Error('Redis is too slow or away: too much waits to be written already.');
      waitingBytes += bytes;
      const settled = Promise.withResolvers<void>();
      queue.push({ item, bytes, settled });
      running ??= run();
      await settled.promise;
    },
    waiting: () => queue.length + onTheirWay,
    drained: async () => running,
  };
}
