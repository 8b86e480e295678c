import type { StatusRecord, Version } from '@ar-registry/schemas';
import { compareVersions, isPrerelease } from '@ar-registry/core/version';

export interface TagChange {
  readonly version: Version;
  /** What the publisher asked for. */
  readonly tag?: string | undefined;
}

type DistTags = StatusRecord['distTags'];

/**
 * The dist-tags once `version` is published.
 *
 * A release becomes `latest` unless another tag is asked for, or a higher release has it: a fix of an old line must not
 * take everybody back. A prerelease gets a tag of its own, named after it. The first version is always `latest`, since
 * a plugin without one cannot be installed by its name.
 */
export function planDistTags(current: DistTags, { version, tag }: TagChange): DistTags {
  const { latest } = current;
  const own = tag ?? (isPrerelease(version) ? prereleaseTag(version) : 'latest');
  const moves = own !== 'latest' || tag === 'latest' || latest === undefined || isHigher(version, latest);
  const tags = { ...current, ...(moves ? { [own]: version } : {}) };
  return sorted(latest === undefined ? { ...tags, latest: version } : tags);
}

/** The first release also replaces a prerelease of a higher version, which was only the latest for want of a release. */
function isHigher(version: Version, latest: Version): boolean {
  return isPrerelease(latest) || compareVersions(version, latest) > 0;
}

/** `2.0.0-beta.1` → `beta`; `next` where the prerelease has no name. */
function prereleaseTag(version: Version): string {
  const name = /-([A-Za-z][A-Za-z0-9-]*)/.exec(version)?.[1]?.toLowerCase();
  return name !== undefined && name !== 'latest' && name.length <= 32 ? name : 'next';
}

function sorted({ latest, ...others }: DistTags): DistTags {
  const rest = Object.entries(others).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { ...(latest === undefined ? {} : { latest }), ...Object.fromEntries(rest) };
}
