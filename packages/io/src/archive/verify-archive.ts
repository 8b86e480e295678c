import { ArError } from '@ar-registry/core/errors';
import { sameIntegrity } from '@ar-registry/core/integrity';
import type { Integrity } from '@ar-registry/schemas';
import { integrityOf } from '../digest/index.ts';

declare const verified: unique symbol;

/** Archive bytes whose digest is the one that was published. Only `verifyArchive` makes one. */
export interface VerifiedArchive {
  readonly bytes: Uint8Array;
  readonly integrity: Integrity;
  /** What to call it in errors: `@scope/name@1.0.0`, or a file name. */
  readonly label: string;
  readonly [verified]: true;
}

/** Compares the SHA-512 of `bytes` with the expected one. @throws INTEGRITY_MISMATCH */
export function verifyArchive(bytes: Uint8Array, expected: Integrity, label: string): VerifiedArchive {
  const actual = integrityOf(bytes);
  if (!sameIntegrity(actual, expected)) throw new ArError('INTEGRITY_MISMATCH', { archive: label, expected, actual });
  return { bytes, integrity: actual, label } as VerifiedArchive;
}
