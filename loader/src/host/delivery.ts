/**
 * The queue between the daemon's routing and one plugin.
 *
 * Routing only appends, so a plugin that is slow, hangs or throws delays nobody but itself. The plugin gets events one
 * at a time and in order. The queue is bounded in number and in memory; what does not fit is dropped and counted.
 */
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

export interface Sized {
  readonly sizeBytes: number;
}

export interface DeliveryOptions<Event extends Sized> {
  readonly maxEvents: number;
  readonly maxBytes: number;
  /** Hands over one event and settles when the next may follow. Must not reject. */
  readonly deliver: (event: Event) => Promise<void>;
  /** Milliseconds of a clock that nobody sets; for measuring the share of a turn. */
  readonly now: () => number;
  /** Called for each event that is dropped, with the number dropped in a row so far. */
  readonly onDropped: (event: Event, inARow: number) => void;
}

export interface Delivery<Event> {
  push(event: Event): void;
  /** Takes no more, waits until what is queued is delivered or `timeoutMs` is over, and forgets the rest. */
  close(timeoutMs: number): Promise<void>;
}

/** How long a plugin that answers at once may keep the turn: sockets wait meanwhile. */
const MAX_TURN_MS = 5;

export function createDelivery<Event extends Sized>(options: DeliveryOptions<Event>): Delivery<Event> {
  const queue: Event[] = [];
  let bytes = 0;
  let droppedInARow = 0;
  let running: Promise<void> | undefined;
  let closed = false;

  const run = async (): Promise<void> => {
    while (queue.length > 0) {
      // In a turn of its own: writes that the router has scheduled come first.
      await nextTurn();
      const endMs = options.now() + MAX_TURN_MS;
      for (let event = queue.shift(); event !== undefined; event = queue.shift()) {
        bytes -= event.sizeBytes;
        await options.deliver(event);
        if (options.now() >= endMs) break;
      }
    }
    running = undefined;
  };

  return {
    push(event) {
      if (closed) return;
      if (queue.length >= options.maxEvents || bytes + event.sizeBytes > options.maxBytes) {
        droppedInARow += 1;
        options.onDropped(event, droppedInARow);
        return;
      }
      droppedInARow = 0;
      queue.push(event);
      bytes += event.sizeBytes;
      running ??= run();
    },
    async close(timeoutMs) {
      closed = true;
      const limit = new AbortController();
      await Promise.race([running, sleep(timeoutMs, undefined, { signal: limit.signal }).catch(() => undefined)]);
      limit.abort();
      queue.length = 0;
    },
  };
}
