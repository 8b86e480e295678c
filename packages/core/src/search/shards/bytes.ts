/** Numbers that were written as text, for documents of JSON. */

/** Of newer runtimes. */
const NATIVE: typeof Uint8Array & { readonly fromBase64?: (text: string) => Uint8Array } = Uint8Array;

/**
 * By what a runtime has for it: a loop over the digits takes ten times as long in a command, which runs once.
 *
 * @source RFC 4648 section 4
 */
export function fromBase64(text: string): Uint8Array {
  try {
    return NATIVE.fromBase64 ? NATIVE.fromBase64(text) : toBytes(atob(text));
  } catch {
    return new Uint8Array(); // attacker-controlled: what is no base64 is nothing
  }
}

/** @param text of letters that stand for a byte each */
function toBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = text.charCodeAt(at);
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
