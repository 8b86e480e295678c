import { createHash } from 'node:crypto';

/** As GitHub writes the digest of a file: `sha256:` and hexadecimal. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
