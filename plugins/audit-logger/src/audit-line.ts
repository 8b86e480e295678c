/**
 * What a line says of each event.
 *
 * Everything in an event was chosen by the agent that caused it: names, bodies, even the time of the envelope. A line
 * must stay one line of valid JSON whatever they hold, and must do no harm in a terminal that shows it.
 */
import { createHash } from 'node:crypto';
import type { ConnectionEvent, DenialEvent, MessageEvent } from '@ar-registry/sdk';
import type { BodyMode } from './config.ts';

export interface LineOptions {
  /** When the event is recorded. */
  readonly now: Date;
  readonly body: BodyMode;
}

/** The line of a message, as JSON. `ts` is when it was recorded, `sentAt` what its sender claims. */
export function messageLine(event: MessageEvent, { now, body }: LineOptions): string {
  return toLine({ ts: now.toISOString(), event: 'message', ...factsOf(event), ...contentOf(event, body) });
}

/** The line of a message that was kept from `deniedTo`, as JSON. */
export function denialLine(event: DenialEvent, { now, body }: LineOptions): string {
  const { message, receivers, reason, plugin } = event;
  return toLine({
    ts: now.toISOString(),
    event: 'denied',
    ...factsOf(message),
    deniedTo: receivers,
    deniedBy: plugin,
    reason,
    ...contentOf(message, body),
  });
}

function factsOf({ id, ts, from, to, channel, topic, thread, kind }: MessageEvent): Readonly<Record<string, unknown>> {
  return { id, sentAt: toIsoTime(ts), from, to, channel, topic, thread, kind };
}

/** The line of a connection that was made or has ended, as JSON. */
export function connectionLine(kind: 'connect' | 'disconnect', event: ConnectionEvent, now: Date): string {
  return toLine({
    ts: now.toISOString(),
    event: kind,
    agent: event.agent,
    connectionId: event.connectionId,
    sessionId: event.sessionId,
    entityType: event.entityType,
    cli: event.cli,
    program: event.program,
    model: event.model,
  });
}

/** A line about the log itself, as JSON. */
export function logLine(event: string, fields: Readonly<Record<string, unknown>>, now: Date): string {
  return toLine({ ts: now.toISOString(), event, ...fields });
}

function contentOf({ body, data }: MessageEvent, mode: BodyMode): Record<string, unknown> {
  if (mode === 'none') return {};
  if (mode === 'hash') return { bodySha256: createHash('sha256').update(body).digest('hex') };
  if (data === undefined || isSerializable(data)) return { body, data };
  return { body, dataOmitted: true };
}

/** Nesting of some thousand levels, which `JSON.parse` takes, overflows the stack of `JSON.stringify`. */
function isSerializable(data: object): boolean {
  try {
    JSON.stringify(data);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Undefined for what is no time: `toISOString` would throw, and its sender would go unrecorded. */
function toIsoTime(epochMs: number): string | undefined {
  const time = new Date(epochMs);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}

/** JSON escapes C0 controls; DEL, C1 controls and the Unicode line separators are ours to escape. */
function toLine(fields: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(fields).replaceAll(
    /[\u007f-\u009f\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
