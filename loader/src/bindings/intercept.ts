/** The say of a hook plugin in messages before they are delivered. */
import { toSingleLine, truncate } from '@ar-registry/core/text';
import type { HookPlugin } from '@ar-registry/sdk';
import type { Caller } from './caller.ts';
import { PASS, withPayload, type GatedMessage, type Verdict } from './gate/message.ts';
import type { Guard } from './gate/places.ts';

/** agent-relay ends the connection of whoever should get a longer frame. */
const MAX_PAYLOAD_CHARS = 500_000;

export function createInterceptor(plugin: HookPlugin, caller: Caller): Guard {
  return {
    async check(message) {
      const answer = await caller.ask('beforeMessage', () => plugin.beforeMessage?.(message.event));
      if (!answer.ok) return undefined;
      const verdict = toVerdict(message, answer.value);
      if (!verdict) caller.refuse('beforeMessage', 'neither `drop` nor a `change` of body or data that can be sent');
      return verdict;
    },
  };
}

/** Whatever the plugin answered; undefined if it cannot be followed. */
function toVerdict(message: GatedMessage, answer: unknown): Verdict | undefined {
  if (answer === undefined || answer === null) return PASS;
  if (typeof answer !== 'object') return undefined;
  const { drop, change, reason } = answer as { drop?: unknown; change?: unknown; reason?: unknown };
  if (drop === true) return { kind: 'drop', denial: { reason: toReason(reason), from: [message.addressee] } };
  const fields = toChange(change);
  return fields && { kind: 'change', message: withPayload(message, fields) };
}

function toReason(reason: unknown): string {
  return (typeof reason === 'string' && truncate(toSingleLine(reason), 200)) || 'a plugin dropped it';
}

interface Change {
  readonly body?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

function toChange(change: unknown): Change | undefined {
  if (typeof change !== 'object' || change === null) return undefined;
  const { body, data } = change as { body?: unknown; data?: unknown };
  if (body !== undefined && typeof body !== 'string') return undefined;
  const text = body === undefined ? {} : { body };
  if (data === undefined) return sendable(text);
  const copy = jsonCopy(data);
  return copy && sendable({ ...text, data: copy });
}

function sendable(fields: Change): Change | undefined {
  return JSON.stringify(fields).length <= MAX_PAYLOAD_CHARS ? fields : undefined;
}

/** What would arrive; undefined if it cannot be written as a JSON object. */
function jsonCopy(data: unknown): Readonly<Record<string, unknown>> | undefined {
  try {
    const copy: unknown = JSON.parse(JSON.stringify(data));
    const isRecord = typeof copy === 'object' && copy !== null && !Array.isArray(copy);
    return isRecord ? (copy as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
