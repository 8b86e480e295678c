/**
 * What one side may send in a message, besides its size in bytes. What comes from a guest is hostile: reading text of few
 * bytes into millions of lists would hold the daemon up for seconds, and calls wait in its memory until they are answered.
 */
import { MAX_MESSAGE_BYTES } from './frames.ts';

export interface MessageLimits {
  /** Of a call. */
  readonly callBytes: number;
  /** Lists, objects and members of them, in one message. */
  readonly parts: number;
}

/** About what 2,000 stored messages are made of; even the slowest, keys of one object, are read in less than 100 ms. */
export const GUEST_LIMITS: MessageLimits = { callBytes: 64 * 1024, parts: 32_768 };
/** The daemon is believed. */
export const HOST_LIMITS: MessageLimits = { callBytes: MAX_MESSAGE_BYTES, parts: Infinity };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const BRACKET = 0x5b;
const BRACE = 0x7b;

/**
 * Counts the parts of JSON without parsing it: each comma, bracket and brace outside of texts. That bounds its depth, too.
 *
 * @param json bytes that need not be JSON
 */
export function hasMoreParts(json: Uint8Array, limit: number): boolean {
  if (limit >= json.length) return false;
  let parts = 0;
  for (let at = 0; at < json.length && parts <= limit; at += 1) {
    const byte = json[at];
    if (byte === QUOTE) at = endOfText(json, at + 1);
    else if (byte === COMMA || byte === BRACKET || byte === BRACE) parts += 1;
  }
  return parts > limit;
}

/** @returns where the text's last quote is, or the end of what there is */
function endOfText(json: Uint8Array, start: number): number {
  // Most texts have no escaped quote, and this is the fast way to their end.
  const quote = json.indexOf(QUOTE, start);
  if (quote === -1) return json.length;
  if (json[quote - 1] !== BACKSLASH) return quote;
  let at = start;
  while (at < json.length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
  return at;
}
