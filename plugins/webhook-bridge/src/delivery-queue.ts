/**
 * Messages that wait for the target: one is on its way at a time, until it is delivered, refused or given up.
 *
 * That keeps their order, which a conversation needs; the price is that a message which fails delays those behind it,
 * as it would if the target were down.
 */
import { type DeliverPorts, type Delivery, type DeliveryEvent, deliver } from './deliver.ts';

const MAX_QUEUED_CHARS = 16 * 1024 ** 2;

export interface DeliveryQueueOptions extends Omit<DeliverPorts, 'onRetry'> {
  readonly maxLength: number;
  now(): Date;
  /** Called when the status already tells of it. */
  onEvent(event: DeliveryEvent): void;
}

export interface QueueStatus {
  /** Messages that wait, the one on its way included. */
  readonly queueLength: number;
  readonly delivered: number;
  readonly givenUp: number;
  /** Messages for which there was no room. */
  readonly dropped: number;
  /** ISO 8601. */
  readonly lastSuccessAt?: string;
  readonly lastFailureAt?: string;
  /** Why the last attempt failed; absent when it succeeded. */
  readonly failing?: string;
}

export interface DeliveryQueue {
  /** False if there is no room, or the queue is closed. */
  add(delivery: Delivery): boolean;
  status(): QueueStatus;
  /**
   * Takes no more, waits no more between attempts, makes one more attempt for each message, and aborts what is not done
   * after `limitMs`. Resolves to the number of messages that were not delivered.
   */
  close(limitMs: number): Promise<number>;
}

/** An empty queue. It starts to work by itself when something is added. */
export function createDeliveryQueue(options: DeliveryQueueOptions): DeliveryQueue {
  const waiting: Delivery[] = [];
  const closing = new AbortController();
  const aborting = new AbortController();
  const signals = { closing: closing.signal, aborting: aborting.signal };
  let queuedChars = 0;
  let worker: Promise<void> | undefined;
  let counts: Omit<QueueStatus, 'queueLength'> = { delivered: 0, givenUp: 0, dropped: 0 };

  const note = (event: DeliveryEvent): void => {
    counts = countEvent(counts, event, options.now().toISOString());
    options.onEvent(event);
  };
  const work = async (): Promise<void> => {
    for (let next = waiting[0]; next && !aborting.signal.aborted; next = waiting[0]) {
      const end = await deliver(next, { ...options, onRetry: note }, signals);
      waiting.shift();
      queuedChars -= next.body.length;
      note(end);
    }
    worker = undefined;
  };

  return {
    add(delivery) {
      const hasRoom = waiting.length < options.maxLength && queuedChars + delivery.body.length <= MAX_QUEUED_CHARS;
      if (!hasRoom || closing.signal.aborted) {
        counts = { ...counts, dropped: counts.dropped + 1 };
        return false;
      }
      waiting.push(delivery);
      queuedChars += delivery.body.length;
      worker ??= work();
      return true;
    },
    status: () => ({ queueLength: waiting.length, ...counts }),
    async close(limitMs) {
      const { givenUp } = counts;
      closing.abort();
      const limit = setTimeout(() => aborting.abort(), limitMs);
      await worker;
      clearTimeout(limit);
      return counts.givenUp - givenUp + waiting.length;
    },
  };
}

function countEvent(
  counts: Omit<QueueStatus, 'queueLength'>,
  event: DeliveryEvent,
  at: string,
): Omit<QueueStatus, 'queueLength'> {
  const { failing: _, ...others } = counts;
  switch (event.kind) {
    case 'delivered':
      return { ...others, delivered: counts.delivered + 1, lastSuccessAt: at };
    case 'retrying':
      return { ...others, lastFailureAt: at, failing: event.reason };
    case 'given-up':
      return { ...others, givenUp: counts.givenUp + 1, lastFailureAt: at, failing: event.reason };
    default:
      return event satisfies never;
  }
}
