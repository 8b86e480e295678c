import type { ClientState, PayloadKind, RelayClient, SendMeta } from '../relay.ts';

/** What the plugin sent. Keys that it did not set are absent, so a test can compare the whole object. */
export interface SentMessage {
  /** An agent's name, or `*`; absent when the message went to a channel. */
  readonly to?: string;
  readonly channel?: string;
  readonly body: string;
  /** Absent for a channel message, which has none. */
  readonly kind?: PayloadKind;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly thread?: string;
  readonly mentions?: readonly string[];
  readonly meta?: Readonly<SendMeta>;
}

export interface DeliveryOptions {
  /** What the callback gets as `originalTo`: `*` for a broadcast; nothing, as the real client does, unless given. */
  readonly to?: string;
  readonly kind?: PayloadKind;
  readonly data?: Record<string, unknown>;
  readonly thread?: string;
  /** `message-1`, `message-2`, … unless given. */
  readonly id?: string;
  readonly meta?: SendMeta;
}

export interface ChannelDeliveryOptions {
  readonly data?: Record<string, unknown>;
  readonly thread?: string;
  readonly id?: string;
}

/**
 * A relay client without a daemon. As the real one, it sends only while it is `READY`, it hands a plugin only messages
 * of `#general` and of channels that the plugin joined, it hands each of those to both callbacks, and these are single
 * slots.
 */
export interface TestRelayClient extends RelayClient {
  /** Everything sent so far, in order. */
  readonly sent: readonly SentMessage[];
  /** Channels joined and not left. */
  readonly channels: ReadonlySet<string>;
  /** Hands a message to `onMessage`. What the callback throws reaches the test. False if nothing listens. */
  deliver(from: string, body: string, options?: DeliveryOptions): boolean;
  /** Hands a message to `onChannelMessage`, then to `onMessage`. False if nothing listens or the channel was not joined. */
  deliverChannel(message: { from: string; channel: string; body: string } & ChannelDeliveryOptions): boolean;
  /** Plays a lost or restored connection; calls `onStateChange`. Losing it forgets the joined channels. */
  setState(state: ClientState): void;
  /** The first message that `matches`, sent already or still to come. Give the test a time limit. */
  waitForSent(matches?: (message: SentMessage) => boolean): Promise<SentMessage>;
}

/** A client that is `READY`. */
export function createTestRelayClient(ports: { readonly agentName: string; now(): number }): TestRelayClient {
  const channels = new Set<string>();
  const outbox = createOutbox();
  let state: ClientState = 'READY';
  let deliveries = 0;
  const nextId = (): string => `message-${(deliveries += 1)}`;
  const whenReady = (act: () => void): boolean => {
    if (state !== 'READY') return false;
    act();
    return true;
  };

  const client: TestRelayClient = {
    get state() {
      return state;
    },
    agentName: ports.agentName,
    sent: outbox.sent,
    channels,
    waitForSent: outbox.waitFor,
    connect: () => Promise.resolve(client.setState('READY')),
    destroy: () => client.setState('DISCONNECTED'),
    sendMessage: (...message) => whenReady(() => outbox.add(toSentMessage(...message))),
    broadcast: (body, kind, data) => client.sendMessage('*', body, kind, data),
    joinChannel: (channel) => whenReady(() => channels.add(channel)),
    leaveChannel: (channel) => whenReady(() => channels.delete(channel)),
    sendChannelMessage: (channel, body, options = {}) =>
      whenReady(() => outbox.add({ channel, body, ...definedOnly(options) })),
    deliver(from, body, { to, kind = 'message', id = nextId(), meta, ...payload } = {}) {
      if (state !== 'READY' || !client.onMessage) return false;
      client.onMessage(from, { kind, body, ...definedOnly(payload) }, id, meta, to);
      return true;
    },
    deliverChannel({ from, id = nextId(), ...payload }) {
      const { channel, body, thread } = payload;
      const isMember = channel === '#general' || channels.has(channel);
      if (state !== 'READY' || !isMember || !(client.onChannelMessage ?? client.onMessage)) return false;
      client.onChannelMessage?.(from, channel, body, { v: 1, type: 'CHANNEL_MESSAGE', id, ts: ports.now(), payload });
      const data = { _isChannelMessage: true, _channel: channel };
      client.onMessage?.(from, { kind: 'message', body, data, ...definedOnly({ thread }) }, id, undefined, channel);
      return true;
    },
    setState(next) {
      if (next === state) return;
      state = next;
      if (next !== 'READY') channels.clear();
      client.onStateChange?.(next);
    },
  };
  return client;
}

interface Outbox {
  readonly sent: readonly SentMessage[];
  readonly add: (message: SentMessage) => void;
  readonly waitFor: (matches?: (message: SentMessage) => boolean) => Promise<SentMessage>;
}

function createOutbox(): Outbox {
  const sent: SentMessage[] = [];
  const waiting = new Set<(message: SentMessage) => void>();
  return {
    sent,
    add(message) {
      sent.push(message);
      for (const check of waiting) check(message);
    },
    waitFor(matches = () => true) {
      const found = sent.find(matches);
      if (found) return Promise.resolve(found);
      return new Promise((resolve) => {
        const check = (message: SentMessage): void => {
          if (!matches(message)) return;
          waiting.delete(check);
          resolve(message);
        };
        waiting.add(check);
      });
    },
  };
}

function toSentMessage(...[to, body, kind = 'message', data, thread, meta]: Parameters<RelayClient['sendMessage']>) {
  return { to, body, kind, ...definedOnly({ data, thread, meta }) };
}

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** Leaves out keys whose value is undefined. */
function definedOnly<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
}
