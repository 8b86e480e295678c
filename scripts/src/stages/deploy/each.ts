/** Enough to keep a network busy, and few enough for every server. */
const AT_ONCE = 16;

/**
 * Does it for all, a few at a time; after a failure nothing more is begun, and what was begun is waited for.
 *
 * @throws what the first that failed threw, and the reason of the signal
 */
export async function each<T>(
  items: readonly T[],
  act: (item: T) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const queue = items.values();
  let isBroken = false;
  const work = async (): Promise<void> => {
    for (const item of queue) {
      if (isBroken) return;
      try {
        signal.throwIfAborted();
        await act(item);
      } catch (error) {
        isBroken = true;
        throw error;
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: AT_ONCE }, work));
  const failed = ended.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}
