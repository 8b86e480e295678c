/** Between what the relay hands over and the text that Redis keeps. Messages come from agents: nothing in them is certain. */
import type { StoredMessage } from '@ar-registry/sdk';

/** The status is kept beside it. @throws {TypeError} for a message that could not be found again, or is no JSON */
export function textOfMessage(stored: StoredMessage): string {
  const { status: _, replyCount: __, ...message } = stored;
  assertText(message.id, 'id');
  assertText(message.from, 'sender');
  assertText(message.to, 'receiver');
  assertText(message.body, 'body');
  if (!Number.isSafeInteger(message.ts)) throw new TypeError('It cannot be stored: its time is no whole number.');
  return toJson(message);
}

/** Undefined for a message that is gone. */
export function parseMessage(text: string | null | undefined, status: string | null | undefined) {
  if (typeof text !== 'string') return undefined;
  const message = JSON.parse(text) as Omit<StoredMessage, 'status'>;
  return { ...message, status: (status ?? 'unread') as StoredMessage['status'] };
}

/** @throws {TypeError} for what JSON has no place for */
export function toJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    const problem = error instanceof RangeError ? 'is nested too deep' : 'is not JSON';
    throw new TypeError(`It cannot be stored: it ${problem}.`, { cause: error });
  }
}

function assertText(value: unknown, name: string): asserts value is string {
  if (typeof value !== 'string') throw new TypeError(`It cannot be stored: its ${name} is no text.`);
}
