/** Numbers as text, for documents of JSON. */

/** So many bytes are made letters by one call: as many arguments as any runtime takes. */
const AT_ONCE = 8192;

/** @source RFC 4648 section 4, without padding */
export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += AT_ONCE) text += String.fromCharCode(...bytes.subarray(at, at + AT_ONCE));
  return toBase64Text(text);
}

/** By what a runtime has for it. @param bytes as letters that stand for one each */
export function toBase64Text(bytes: string): string {
  const padded = btoa(bytes);
  const end = padded.indexOf('=');
  return end === -1 ? padded : padded.slice(0, end);
}

/** A whole number below 2^32 takes no more. */
const MOST_BYTES = 5;

/** Rising whole numbers below 2^32, as the distances between them. @source LEB128 */
export function packRising(values: ArrayLike<number>): string {
  const bytes = new Uint8Array(values.length * MOST_BYTES);
  let length = 0;
  let last = 0;
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] ?? 0;
    let rest = value - last;
    for (; rest > 127; rest = Math.floor(rest / 128)) {
      bytes[length] = (rest % 128) + 128;
      length += 1;
    }
    bytes[length] = rest;
    length += 1;
    last = value;
  }
  return toBase64(bytes.subarray(0, length));
}
