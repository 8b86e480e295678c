import type { DistFile, Integrity } from '@ar-registry/schemas';
import { integrityOf } from './integrity-of.ts';

/**
 * One integrity for all files of a package: SHA-512 of the JSON list `[[path, size, integrity], …]`, sorted by the
 * code units of the path, without white space. Independent of the order of `files`.
 *
 * The lockfile pins it, and the loader compares it with what is on disk.
 */
export function filesIntegrity(files: readonly DistFile[]): Integrity {
  const rows = files
    .map(({ path, size, integrity }) => [path, size, integrity] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return integrityOf(Buffer.from(JSON.stringify(rows)));
}
