import type { Version } from '@ar-registry/schemas';
import { finding } from '../findings/index.ts';
import { parseIndexPath } from '../layout/index.ts';
import { compareVersions, descending, isPrerelease, isVersion, releaseOf } from '../version/index.ts';
import type { IndexState } from './change.ts';
import type { ChangeRule } from './rule.ts';

/**
 * A version is higher than those published in its line, its major version: `^1.0.0` must never lead to something newer
 * and then back. An older major may go on beside a newer one, and a release beside prereleases of a later one.
 */
export const checkVersionOrder: ChangeRule = ({ added, base }) =>
  added.flatMap(({ name, record, source }) => {
    const { version } = record.manifest;
    const [highest] = publishedVersions(base, name)
      .filter((other) => other !== version && isSameLine(version, other))
      .toSorted(descending);
    if (highest === undefined || compareVersions(version, highest) > 0) return [];
    return [finding('VERSION_NOT_HIGHER', source.placeOf(['manifest', 'version']), { version, highest })];
  });

/** By their paths: a broken record takes its place as well. */
function publishedVersions({ files }: IndexState, name: string): readonly Version[] {
  return [...files.keys()].flatMap((path) => {
    const place = parseIndexPath(path);
    return place.kind === 'version' && place.name === name && isVersion(place.version) ? [place.version] : [];
  });
}

function isSameLine(version: Version, other: Version): boolean {
  if (version.split('.', 1)[0] !== other.split('.', 1)[0]) return false;
  return !isPrerelease(other) || releaseOf(other) === releaseOf(version);
}
