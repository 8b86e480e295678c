/**
 * Hash bins: the list of signed documents in equal parts, so that one document costs one part.
 *
 * Only the succinct form is taken, one level deep and of bounded number: what else the format allows is a way to make
 * a client walk through more files than it can.
 *
 * @source TAP 15, Succinct hash bin delegations
 */
import { ArError } from '../errors/index.ts';
import type { Metadata } from './metadata.ts';
import type { TrustCrypto } from './ports.ts';
import type { Signers } from './signatures.ts';

export const BIN_PREFIX = 'bin';
/** 4,096 bins: the snapshot names each of them. */
const MAX_BIT_LENGTH = 12;
const MIN_BIT_LENGTH = 8;
/**
 * How many documents a bin should have at most. Who comes for the first time fetches two bins, which with so many are most of
 * the 40 KB that trust may cost then: docs/decisions/011-signed-index.md.
 */
export const MOST_IN_BIN = 300;

export interface Bins {
  readonly bit_length: number;
  readonly name_prefix: string;
}

/** Who signs the bins. @throws TRUST_DELEGATION_REFUSED */
export function delegatedSigners({ file, signed }: Metadata<'targets'>): Signers & Bins {
  const { keys, succinct_roles: bins, roles } = signed.delegations ?? {};
  const refused = (problem: string): ArError => new ArError('TRUST_DELEGATION_REFUSED', { file, problem });
  if (!keys || !bins || roles) throw refused('only succinct hash bins are taken');
  if (bins.bit_length > MAX_BIT_LENGTH) throw refused(`there are more than ${2 ** MAX_BIT_LENGTH} bins`);
  return { ...bins, name: bins.name_prefix, keys };
}

/** The role that a document belongs to: `bin-3f`. */
export function binOf(path: string, { bit_length, name_prefix }: Bins, crypto: TrustCrypto): string {
  const digest = crypto.sha256(new TextEncoder().encode(path));
  return binName(Number.parseInt(digest.slice(0, 8), 16) >>> (32 - bit_length), { bit_length, name_prefix });
}

/** log2 of the number of bins for so many documents, so that these may double: clients feel each change of the number. */
export function bitLengthFor(documents: number): number {
  const needed = Math.ceil(Math.log2(Math.max(1, (2 * documents) / MOST_IN_BIN)));
  return Math.min(Math.max(needed, MIN_BIT_LENGTH), MAX_BIT_LENGTH);
}

/** The names of all bins, in order. */
export function binNames(bins: Bins): readonly string[] {
  return Array.from({ length: 2 ** bins.bit_length }, (_, index) => binName(index, bins));
}

function binName(index: number, { bit_length, name_prefix }: Bins): string {
  const digits = (2 ** bit_length - 1).toString(16).length;
  return `${name_prefix}-${index.toString(16).padStart(digits, '0')}`;
}
