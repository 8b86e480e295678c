/**
 * Tells a sender that its message was not delivered.
 *
 * agent-relay's client ignores negative acknowledgements and only prints errors, so the notice comes the way of system
 * messages: a delivery from `_system`, marked as one, that nobody retries.
 */
import { randomUUID } from 'node:crypto';
import { toSingleLine, truncate } from '@ar-registry/core/text';
import type { Denial, GatedMessage } from './message.ts';

/** The parts of a connection that are needed to tell it something. */
interface Tellable {
  readonly sessionId: string;
  send(envelope: unknown): boolean;
  getNextSeq(topic: string, peer: string): number;
}

const SYSTEM_NAME = '_system';
const MAX_NOTICES = 20;
const WINDOW_MS = 10_000;
const MAX_NAMES = 20;

/** Sends notices, at most 20 in 10 s to each connection: an agent that answers every notice must not go round in circles. */
export interface Notices {
  tell(message: Pick<GatedMessage, 'connection' | 'event' | 'sender' | 'addressee'>, denial: Denial): void;
}

export interface NoticeClocks {
  /** Milliseconds since the epoch: when a notice was written. */
  readonly now: () => number;
  /** Milliseconds of a clock that nobody sets: how many there may be. */
  readonly elapsedMs: () => number;
}

export function createNotices({ now, elapsedMs }: NoticeClocks): Notices {
  const sent = new WeakMap<object, { sinceMs: number; count: number }>();
  const mayTell = (connection: object): boolean => {
    const known = sent.get(connection);
    const atMs = elapsedMs();
    const window = known && atMs - known.sinceMs < WINDOW_MS ? known : { sinceMs: atMs, count: 0 };
    window.count += 1;
    sent.set(connection, window);
    return window.count <= MAX_NOTICES;
  };
  return {
    tell({ connection, event, sender, addressee }, denial) {
      const target = connection as unknown as Tellable;
      if (addressee === SYSTEM_NAME || typeof target.send !== 'function' || !mayTell(connection)) return;
      const denied = { id: event.id, to: addressee, ...denial, from: denial.from.slice(0, MAX_NAMES) };
      const body = sentence(addressee, denial);
      target.send(systemDelivery(target, { to: sender, body, data: { _denied: denied }, ts: now() }));
    },
  };
}

/** A delivery that no client sent. @param from a name that begins with `_`, as those of agent-relay's own parts */
export function systemDelivery(
  connection: Pick<Tellable, 'sessionId' | 'getNextSeq'>,
  message: {
    readonly to: string;
    readonly body: string;
    readonly data: Readonly<Record<string, unknown>>;
    /** Milliseconds since the epoch. */
    readonly ts: number;
  },
  from: string = SYSTEM_NAME,
): unknown {
  const { to, body, data, ts } = message;
  const delivery = { seq: connection.getNextSeq('default', from), session_id: connection.sessionId };
  const payload = { kind: 'message', body, data: { ...data, _isSystemMessage: true } };
  return { v: 1, type: 'DELIVER', id: randomUUID(), ts, from, to, payload, delivery };
}

function sentence(addressee: string, { reason, from }: Denial): string {
  const whom =
    from.length === 0 || from.includes(addressee)
      ? addressee
      : `${from.slice(0, MAX_NAMES).join(', ')} (to ${addressee})`;
  return truncate(toSingleLine(`Your message to ${whom} was not delivered: ${reason}`), 500);
}
