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
