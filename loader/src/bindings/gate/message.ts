import type { MessageEvent } from '@ar-registry/sdk';
import { toMessageEvent } from '../../host/events.ts';
import type { RelayConnection, RelayEnvelope } from '../../relay/types.ts';

export type RouteMethod = 'route' | 'routeChannelMessage';

/** A message before it is delivered. The envelope is attacker-controlled: every field may be anything. */
export interface GatedMessage {
  readonly kind: 'direct' | 'broadcast' | 'channel';
  readonly connection: RelayConnection;
  readonly envelope: RelayEnvelope;
  /** What plugins are told of it; follows changes. */
  readonly event: MessageEvent;
  /** Of the event as it came, roughly. */
  readonly sizeBytes: number;
  /** The name behind the connection, whatever the envelope says. */
  readonly sender: string;
  /** For people: an agent's name, `*` or a channel. */
  readonly addressee: string;
  /** Names of all that would get it as things are, copies for shadows included. */
  readonly receivers: readonly string[];
}

export type Verdict =
  | { readonly kind: 'pass' }
  /** Goes on changed, or to fewer receivers. */
  | {
      readonly kind: 'change';
      readonly message: GatedMessage;
      /** Receivers it is kept from, and why. */ readonly denied?: Denial;
    }
  | { readonly kind: 'drop'; readonly denial: Denial };

/** What the sender is told. */
export interface Denial {
  /** One clean sentence. */
  readonly reason: string;
  /** Who is kept from the message: names, or the addressee. */
  readonly from: readonly string[];
}

export const PASS: Verdict = { kind: 'pass' };

/** Reads a message as it came in. Its receivers are not known yet. */
export function toGated(arrived: {
  readonly name: RouteMethod;
  readonly connection: RelayConnection;
  readonly envelope: RelayEnvelope;
  readonly nowMs: number;
}): { readonly message: GatedMessage; readonly sizeBytes: number } {
  const { name, connection, envelope, nowMs } = arrived;
  const { event, sizeBytes } = toMessageEvent(connection, envelope, nowMs);
  const kind = name === 'routeChannelMessage' ? 'channel' : event.to === '*' ? 'broadcast' : 'direct';
  const addressee = (kind === 'channel' ? event.channel : event.to) ?? '';
  const { from: sender } = event;
  return { message: { kind, connection, envelope, event, sizeBytes, sender, addressee, receivers: [] }, sizeBytes };
}

/** The message with another body or data. What it had of both beside is gone. */
export function withPayload(
  message: GatedMessage,
  change: { readonly body?: string | undefined; readonly data?: Readonly<Record<string, unknown>> | undefined },
): GatedMessage {
  const fields = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  const envelope = { ...message.envelope, payload: { ...(message.envelope.payload as object), ...fields } };
  return { ...message, envelope, event: Object.freeze({ ...message.event, ...fields }) };
}
