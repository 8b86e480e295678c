/**
 * The plugin's relay client: the real one is in the daemon's process. What the real one answers at once is answered from
 * what was last heard of it.
 */
import type { ClientState, RelayClient } from '@ar-registry/sdk';
import type { Peer } from '../bridge/peer.ts';
import { CLIENT_CALLBACKS, type ClientCallback, type ClientMethod } from '../bridge/protocol.ts';

export interface GuestClient {
  readonly client: RelayClient;
  readonly setState: (state: ClientState) => void;
  /** Calls what the plugin put into a slot, if anything. */
  readonly callBack: (slot: ClientCallback, args: readonly unknown[]) => unknown;
}

type Callback = (...args: readonly unknown[]) => unknown;

export function createGuestClient(agentName: string, peer: Pick<Peer, 'call' | 'note'>): GuestClient {
  const slots = new Map<ClientCallback, Callback>();
  let state: ClientState = 'DISCONNECTED';
  const send = (method: ClientMethod, args: readonly unknown[]): boolean => {
    if (state !== 'READY' && method !== 'destroy') return false;
    peer.note('client', [method, args]);
    return true;
  };
  const client: RelayClient = {
    get state() {
      return state;
    },
    agentName,
    connect: async () => {
      await peer.call('connect', []);
    },
    destroy: () => void send('destroy', []),
    sendMessage: (...args) => send('sendMessage', args),
    broadcast: (...args) => send('broadcast', args),
    joinChannel: (...args) => send('joinChannel', args),
    leaveChannel: (...args) => send('leaveChannel', args),
    sendChannelMessage: (...args) => send('sendChannelMessage', args),
  };
  for (const slot of CLIENT_CALLBACKS) defineSlot(client, slot, { slots, peer });
  return {
    client,
    setState: (next) => {
      state = next;
    },
    callBack: (slot, args) => slots.get(slot)?.(...args),
  };
}

function defineSlot(
  client: RelayClient,
  slot: ClientCallback,
  { slots, peer }: { readonly slots: Map<ClientCallback, Callback>; readonly peer: Pick<Peer, 'note'> },
): void {
  Object.defineProperty(client, slot, {
    enumerable: true,
    get: () => slots.get(slot),
    set: (callback: unknown) => {
      if (typeof callback === 'function') slots.set(slot, callback as Callback);
      else slots.delete(slot);
      peer.note('listen', [slot, typeof callback === 'function']);
    },
  });
}
