/** Numbers as text, for documents of JSON. */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** @source RFC 4648 section 4, without padding */
export function toBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 3) {
    const bits = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const digits = Math.min(4, Math.ceil(((bytes.length - at) * 8) / 6));
    for (let digit = 0; digit < digits; digit += 1) parts.push(ALPHABET[(bits >> (18 - 6 * digit)) & 63] ?? '');
  }
  return parts.join('');
}

const VALUES: ReadonlyMap<number, number> = new Map(
  Array.from(ALPHABET, (letter, value) => [letter.codePointAt(0) ?? 0, value]),
);

/** @param text attacker-controlled: what is no digit counts as 0 */
export function fromBase64(text: string): Uint8Array {
  const bytes = new Uint8Array(Math.floor((text.length * 6) / 8));
  let bits = 0;
  let held = 0;
  let to = 0;
  for (let at = 0; at < text.length; at += 1) {
    bits = ((bits << 6) | (VALUES.get(text.charCodeAt(at)) ?? 0)) & 0xffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes[to] = (bits >> held) & 255;
    to += 1;
  }
  return bytes;
}

/** Rising whole numbers below 2^32, as the distances between them. @source LEB128 */
export function packRising(values: readonly number[]): string {
  const bytes: number[] = [];
  let last = 0;
  for (const value of values) {
    let rest = value - last;
    for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
    bytes.push(rest);
    last = value;
  }
  return toBase64(Uint8Array.from(bytes));
}

/** @param text attacker-controlled: anything gives numbers */
export function unpackRising(text: string): readonly number[] {
  const values: number[] = [];
  let last = 0;
  let value = 0;
  let factor = 1;
  for (const byte of fromBase64(text)) {
    value += (byte % 128) * factor;
    factor *= 128;
    if (byte > 127) continue;
    last += value;
    values.push(last);
    value = 0;
    factor = 1;
  }
  return values;
}
