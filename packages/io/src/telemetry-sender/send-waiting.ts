/**
 * Telling registries what waits to be told: one GET for each event, one try, two seconds at most. The answer is not read,
 * a redirect is not followed, nothing is sent along but the address and the version of this program.
 */
import http from 'node:http';
import { eventAddress } from '@ar-registry/core/telemetry';
import type { AgentFor } from '../api-client/http.ts';
import type { EventQueue, QueuedEvent, ToldEvent } from '../telemetry/index.ts';
import type { Collectors } from './collectors.ts';

export interface SendOptions {
  readonly queue: EventQueue;
  readonly collectors: Collectors;
  /** Of the program that tells. */
  readonly version: string;
  /** Makes the connections where Node's own agents will not do. */
  readonly agentFor?: AgentFor | undefined;
  readonly now: () => Date;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 2000;
/** What waited longer is no longer true of the day or the hour that it would be counted in. */
const MAX_AGE_MS = 86_400_000;

/** Sends all that waits, and remembers it. Never throws. @returns how many events there were */
export async function sendWaiting(options: SendOptions): Promise<number> {
  const { queue, collectors, now } = options;
  const events = queue.take().filter(({ at }) => now().getTime() - Date.parse(at) < MAX_AGE_MS);
  const byCollector = Map.groupBy(await addressed(events, collectors), ({ collector }) => collector);
  const told = await Promise.all(Array.from(byCollector.values(), (those) => tellOne(those, options)));
  queue.remember(told.flat());
  return events.length;
}

interface Addressed {
  readonly collector: string;
  readonly address: string;
}

/** Of registries that want to be told. The same twice is told once. */
async function addressed(events: readonly QueuedEvent[], collectors: Collectors): Promise<readonly Addressed[]> {
  const found = await Promise.all(
    events.map(async ({ registry, event }): Promise<readonly Addressed[]> => {
      const { collector } = await collectors(registry);
      return collector === undefined ? [] : [{ collector, address: `${collector}${eventAddress(event)}` }];
    }),
  );
  return [...new Map(found.flat().map((one) => [one.address, one])).values()];
}

/** One after the other, over one connection. Who fails once is asked nothing more. */
async function tellOne(events: readonly Addressed[], options: SendOptions): Promise<readonly ToldEvent[]> {
  const told: ToldEvent[] = [];
  let isThere = true;
  for (const { address } of events) {
    isThere &&= await ask(address, options);
    told.push({ at: options.now().toISOString(), address, sent: isThere });
  }
  return told;
}

/** @returns whether a server answered, whatever it said */
async function ask(address: string, options: SendOptions): Promise<boolean> {
  try {
    const { protocol } = new URL(address);
    const agent = await options.agentFor?.(protocol === 'https:' ? 'https:' : 'http:');
    const client = protocol === 'https:' ? await import('node:https') : http;
    return await new Promise((resolve) => {
      const sent = client.get(address, {
        ...(agent ? { agent } : {}),
        headers: { 'user-agent': `ar/${options.version}` },
        signal: AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS),
      });
      sent.on('error', () => resolve(false));
      sent.on('response', (response) => {
        resolve(true);
        response.on('error', () => undefined);
        // A file of a few bytes leaves the connection to the next event; nobody waits for more.
        if (Number(response.headers['content-length'] ?? Infinity) <= 1024) response.resume();
        else sent.destroy();
      });
    });
  } catch {
    return false; // an address or a proxy that is none
  }
}
