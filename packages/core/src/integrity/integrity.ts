/**
 * Subresource Integrity strings, `sha512-<base64>`. Only SHA-512 is accepted: one algorithm, no downgrade.
 *
 * @source W3C Subresource Integrity §3.1
 */
import type { Integrity } from '@ar-registry/schemas';

const PATTERN = /^sha512-([A-Za-z0-9+/]{86})==$/;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export function isIntegrity(text: string): text is Integrity {
  return PATTERN.test(text);
}

/** True if both name the same digest. Not for secrets: the comparison is not constant-time. */
export function sameIntegrity(a: Integrity, b: Integrity): boolean {
  return isIntegrity(a) && a === b;
}

/** The digest as 128 lower-case hexadecimal digits, for use in paths. The argument must be an integrity string. */
export function toHex(integrity: Integrity): string {
  const base64 = PATTERN.exec(integrity)?.[1];
  if (base64 === undefined) throw new Error(`Not an integrity string: ${integrity}`);
  let hex = '';
  // Two characters are three digits; those of the last pair after the 128th are padding.
  for (let at = 0; at < base64.length; at += 2) {
    const bits = (ALPHABET.indexOf(base64.charAt(at)) << 6) | ALPHABET.indexOf(base64.charAt(at + 1));
    hex += (bits | 0x1000).toString(16).slice(1);
  }
  return hex.slice(0, 128);
}
