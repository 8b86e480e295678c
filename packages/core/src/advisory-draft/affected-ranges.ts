import type { AdvisoryRecord, Version } from '@ar-registry/schemas';
import { compareVersions } from '../version/index.ts';

type Affected = AdvisoryRecord['affected'][number];

const MAX_RANGES = 100;
const MAX_VERSIONS = 1000;

/**
 * The affected ones of `versions` as OSV says it: from each that is affected up to the next that is not.
 *
 * One that nobody knows of (undefined) ends no range. After the highest nothing is said of what may come. Where the
 * ranges would be too many, the versions are listed.
 *
 * @param state whether a version is affected
 * @source OSV schema 1.7, affected[].ranges[]: `fixed` and `last_affected` exclude each other in one range
 */
export function affectedRanges(
  versions: readonly Version[],
  state: (version: Version) => boolean | undefined,
): Pick<Affected, 'ranges' | 'versions'> {
  const known = versions.filter((version) => state(version) !== undefined).toSorted(compareVersions);
  const ranges = known.flatMap((version, index) => {
    const before = known[index - 1];
    if (state(version) !== true || (before !== undefined && state(before) === true)) return [];
    const rest = known.slice(index);
    const fixed = rest.find((each) => state(each) === false);
    const end = fixed === undefined ? { last_affected: rest.at(-1) ?? version } : { fixed };
    return [{ type: 'SEMVER' as const, events: [{ introduced: version }, end] }];
  });
  if (ranges.length <= MAX_RANGES) return { ranges };
  return { versions: known.filter((version) => state(version)).slice(-MAX_VERSIONS) };
}
