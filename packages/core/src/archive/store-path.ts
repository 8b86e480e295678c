import type { Integrity } from '@ar-registry/schemas';
import { toHex } from '../integrity/index.ts';

/**
 * Where an archive store keeps the archive with this integrity: `sha512/<2 hex>/<126 hex>.tgz`, relative and POSIX.
 *
 * The layout is a contract: publishers write it into index trees, builders and clients read it there.
 * Hexadecimal, so that the name is the same on file systems that ignore case, and can never leave the store.
 */
export function archiveStorePath(integrity: Integrity): string {
  const hex = toHex(integrity);
  return `sha512/${hex.slice(0, 2)}/${hex.slice(2)}.tgz`;
}
