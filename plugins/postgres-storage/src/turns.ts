/** Callers that wait for a connection: first come, first served. */
export interface Turns {
  /** Resolves when one of the connections is free. @throws the signal's reason */
  take(): Promise<void>;
  give(): void;
}

/** @param width how many have their turn at once */
export function createTurns(width: number, signal: AbortSignal): Turns {
  const queue: PromiseWithResolvers<void>[] = [];
  let free = width;
  const end = (): void => {
    for (const { reject } of queue.splice(0)) reject(signal.reason);
  };
  signal.addEventListener('abort', end, { once: true });
  return {
    async take() {
      signal.throwIfAborted();
      if (free > 0) {
        free -= 1;
        return;
      }
      const turn = Promise.withResolvers<void>();
      queue.push(turn);
      await turn.promise;
    },
    give() {
      const next = queue.shift();
      if (next) next.resolve();
      else free += 1;
    },
  };
}

/** No more callers than memory has room for. */
export interface Allowance {
  /**
   * Counts a caller until the function that it gives is called.
   *
   * @param chars how much text the caller holds
   * @throws {Error} where too many wait already
   */
  admit(chars: number): () => void;
}

const MAX_CALLERS = 2000;
const MAX_CHARS = 16 * 1024 * 1024;

export function createAllowance(): Allowance {
  let callers = 0;
  let waitingChars = 0;
  return {
    admit(chars) {
      if (callers > 0 && (callers >= MAX_CALLERS || waitingChars + chars > MAX_CHARS))
        throw new Error('The database is too slow or away: too many calls wait for it already.');
      callers += 1;
      waitingChars += chars;
      return () => {
        callers -= 1;
        waitingChars -= chars;
      };
    },
  };
}
