/** Numbers as text, for documents of JSON. */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
/** Two digits each. Marked as pure: who only reads need not wait for it. */
const PAIRS: readonly string[] = /* @__PURE__ */ Array.from(
  { length: 4096 },
  (_, bits) => `${ALPHABET[bits >> 6] ?? ''}${ALPHABET[bits & 63] ?? ''}`,
);

/** @source RFC 4648 section 4, without padding */
export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const bits = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    text += (PAIRS[bits >> 12] ?? '') + (PAIRS[bits & 4095] ?? '');
  }
  return text.slice(0, Math.ceil((bytes.length * 8) / 6));
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
