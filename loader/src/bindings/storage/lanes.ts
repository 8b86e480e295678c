/**
 * Work in lanes: what has the same key is done one after the other, in order; the rest overlaps, up to a limit. Bounded
 * in number and in bytes.
 */
export interface Lanes {
  /** @returns false if there is no room; the task is then never run */
  run(key: string, sizeBytes: number, task: () => Promise<void>): boolean;
  /** Settles when all that is in the lanes now has been done. */
  settled(): Promise<void>;
  /** How many tasks are in the lanes, those under way included. */
  readonly size: number;
}

export interface LanesOptions {
  readonly maxTasks: number;
  readonly maxBytes: number;
  /** Tasks under way at a time. */
  readonly width: number;
}

export function createLanes({ maxTasks, maxBytes, width }: LanesOptions): Lanes {
  const tails = new Map<string, Promise<void>>();
  const waiting: (() => void)[] = [];
  let running = 0;
  let size = 0;
  let bytes = 0;

  const enter = (): Promise<void> => {
    if (running < width) {
      running += 1;
      return Promise.resolve();
    }
    return new Promise((resolve) => waiting.push(resolve));
  };
  const leave = (): void => {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  };

  return {
    run(key, sizeBytes, task) {
      if (size >= maxTasks || bytes + sizeBytes > maxBytes) return false;
      size += 1;
      bytes += sizeBytes;
      const tail: Promise<void> = (tails.get(key) ?? Promise.resolve())
        .then(enter)
        // A task reports its own failures.
        .then(() => task().catch(() => undefined))
        .finally(() => {
          leave();
          size -= 1;
          bytes -= sizeBytes;
          if (tails.get(key) === tail) tails.delete(key);
        });
      tails.set(key, tail);
      return true;
    },
    async settled() {
      await Promise.all(tails.values());
    },
    get size() {
      return size;
    },
  };
}
