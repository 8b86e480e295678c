import { delegatedSigners, type TrustCrypto } from '@ar-registry/core/trust';
import type { Signer, TrustFolder } from '@ar-registry/io/trust';
import type { KeysOutput } from '@ar-registry/schemas';
import { missingSignatures } from './change-keys.ts';
import { ROLES, idOf, keySetOf } from './key-set.ts';

/** The keys as they are, for people and scripts. Nothing in it is secret. */
export function describeKeys(
  folder: TrustFolder,
  { signers, crypto }: { readonly signers: readonly Signer[]; readonly crypto: TrustCrypto },
): Omit<KeysOutput, 'schemaVersion' | 'action'> {
  const atHand = new Set(signers.map(({ publicKey }) => publicKey));
  const set = keySetOf(folder);
  const { root, roots, targets } = folder;
  return {
    fingerprint: crypto.sha256(root.bytes),
    firstFingerprint: crypto.sha256((roots[0] ?? root).bytes),
    rootVersion: root.signed.version,
    rootExpires: root.signed.expires,
    targetsVersion: targets.signed.version,
    targetsExpires: targets.signed.expires,
    bins: 2 ** delegatedSigners(targets).bit_length,
    development: root.signed.development ?? false,
    missingSignatures: missingSignatures(folder, crypto),
    roles: ROLES.filter((role) => set[role].keys.length > 0).map((role) => ({
      role,
      threshold: set[role].threshold,
      keys: set[role].keys.map((key) => ({ id: idOf(key, crypto), atHand: atHand.has(key) })),
    })),
  };
}
