import type { TrustKey, TrustKeys, TrustRole } from '@ar-registry/schemas';
import { ArError } from '../errors/index.ts';
import { canonicalBytes, invalid, type Metadata, type MetadataKind } from './metadata.ts';
import type { TrustCrypto } from './ports.ts';

/** Who may sign, and how many of them must. */
export interface Signers extends TrustRole {
  /** Of the role, for people. */
  readonly name: string;
  readonly keys: TrustKeys;
}

/** The form of an ed25519 key in metadata. `publicKey`: 32 bytes in hexadecimal. */
export function toTrustKey(publicKey: string): TrustKey {
  return { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: publicKey } };
}

/** @source TUF specification 1.0.33 §4.2: KEYID is the SHA-256 of the canonical form of the key. */
export function keyIdOf(key: TrustKey, crypto: TrustCrypto): string {
  return crypto.sha256(canonicalBytes('key', key));
}

/**
 * How many of the role's keys signed this. Each key counts once, whatever else the file says.
 *
 * @source TUF specification 1.0.33 §4.3.1 and §5.3.4: “a threshold of keys”, each identified by its own content
 */
export function countSigners(
  { file, signatures, signed }: Metadata<MetadataKind>,
  { keyids, keys }: Signers,
  crypto: TrustCrypto,
): number {
  const bytes = canonicalBytes(file, signed);
  const byKey = new Map(signatures.map(({ keyid, sig }) => [keyid, sig]));
  return [...new Set(keyids)].filter((keyid) => {
    const key = Object.hasOwn(keys, keyid) ? keys[keyid] : undefined;
    const signature = byKey.get(keyid);
    if (key?.keytype !== 'ed25519' || key.scheme !== 'ed25519' || !signature) return false;
    return crypto.verifyEd25519({ bytes, publicKey: key.keyval.public, signature });
  }).length;
}

/** @throws TRUST_SIGNATURES_MISSING */
export function assertSigned(metadata: Metadata<MetadataKind>, signers: Signers, crypto: TrustCrypto): void {
  const valid = countSigners(metadata, signers, crypto);
  const { name: role, threshold } = signers;
  if (valid < threshold) throw new ArError('TRUST_SIGNATURES_MISSING', { file: metadata.file, role, valid, threshold });
}

/**
 * One key under two ids would count twice.
 *
 * @throws TRUST_METADATA_INVALID
 * @source TUF specification 1.0.33 §4.3: “Clients MUST calculate each KEYID”
 */
export function assertKeyIds(file: string, keys: TrustKeys, crypto: TrustCrypto): void {
  for (const [id, key] of Object.entries(keys))
    if (keyIdOf(key, crypto) !== id) throw invalid(file, `names a key ${id}, which is not its id`);
}
