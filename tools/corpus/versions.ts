import type { Version } from '@ar-registry/schemas';

/** Whether this is a version before a release. */
export function isPrereleaseOf(version: Version): boolean {
  return version.includes('-');
}

/**
 * Up to `count` versions that may have come before `last`, and `last`: oldest first, all different.
 *
 * The last number of a version that is not yet 0 is one less in the version before, and what follows it anything.
 */
export function versionsOf(last: Version, count: number): readonly Version[] {
  const versions = [last];
  let [core = ''] = last.split('-');
  // What was tried before a release comes right after the release before it.
  while (versions.length < count) {
    const before = previous(core);
    if (before === undefined) break;
    versions.unshift(before);
    core = before;
  }
  return versions;
}

function previous(core: string): string | undefined {
  const [major = 0n, minor = 0n, patch = 0n] = core.split('.').map(BigInt);
  if (patch > 0n) return `${major}.${minor}.${patch - 1n}`;
  if (minor > 0n) return `${major}.${minor - 1n}.0`;
  return major > 0n ? `${major - 1n}.0.0` : undefined;
}
