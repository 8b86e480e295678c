/**
 * Writes that come at the same time go to the database together: while one batch is on its way the next one gathers, so
 * a batch is as large as the database is slow, and a single write waits for nobody.
 */
export interface BatchWriter<Item> {
  /** Resolves when the item is committed. @throws what went wrong with this item; an Error where too many wait */
  write(item: Item): Promise<void>;
  /** Items that wait, those on their way included. */
  waiting(): number;
  /** Resolves when nothing waits any more. */
  drained(): Promise<void>;
}

export interface BatchOptions<Item> {
  /** Writes all or none. */
  readonly writeAll: (items: readonly Item[]) => Promise<void>;
  readonly maxBatch: number;
  /** What may wait at most, in bytes as `sizeOf` says. */
  readonly maxWaitingBytes: number;
  readonly sizeOf: (item: Item) => number;
}

interface Waiting<Item> {
  readonly item: Item;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export function createBatchWriter<Item>(options: BatchOptions<Item>): BatchWriter<Item> {
  const { writeAll, maxBatch, maxWaitingBytes, sizeOf } = options;
  const queue: Waiting<Item>[] = [];
  let waitingBytes = 0;
  let onItsWay = 0;
  let running: Promise<void> | undefined;

  const settle = (batch: readonly Waiting<Item>[], end: (one: Waiting<Item>) => void): void => {
    for (const one of batch) {
      waitingBytes -= sizeOf(one.item);
      end(one);
    }
  };
  const writeBatch = async (batch: readonly Waiting<Item>[]): Promise<void> => {
    try {
      await writeAll(batch.map(({ item }) => item));
      settle(batch, ({ resolve }) => resolve());
    } catch (error) {
      // One that cannot be written must not take the others with it.
      if (batch.length === 1) settle(batch, ({ reject }) => reject(error));
      else for (const one of batch) await writeBatch([one]);
    }
  };
  const run = async (): Promise<void> => {
    while (queue.length > 0) {
      const batch = queue.splice(0, maxBatch);
      onItsWay = batch.length;
      await writeBatch(batch);
    }
    onItsWay = 0;
    running = undefined;
  };
  return {
    write: (item) =>
      new Promise((resolve, reject) => {
        if (waitingBytes + sizeOf(item) > maxWaitingBytes) {
          reject(new Error('The database is too slow or away: too much waits to be written already.'));
          return;
        }
        waitingBytes += sizeOf(item);
        queue.push({ item, resolve, reject });
        running ??= Promise.resolve().then(run);
      }),
    waiting: () => queue.length + onItsWay,
    drained: async () => running,
  };
}
