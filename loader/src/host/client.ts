/**
 * The relay client that a plugin gets: a real one, with a guard around the plugin's callbacks.
 *
 * A callback that throws inside RelayClient makes it drop the other frames of the same read, and one that rejects is an
 * unhandled rejection of the whole process. The guard sits in the slots themselves: the client reads a guarded function
 * from where the plugin wrote its own.
 */
import type { Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { RelayClient } from '@ar-registry/sdk';
import type { RelayClientClass } from '../relay/types.ts';

export interface GuardedClient {
  /** Made when it is first asked for: it has a buffer of 2 MB, and most plugins never do. */
  readonly client: RelayClient;
  /** Is called with it, at once or when it is made. */
  readonly onMade: (listener: (client: RelayClient) => void) => void;
  /** Writes what is queued, then ends the connection for good. The callbacks are not called any more. */
  readonly close: () => Promise<void>;
}

export interface GuardedClientOptions {
  readonly RelayClient: RelayClientClass;
  readonly socketPath: string;
  readonly agentName: string;
  /** Runs a callback of the plugin; `slot` names it. Must not throw. */
  readonly call: (slot: CallbackSlot, callback: () => unknown) => void;
}

const SLOTS = ['onMessage', 'onChannelMessage', 'onStateChange', 'onError'] as const;
export type CallbackSlot = (typeof SLOTS)[number];

const CLOSE_TIMEOUT_MS = 1_000;

export function createGuardedClient(options: GuardedClientOptions): GuardedClient {
  const gate = { open: true };
  const listeners: ((client: RelayClient) => void)[] = [];
  let client: RelayClient | undefined;
  return {
    get client() {
      if (client) return client;
      client = makeClient(options, gate);
      // As one is that was made before its plugin was unloaded.
      if (!gate.open) client.destroy();
      for (const listener of listeners) listener(client);
      return client;
    },
    onMade(listener) {
      listeners.push(listener);
      if (client) listener(client);
    },
    async close() {
      gate.open = false;
      if (client) await endClient(client);
    },
  };
}

function makeClient(
  { RelayClient, socketPath, agentName, call }: GuardedClientOptions,
  gate: { readonly open: boolean },
): RelayClient {
  // `quiet` silences most of what the client prints, not all; see console.ts.
  const client = new RelayClient({ socketPath, agentName, quiet: true, reconnect: true, cli: 'ar-plugin' });
  for (const slot of SLOTS) guardSlot(client, slot, (callback) => gate.open && call(slot, callback));
  // Also one that was ended connects when it is told to: its name may be another's by then.
  const connect = client.connect.bind(client);
  client.connect = () => (gate.open ? connect() : Promise.reject(new Error('the plugin was unloaded')));
  return client;
}

async function endClient(client: RelayClient): Promise<void> {
  // A frame is queued with setImmediate: ending the connection in the same turn would lose it.
  await nextTurn();
  await nextTurn();
  const { socket } = client as unknown as { readonly socket?: Socket };
  const closed = socket && !socket.destroyed ? new Promise((resolve) => socket.once('close', resolve)) : undefined;
  // Not `disconnect()`: with `reconnect` on, it comes back.
  client.destroy();
  const limit = new AbortController();
  await Promise.race([closed, sleep(CLOSE_TIMEOUT_MS, undefined, { signal: limit.signal }).catch(() => undefined)]);
  limit.abort();
}

type Callback = (...args: unknown[]) => unknown;

function guardSlot(client: RelayClient, slot: CallbackSlot, call: (callback: () => unknown) => unknown): void {
  let guarded: Callback | undefined;
  Object.defineProperty(client, slot, {
    configurable: true,
    enumerable: true,
    get: () => guarded,
    set: (callback: unknown) => {
      guarded = typeof callback === 'function' ? (...args) => call(() => (callback as Callback)(...args)) : undefined;
    },
  });
}
