import { createHash } from 'node:crypto';
import type { TrustedRoot, VerifiedProvenance } from '@ar-registry/io/provenance';
import type { VersionRecord } from '@ar-registry/schemas';

/**
 * What the provenance of a record proves of an archive.
 *
 * @param bytes of the archive
 * @returns undefined for a record without
 */
export async function proveRecord(
  { source }: VersionRecord,
  bytes: Uint8Array,
  root: TrustedRoot,
): Promise<VerifiedProvenance | undefined> {
  if (!source?.provenance) return undefined;
  const { verifyProvenance } = await import('@ar-registry/io/provenance');
  const digest = (algorithm: string): string => createHash(algorithm).update(bytes).digest('hex');
  const claim = { repository: source.url, commit: source.commit, sha512: digest('sha512'), sha256: digest('sha256') };
  return verifyProvenance(source.provenance.bundle, claim, root);
}
