/**
 * Writes that come at the same time go to the database together: while one batch is on its way the next one gathers, so
 * a batch is as large as the database is slow, and a single write waits for nobody. They are carried out in the order in
 * which they came.
 */
export interface BatchWriter<Item> {
  /**
   * Resolves when the item is committed.
   *
   * @param bytes what it takes in memory
   * @throws what went wrong with this item; an Error where too many wait
   */
  write(item: Item, bytes: number): Promise<void>;
  /** Items that wait, those on their way included. */
  waiting(): number;
  /** For how long the oldest of them has waited; 0 where there is none. */
  oldestMs(): number;
  /** Resolves when nothing waits any more. */
  drained(): Promise<void>;
}

export interface BatchOptions<Item> {
  /** Writes all or none. */
  readonly writeAll: (items: readonly Item[], bytes: number) => Promise<void>;
  /** Whether each item would fail with this error: then they are not tried apart. */
  readonly concernsAll: (error: unknown) => boolean;
  readonly maxBatch: number;
  readonly maxBatchBytes: number;
  readonly maxWaitingBytes: number;
  /** Milliseconds of any clock that only goes forward. */
  readonly nowMs: () => number;
}

interface Waiting<Item> {
  readonly item: Item;
  readonly bytes: number;
  readonly sinceMs: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export function createBatchWriter<Item>(options: BatchOptions<Item>): BatchWriter<Item> {
  const { writeAll, concernsAll, maxWaitingBytes, nowMs } = options;
  const queue: Waiting<Item>[] = [];
  const onItsWay = new Set<Waiting<Item>>();
  let waitingBytes = 0;
  let running: Promise<void> | undefined;

  const settle = (batch: readonly Waiting<Item>[], end: (one: Waiting<Item>) => void): void => {
    for (const one of batch) {
      waitingBytes -= one.bytes;
      onItsWay.delete(one);
      end(one);
    }
  };
  const writeBatch = async (batch: readonly Waiting<Item>[]): Promise<void> => {
    const items = batch.map(({ item }) => item);
    try {
      await writeAll(items, bytesOf(batch));
      settle(batch, ({ resolve }) => resolve());
    } catch (error) {
      // One that cannot be written must not take the others with it. In halves, it is found in a few steps.
      if (batch.length > 1 && !concernsAll(error)) for (const half of halvesOf(batch)) await writeBatch(half);
      else settle(batch, ({ reject }) => reject(error));
    }
  };
  const run = async (): Promise<void> => {
    while (queue.length > 0) {
      const batch = queue.splice(0, batchLength(queue, options));
      for (const one of batch) onItsWay.add(one);
      await writeBatch(batch);
    }
    running = undefined;
  };
  return {
    write: (item, bytes) =>
      new Promise((resolve, reject) => {
        if (waitingBytes + bytes > maxWaitingBytes)
          throw new Error('The database is too slow or away: too much waits to be written already.');
        waitingBytes += bytes;
        queue.push({ item, bytes, sinceMs: nowMs(), resolve, reject });
        running ??= Promise.resolve().then(run);
      }),
    waiting: () => queue.length + onItsWay.size,
    oldestMs() {
      const [oldest = queue[0]] = onItsWay;
      return oldest ? nowMs() - oldest.sinceMs : 0;
    },
    drained: async () => running,
  };
}

/** At least one. */
function batchLength(
  queue: readonly Waiting<unknown>[],
  { maxBatch, maxBatchBytes }: Pick<BatchOptions<never>, 'maxBatch' | 'maxBatchBytes'>,
): number {
  let bytes = 0;
  const length = queue.slice(0, maxBatch).findIndex((one, index) => {
    bytes += one.bytes;
    return index > 0 && bytes > maxBatchBytes;
  });
  return length === -1 ? maxBatch : length;
}

function bytesOf(batch: readonly Waiting<unknown>[]): number {
  return batch.reduce((sum, { bytes }) => sum + bytes, 0);
}

function halvesOf<Item>(batch: readonly Item[]): readonly (readonly Item[])[] {
  const middle = Math.ceil(batch.length / 2);
  return [batch.slice(0, middle), batch.slice(middle)];
}
