/**
 * What plugins are told of the daemon, made from frames that clients sent.
 *
 * Frames are attacker-controlled: any field may be missing or of another type. Events are frozen copies, so that one
 * plugin can change neither what is delivered nor what the next plugin sees.
 */
import type { ConnectionEvent, DenialEvent, MessageEvent, PayloadKind } from '@ar-registry/sdk';
import type { RelayConnection, RelayEnvelope } from '../relay/types.ts';

export type PluginEvent =
  | { readonly hook: 'onConnect' | 'onDisconnect'; readonly event: ConnectionEvent; readonly sizeBytes: number }
  | { readonly hook: 'onDenied'; readonly event: DenialEvent; readonly sizeBytes: number }
  | ToldMessage;

export interface ToldMessage {
  readonly hook: 'onMessage';
  readonly event: MessageEvent;
  readonly sizeBytes: number;
}

export type HookName = PluginEvent['hook'];

const KINDS: ReadonlySet<unknown> = new Set<PayloadKind>(['message', 'action', 'state', 'thinking']);
const MAX_DEPTH = 64;
/** What an event costs beside its text, roughly. */
const BASE_BYTES = 500;

export function toConnectionEvent(
  hook: 'onConnect' | 'onDisconnect',
  connection: RelayConnection,
  now: number,
): PluginEvent {
  const { entityType, cli, program, model } = connection;
  const event = Object.freeze({
    connectionId: connection.id,
    agent: textOr(connection.agentName, ''),
    sessionId: connection.sessionId,
    ts: now,
    ...(entityType === 'agent' || entityType === 'user' ? { entityType } : {}),
    ...textFields({ cli, program, model }),
  });
  return { hook, event, sizeBytes: BASE_BYTES };
}

/** Of a message whose event is a frozen copy already, of `sizeBytes`. */
export function toDenialEvent(event: DenialEvent, sizeBytes: number): PluginEvent {
  const receivers = Object.freeze([...event.receivers]);
  return { hook: 'onDenied', event: Object.freeze({ ...event, receivers }), sizeBytes: BASE_BYTES + sizeBytes };
}

export function toMessageEvent(connection: RelayConnection, envelope: RelayEnvelope, now: number): ToldMessage {
  const payload = asRecord(envelope.payload);
  const body = textOr(payload['body'], '');
  const data = copyData(payload['data']);
  const event = Object.freeze({
    id: textOr(envelope.id, ''),
    ts: typeof envelope.ts === 'number' ? envelope.ts : now,
    // Never the envelope's own `from`: the sender may write anything there.
    from: textOr(connection.agentName, ''),
    ...textFields({ to: envelope.to, channel: payload['channel'], topic: envelope.topic, thread: payload['thread'] }),
    kind: KINDS.has(payload['kind']) ? (payload['kind'] as PayloadKind) : 'message',
    body,
    ...(data === undefined ? {} : { data: data.copy }),
  });
  return { hook: 'onMessage', event, sizeBytes: BASE_BYTES + 2 * body.length + (data?.sizeBytes ?? 0) };
}

interface CopiedData {
  readonly copy: Readonly<Record<string, unknown>>;
  readonly sizeBytes: number;
}

/** Data that nests too deep is left out, but the message is still told: nobody may hide one by its shape. */
function copyData(data: unknown): CopiedData | undefined {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return undefined;
  const size = { bytes: 0 };
  try {
    return { copy: freezeCopy(data, MAX_DEPTH, size) as Readonly<Record<string, unknown>>, sizeBytes: size.bytes };
  } catch (error) {
    if (!(error instanceof TooDeep)) throw error;
    return { copy: Object.freeze({ _omitted: `nested deeper than ${MAX_DEPTH} levels` }), sizeBytes: 0 };
  }
}

class TooDeep extends Error {}

function freezeCopy(value: unknown, depth: number, size: { bytes: number }): unknown {
  size.bytes += typeof value === 'string' ? 2 * value.length : 16;
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) throw new TooDeep();
  if (Array.isArray(value)) return Object.freeze(value.map((item) => freezeCopy(item, depth - 1, size)));
  const entries = Object.entries(value).map(([key, item]) => [key, freezeCopy(item, depth - 1, size)] as const);
  return Object.freeze(Object.fromEntries(entries));
}

function textFields(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function textOr(value: unknown, fallback: string): string {
  return typeof value === 'string' ? value : fallback;
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
