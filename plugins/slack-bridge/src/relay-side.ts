/**
 * The bridge's side towards the relay: which messages are meant for Slack, and how those of Slack are sent.
 *
 * The daemon puts every agent into `#general`; only messages of channels that the configuration names are carried.
 * Messages of the bridge itself are not, or two ends that answer each other would never stop.
 */
import type { RelayClient, SendPayload } from '@ar-registry/sdk';

/** A message of an agent. */
export interface FromRelay {
  readonly id: string;
  readonly from: string;
  /** Where it was written to: a channel, all, or the bridge alone. */
  readonly target: { readonly kind: 'channel'; readonly channel: string } | { readonly kind: 'all' | 'bridge' };
  readonly thread?: string;
  readonly body: string;
}

/** A message for an agent or a channel. */
export interface ToRelay {
  readonly target:
    | { readonly kind: 'channel'; readonly channel: string }
    | { readonly kind: 'agent'; readonly agent: string };
  readonly body: string;
  readonly thread: string;
  readonly mentions: readonly string[];
  readonly data: Record<string, unknown>;
}

export interface RelaySide {
  /** False if the client is not connected. */
  send(message: ToRelay): boolean;
  /** Resolves when the client is connected, or when `signal` is aborted. */
  connected(signal: AbortSignal): Promise<void>;
  /** Gives the client's callbacks back. */
  detach(): void;
}

/** What an agent thinks, and what state it is in, it does not say to people. */
const CARRIED: ReadonlySet<string> = new Set(['message', 'action']);

/** Starts to listen. `onMessage` must not throw: the client would drop the frames that came with the message. */
export function attachToRelay(
  client: RelayClient,
  channels: readonly string[],
  onMessage: (message: FromRelay) => void,
): RelaySide {
  const wanted = new Set(channels);
  const waiting = new Set<() => void>();
  const outerOnStateChange = client.onStateChange;

  // The client calls this for the messages of channels too, with the channel as `to`.
  client.onMessage = (...[from, payload, id, , to = client.agentName]) => {
    const target = targetOf(to, client.agentName, wanted);
    if (from === client.agentName || !target || !CARRIED.has(payload.kind)) return;
    onMessage({ id, from, target, ...contentOf(payload) });
  };
  // The daemon forgets the channels of a connection that is lost.
  client.onStateChange = (state) => {
    outerOnStateChange?.(state);
    if (state !== 'READY') return;
    for (const channel of wanted) client.joinChannel(channel);
    for (const resolve of waiting) resolve();
    waiting.clear();
  };
  for (const channel of wanted) client.joinChannel(channel);

  return {
    send({ target, body, thread, mentions, data }) {
      if (target.kind === 'agent') return client.sendMessage(target.agent, body, 'message', data, thread);
      const options = { thread, data, ...(mentions.length > 0 && { mentions: [...mentions] }) };
      return client.sendChannelMessage(target.channel, body, options);
    },
    connected: (signal) =>
      new Promise((resolve) => {
        if (client.state === 'READY' || signal.aborted) return resolve();
        waiting.add(resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
      }),
    detach() {
      delete client.onMessage;
      if (outerOnStateChange) client.onStateChange = outerOnStateChange;
      else delete client.onStateChange;
    },
  };
}

/** The daemon finds agents without regard to case. */
function targetOf(to: string, agentName: string, channels: ReadonlySet<string>): FromRelay['target'] | undefined {
  if (to === '*') return { kind: 'all' };
  if (channels.has(to)) return { kind: 'channel', channel: to };
  return to.toLowerCase() === agentName.toLowerCase() ? { kind: 'bridge' } : undefined;
}

/** Names of threads are kept for long; a longer one is none. */
const MAX_THREAD_CHARS = 300;

/** Key by key: a payload is what its sender made it. */
function contentOf({ body, thread }: SendPayload): { body: string; thread?: string } {
  return { body, ...(typeof thread === 'string' && thread !== '' && thread.length <= MAX_THREAD_CHARS && { thread }) };
}
