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
  let bits = 0;
  let held = 0;
  let hex = '';
  for (const character of base64) {
    bits = (bits << 6) | ALPHABET.indexOf(character);
    held += 6;
    while (held >= 4) {
      held -= 4;
      hex += ((bits >> held) & 0xf).toString(16);
      bits &= (1 << held) - 1;
    }
  }
  // 86 characters carry 516 bits: the last four are padding.
  return hex.slice(0, 128);
}
