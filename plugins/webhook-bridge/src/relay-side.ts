/**
 * The bridge's side towards the relay: which messages go out to the target, and how those that came in are sent.
 *
 * The daemon puts every agent into `#general`; only messages of channels that the configuration names are posted.
 * Messages of the bridge itself are not, or two ends that answer each other would never stop.
 */
import type { RelayClient } from '@ar-registry/sdk';
import type { InboundMessage } from './inbound-message.ts';

/** A relay message as the target gets it, under `data`. */
export interface RelayMessage {
  readonly id: string;
  readonly from: string;
  /** The bridge's own name, or `*`; absent for a channel message. */
  readonly to?: string;
  readonly channel?: string;
  readonly thread?: string;
  readonly kind: string;
  readonly body: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface RelaySide {
  /** False if the client is not connected. */
  send(message: InboundMessage): boolean;
  /** Gives the client's callbacks back. */
  detach(): void;
}

/** Starts to listen. `onMessage` must not throw: the client would drop the frames that came with the message. */
export function attachToRelay(
  client: RelayClient,
  channels: readonly string[],
  onMessage: (message: RelayMessage) => void,
): RelaySide {
  const wanted = new Set(channels);
  const joined = new Set<string>();
  const join = (channel: string): void => {
    if (!joined.has(channel) && client.joinChannel(channel)) joined.add(channel);
  };
  const joinWanted = (): void => {
    joined.clear();
    for (const channel of wanted) join(channel);
  };
  const outerOnStateChange = client.onStateChange;

  // The client calls this for the messages of channels too, with the channel as `to`.
  client.onMessage = (...[from, payload, id, , to = client.agentName]) => {
    if (from === client.agentName || !isForBridge(to, client.agentName)) return;
    onMessage({ id, from, to, kind: payload.kind, ...contentOf(payload) });
  };
  client.onChannelMessage = (...[from, channel, body, { id, payload }]) => {
    if (from === client.agentName || !wanted.has(channel)) return;
    onMessage({ id, from, channel, kind: 'message', ...contentOf({ ...payload, body }) });
  };
  // The daemon forgets the channels of a connection that is lost.
  client.onStateChange = (state) => {
    outerOnStateChange?.(state);
    if (state === 'READY') joinWanted();
  };
  joinWanted();

  return {
    send(message) {
      if (message.kind === 'direct') {
        return client.sendMessage(message.to, message.body, 'message', message.data, message.thread);
      }
      // The daemon drops messages to a channel of which the sender is no member.
      join(message.channel);
      const { body, ...options } = contentOf(message);
      return client.sendChannelMessage(message.channel, body, options);
    },
    detach() {
      delete client.onMessage;
      delete client.onChannelMessage;
      if (outerOnStateChange) client.onStateChange = outerOnStateChange;
      else delete client.onStateChange;
    },
  };
}

/** The daemon finds agents without regard to case. */
function isForBridge(to: string, agentName: string): boolean {
  return to === '*' || to.toLowerCase() === agentName.toLowerCase();
}

interface Content {
  readonly body: string;
  readonly thread?: string | undefined;
  readonly data?: Record<string, unknown> | undefined;
}

/** Key by key: a payload is what its sender made it, and may hold a `from` or an `id` of its own. */
function contentOf({ body, thread, data }: Content): { body: string; thread?: string; data?: Record<string, unknown> } {
  return { body, ...(thread !== undefined && { thread }), ...(data && { data }) };
}
