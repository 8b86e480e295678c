import pLimit from 'p-limit';

/** Downloads and `npm` processes at a time. */
const CONCURRENCY = 8;

/** All to their end, so that no work goes on in the background after a failure; then the first failure is thrown. */
export async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const limit = pLimit(CONCURRENCY);
  const results = await Promise.allSettled(items.map((item) => limit(() => work(item))));
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}
