/**
 * The queue between what is observed and one widget. Observing only appends; the widget gets what has come meanwhile as
 * one batch, and the next when it is done with that. The queue is bounded; what does not fit is counted, and told.
 */
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { MessageObservation, ObservedMessages } from '@ar-registry/sdk';

export interface ObserverOptions {
  readonly maxQueued: number;
  /** Hands over one batch and settles when the next may follow. Must not reject. */
  readonly deliver: (batch: ObservedMessages) => Promise<void>;
  /** Called for each that is dropped, with the number dropped since the last batch. */
  readonly onDropped: (sinceBatch: number) => void;
}

export interface Observer {
  push(observation: MessageObservation): void;
  /** Takes no more, waits until what is queued is delivered or `timeoutMs` is over, and forgets the rest. */
  close(timeoutMs: number): Promise<void>;
}

/** Crosses to another process as one message, far below what such a message may hold. */
const MAX_BATCH = 256;

export function createObserver({ maxQueued, deliver, onDropped }: ObserverOptions): Observer {
  let queue: MessageObservation[] = [];
  let dropped = 0;
  let running: Promise<void> | undefined;
  let isClosed = false;

  const run = async (): Promise<void> => {
    while (queue.length > 0) {
      // In a turn of its own: writes that the router has scheduled come first.
      await nextTurn();
      const batch = Object.freeze({ observations: Object.freeze(queue.slice(0, MAX_BATCH)), dropped });
      queue = queue.slice(MAX_BATCH);
      dropped = 0;
      await deliver(batch);
    }
    running = undefined;
  };

  return {
    push(observation) {
      if (isClosed) return;
      if (queue.length >= maxQueued) {
        dropped += 1;
        onDropped(dropped);
        return;
      }
      queue.push(observation);
      running ??= run();
    },
    async close(timeoutMs) {
      isClosed = true;
      const limit = new AbortController();
      await Promise.race([running, sleep(timeoutMs, undefined, { signal: limit.signal }).catch(() => undefined)]);
      limit.abort();
      queue = [];
    },
  };
}
