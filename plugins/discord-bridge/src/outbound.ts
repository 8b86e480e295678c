/**
 * Messages on their way to Discord. Each channel has its own lane, in which one message follows the other; a channel that
 * Discord refuses for now, or slows down, does not hold up the others.
 */
import type { Entry, Spool } from './spool.ts';
import { classify, type Failure } from './failures.ts';
import { retryDelayMs } from './retry.ts';

export interface OutboundItem {
  /** Of the relay's message. */
  readonly id: string;
  readonly from: string;
  /** Id of the channel in Discord, not of a thread in it. It is the lane, too. */
  readonly to: string;
  /** The relay's thread. */
  readonly thread?: string;
  /** The agent to which answers in Discord go, where it wrote to the bridge alone. */
  readonly agent?: string;
  /** As the agent wrote it. */
  readonly text: string;
  /** As Discord gets it, once the first part was tried, and how many parts are there already. */
  readonly parts?: readonly string[];
  readonly posted?: number;
}

export type OutboundEvent =
  | { readonly kind: 'posted'; readonly to: string; readonly id: string }
  | { readonly kind: 'retrying' | 'given-up'; readonly to: string; readonly id: string; readonly reason: string };

export interface OutboundPorts {
  /** Posts the next part and says what is left; undefined when all parts are there. */
  readonly post: (item: OutboundItem) => Promise<OutboundItem | undefined>;
  readonly random: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly onEvent: (event: OutboundEvent) => void;
}

export interface Outbound {
  /** False if there is no room. */
  add(item: OutboundItem): boolean;
  /** Why the last attempt in a lane failed; lanes that work are not in it. */
  failing(): ReadonlyMap<string, string>;
  /** Starts no further attempt, and waits for those that are on their way. What is left stays in the spool. */
  close(limitMs: number): Promise<void>;
}

interface State extends OutboundPorts {
  readonly spool: Spool<OutboundItem>;
  readonly lanes: Map<string, Promise<void>>;
  readonly failures: Map<string, string>;
  readonly closing: AbortController;
}

/** Begins with what the spool holds. */
export function startOutbound(spool: Spool<OutboundItem>, ports: OutboundPorts): Outbound {
  const state: State = { ...ports, spool, lanes: new Map(), failures: new Map(), closing: new AbortController() };
  const begun = new Set<string>();
  for (let next = spool.first(); next; next = spool.first(({ to }) => !begun.has(to))) {
    begun.add(next.item.to);
    startLane(state, next.item.to);
  }
  return {
    add(item) {
      if (!spool.add(item)) return false;
      startLane(state, item.to);
      return true;
    },
    failing: () => state.failures,
    async close(limitMs) {
      state.closing.abort();
      const limit = Promise.withResolvers<void>();
      const timer = setTimeout(limit.resolve, limitMs);
      await Promise.race([Promise.all(state.lanes.values()), limit.promise]);
      clearTimeout(timer);
    },
  };
}

function startLane(state: State, to: string): void {
  if (state.lanes.has(to) || state.closing.signal.aborted) return;
  state.lanes.set(to, work(state, to));
}

async function work(state: State, to: string): Promise<void> {
  const { spool, closing } = state;
  const next = (): Entry<OutboundItem> | undefined => spool.first((item) => item.to === to);
  for (let entry = next(); entry && !closing.signal.aborted; entry = next()) await deliver(state, entry);
  state.lanes.delete(to);
}

async function deliver(state: State, { key, item }: Entry<OutboundItem>): Promise<void> {
  const { spool, post, closing, onEvent, failures } = state;
  let left = item;
  for (let attempt = 1; !closing.signal.aborted;) {
    try {
      const next = await post(left);
      attempt = 1;
      failures.delete(item.to);
      if (!next) {
        spool.remove(key);
        onEvent({ kind: 'posted', to: item.to, id: item.id });
        return;
      }
      left = next;
      spool.replace(key, left);
    } catch (error) {
      const failure = classify(error);
      if (!(await fail(state, { item, failure, attempt }))) {
        spool.remove(key);
        return;
      }
      attempt += 1;
    }
  }
}

interface Failed {
  readonly item: OutboundItem;
  readonly failure: Failure;
  readonly attempt: number;
}

/** Waits for the next attempt; false if there is none. */
async function fail(state: State, { item: { to, id }, failure, attempt }: Failed): Promise<boolean> {
  const { onEvent, sleep, random, closing, failures } = state;
  const { reason } = failure;
  if (failure.kind === 'refused') {
    onEvent({ kind: 'given-up', to, id, reason });
    return false;
  }
  failures.set(to, reason);
  onEvent({ kind: 'retrying', to, id, reason });
  await sleep(failure.waitMs ?? retryDelayMs(attempt, random()), closing.signal);
  return true;
}
