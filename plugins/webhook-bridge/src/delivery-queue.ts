/**
 * Messages that wait for one endpoint: on the disk first, then one is on its way at a time, until it is delivered, refused
 * or given up. What is not delivered goes to the dead letters.
 *
 * One at a time keeps their order, which a conversation needs; the price is that a message which fails delays those behind
 * it, as it would if the endpoint were down. Endpoints do not wait for each other.
 */
import { countEvent, type Counts } from './counts.ts';
import {
  deliver,
  type DeliverPorts,
  type DeliverSignals,
  type Delivery,
  type DeliveryEvent,
  type EndEvent,
} from './deliver.ts';
import { MAX_BODY_CHARS } from './delivery.ts';
import type { Journal } from './journal.ts';

export interface DeliveryQueueOptions extends Omit<DeliverPorts, 'onRetry'> {
  readonly maxLength: number;
  readonly journal: Journal<Delivery>;
  /** Nothing is posted any more: everything is a dead letter at once. */
  readonly isDisabled: boolean;
  /** Keeps what was not delivered. Must not reject. */
  bury(delivery: Delivery, reason: string): Promise<void>;
  /** The endpoint says that it is gone for good. Must not reject. */
  disable(): Promise<void>;
  now(): Date;
  /** Called when the status already tells of it. */
  onEvent(event: DeliveryEvent): void;
  /** The disk does not take a message: it is delivered all the same, unless the process ends before. */
  onUnsafe(error: unknown): void;
}

export interface QueueStatus extends Counts {
  /** Messages that wait, the one on its way included. */
  readonly queueLength: number;
  readonly disabled: boolean;
}

export interface DeliveryQueue {
  /** False if there is no room, or the queue is closed. */
  add(delivery: Delivery): boolean;
  hasRoom(delivery: Delivery): boolean;
  /** Resolves when everything that was added is on the disk, or cannot be. */
  stored(): Promise<void>;
  /** Posts to the endpoint again. */
  enable(): void;
  status(): QueueStatus;
  /**
   * Takes no more, waits no more between attempts, makes one more attempt for each message, and aborts what is not done
   * after `limitMs`. What is not delivered stays on the disk. Resolves to its number.
   */
  close(limitMs: number): Promise<number>;
}

interface Waiting {
  readonly delivery: Delivery;
  /** Absent where it is in memory alone. */
  readonly seq: number | undefined;
}

/** It starts to work by itself with what the journal holds, and when something is added. */
export function createDeliveryQueue(options: DeliveryQueueOptions): DeliveryQueue {
  const waiting: Waiting[] = options.journal.left.map(({ seq, item }) => ({ seq, delivery: item }));
  const room = createRoom(options.maxLength, waiting);
  const [closing, aborting] = [new AbortController(), new AbortController()];
  const signals = { closing: closing.signal, aborting: aborting.signal };
  const state: State = { counts: { delivered: 0, givenUp: 0, dropped: 0 }, disabled: options.isDisabled };
  let worker: Promise<void> | undefined;
  let storing: Promise<void> = Promise.resolve();

  const start = (): void => {
    worker ??= work({ waiting, room, state, options, signals }).finally(() => {
      worker = undefined;
      // One may have come since the last look.
      if (waiting.length > 0 && !closing.signal.aborted) start();
    });
  };
  const store = async (delivery: Delivery): Promise<void> => {
    const stored = await options.journal.append(delivery).catch((error: unknown) => options.onUnsafe(error));
    waiting.push({ delivery, seq: stored ? stored.seq : undefined });
    start();
  };
  const hasRoom = (delivery: Delivery): boolean => !closing.signal.aborted && room.has(delivery);
  if (waiting.length > 0) start();

  return {
    hasRoom,
    add(delivery) {
      if (!hasRoom(delivery)) {
        state.counts = { ...state.counts, dropped: state.counts.dropped + 1 };
        return false;
      }
      room.take(delivery);
      storing = Promise.all([storing, store(delivery)]).then(() => undefined);
      return true;
    },
    stored: () => storing,
    enable: () => void (state.disabled = false),
    status: () => ({ queueLength: room.length(), disabled: state.disabled, ...state.counts }),
    async close(limitMs) {
      closing.abort();
      const limit = setTimeout(() => aborting.abort(), limitMs);
      await storing;
      await worker;
      clearTimeout(limit);
      await options.journal.close();
      return room.length();
    },
  };
}

interface State {
  counts: Counts;
  disabled: boolean;
}

interface Work {
  readonly waiting: Waiting[];
  readonly room: Room;
  readonly state: State;
  readonly options: DeliveryQueueOptions;
  readonly signals: DeliverSignals;
}

/** Until nothing waits, or one has to stay. */
async function work({ waiting, room, state, options, signals }: Work): Promise<void> {
  const note = (event: DeliveryEvent): void => {
    state.counts = countEvent(state.counts, event, options.now().toISOString());
    options.onEvent(event);
  };
  for (let next = waiting[0]; next && !signals.aborting.aborted; next = waiting[0]) {
    const { delivery, seq } = next;
    const end: EndEvent = state.disabled
      ? { kind: 'given-up', id: delivery.id, attempts: 0, reason: 'disabled' }
      : await deliver(delivery, { ...options, onRetry: note }, signals);
    if (end.kind !== 'kept') {
      if (end.kind !== 'delivered') await options.bury(delivery, end.reason);
      if (end.kind === 'gone') state.disabled = true;
      if (end.kind === 'gone') await options.disable();
      if (seq !== undefined) await options.journal.done(seq).catch((error: unknown) => options.onUnsafe(error));
      waiting.shift();
      room.give(delivery);
    }
    note(end);
    if (end.kind === 'kept') return;
  }
}

/** No more than memory has room for. */
interface Room {
  has(delivery: Delivery): boolean;
  take(delivery: Delivery): void;
  give(delivery: Delivery): void;
  length(): number;
}

function createRoom(maxLength: number, waiting: readonly Waiting[]): Room {
  let length = 0;
  let chars = 0;
  const take = ({ body }: Delivery): void => {
    length += 1;
    chars += body.length;
  };
  for (const { delivery } of waiting) take(delivery);
  return {
    has: ({ body }) => length < maxLength && chars + body.length <= MAX_BODY_CHARS,
    take,
    give({ body }) {
      length -= 1;
      chars -= body.length;
    },
    length: () => length,
  };
}
