import pLimit from 'p-limit';

/** Downloads and `npm` processes at a time. */
const CONCURRENCY = 8;

/** Small documents at a time: of a registry that is far away, it is the waiting that takes time (docs/decisions/024-delta.md). */
export const DOCUMENTS_AT_ONCE = 32;

/** All to their end, so that no work goes on in the background after a failure; then the first failure is thrown. */
export async function inParallel<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  atOnce = CONCURRENCY,
): Promise<readonly R[]> {
  const limit = pLimit(atOnce);
  const results = await Promise.allSettled(items.map((item) => limit(() => work(item))));
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

/**
 * The same for more items than are to be held: each is made when there is room for its work. After a failure no more
 * are, and when what was begun has ended, the first failure is thrown.
 */
export async function eachInParallel<T>(
  items: Iterable<T>,
  work: (item: T) => Promise<void>,
  atOnce = CONCURRENCY,
): Promise<void> {
  const queue = items[Symbol.iterator]();
  const failures: unknown[] = [];
  const goOn = async (): Promise<void> => {
    while (failures.length === 0) {
      const next = queue.next();
      if (next.done) return;
      await work(next.value);
    }
  };
  const fail = (error: unknown): void => void failures.push(error);
  await Promise.all(Array.from({ length: atOnce }, () => goOn().catch(fail)));
  if (failures.length > 0) throw failures[0];
}
