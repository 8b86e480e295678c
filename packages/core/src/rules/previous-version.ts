import type { Version, VersionRecord } from '@ar-registry/schemas';
import { compareVersions, descending } from '../version/index.ts';

/**
 * The published version that a new one is compared with: the highest below it, and where there is none, as for a 0.x
 * beside a 1.x, the lowest above it. Undefined for the first version of a plugin, which a person looks at anyway.
 */
export function previousVersion(versions: readonly VersionRecord[], version: Version): VersionRecord | undefined {
  const sorted = versions.toSorted((a, b) => descending(a.manifest.version, b.manifest.version));
  const below = sorted.find(({ manifest }) => compareVersions(manifest.version, version) < 0);
  return below ?? sorted.findLast(({ manifest }) => compareVersions(manifest.version, version) > 0);
}
