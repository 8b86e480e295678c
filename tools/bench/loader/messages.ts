import { once } from 'node:events';
import { type Client, connectClient, startBenchRelay, type Where } from './relay.ts';
import { hook } from './plugins.ts';

export interface Messages {
  /** From sending to receiving, one message after the other. */
  readonly latencyMs: readonly number[];
  readonly sent: number;
  readonly received: number;
  /** Whether they came in the order in which they were sent. */
  readonly inOrder: boolean;
  /** Of all that were sent at once. */
  readonly perSecond: number;
}

const ONE_BY_ONE = 300;
/** As many at once: more than a queue of the daemon holds would test the daemon. */
const BATCH = 100;

/** Sends messages through a hook that changes each of them. */
export async function messages(where: Where, count: number): Promise<Messages> {
  await using relay = await startBenchRelay([hook(where)], where);
  const alice = await connectClient(relay.socketPath, 'Alice');
  const bob = await connectClient(relay.socketPath, 'Bob');
  const inbox = inboxOf(bob);
  const latencyMs: number[] = [];
  for (let index = 0; index < ONE_BY_ONE; index += 1) {
    const startedMs = performance.now();
    alice.sendMessage('Bob', `warm ${index}`);
    await inbox.reached(index + 1);
    latencyMs.push(performance.now() - startedMs);
  }
  inbox.clear();
  const startedMs = performance.now();
  for (let sent = 0; sent < count; sent += BATCH) {
    relay.allowMoreFrom('Alice');
    for (let index = sent; index < Math.min(sent + BATCH, count); index += 1) alice.sendMessage('Bob', `${index}`);
    await inbox.reached(Math.min(sent + BATCH, count));
  }
  const seconds = (performance.now() - startedMs) / 1000;
  const inOrder = inbox.bodies.every((body, index) => body === `${index}!`);
  const received = inbox.bodies.length;
  for (const client of [alice, bob]) client.destroy();
  return { latencyMs, sent: count, received, inOrder, perSecond: count / seconds };
}

interface Inbox {
  readonly bodies: readonly string[];
  /** Resolves once there are as many; rejects after a minute. */
  reached(count: number): Promise<void>;
  clear(): void;
}

function inboxOf(client: Client): Inbox {
  const bodies: string[] = [];
  const arrivals = new EventTarget();
  client.onMessage = (_from, { body }) => {
    bodies.push(body);
    arrivals.dispatchEvent(new Event('message'));
  };
  return {
    bodies,
    reached: async (count) => {
      const signal = AbortSignal.timeout(60_000);
      while (bodies.length < count) await once(arrivals, 'message', { signal });
    },
    clear: () => void bodies.splice(0),
  };
}
