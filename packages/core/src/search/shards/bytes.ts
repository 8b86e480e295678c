/** Numbers that were written as text, for documents of JSON. */

/** @source RFC 4648 section 4 */
export const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** By code of a letter; beyond are no digits. */
const VALUES = Uint8Array.from({ length: 128 }, (_, code) => Math.max(0, ALPHABET.indexOf(String.fromCharCode(code))));

/** @param text attacker-controlled: what is no digit counts as 0 */
export function fromBase64(text: string): Uint8Array {
  const bytes = new Uint8Array(Math.floor((text.length * 6) / 8));
  const valueAt = (at: number): number => VALUES[text.charCodeAt(at)] ?? 0;
  for (let at = 0, to = 0; to < bytes.length; at += 4, to += 3) {
    const bits = (valueAt(at) << 18) | (valueAt(at + 1) << 12) | (valueAt(at + 2) << 6) | valueAt(at + 3);
    // What would stand behind the end is dropped.
    bytes[to] = bits >> 16;
    bytes[to + 1] = bits >> 8;
    bytes[to + 2] = bits;
  }
  return bytes;
}

/** @param text attacker-controlled: anything gives numbers, and whether they rise is for who asks to see */
export function unpackRising(text: string): Uint32Array {
  const bytes = fromBase64(text);
  const values = new Uint32Array(bytes.length);
  let count = 0;
  let last = 0;
  let value = 0;
  let factor = 1;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    value += (byte & 127) * factor;
    factor *= 128;
    if (byte > 127) continue;
    last += value;
    values[count] = last;
    count += 1;
    value = 0;
    factor = 1;
  }
  return values.subarray(0, count);
}
