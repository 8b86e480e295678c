/** Which versions are in use: by what runs where programs tell it, else by what was downloaded. */
import type { StatsPluginDocument, Version } from '@ar-registry/schemas';
import { compareVersions } from '../version/index.ts';

/** The share of each version, from 0 to 1, the largest first. */
export type Distribution = NonNullable<StatsPluginDocument['distribution']>;

/**
 * @param active by version, how often it was told to be in use
 * @param downloads by version, of 30 days
 * @returns undefined where neither is known
 */
export function distributionOf(
  active: ReadonlyMap<Version, number>,
  downloads: ReadonlyMap<Version, number>,
): Distribution | undefined {
  const [by, counts] = active.size > 0 ? (['active', active] as const) : (['downloads', downloads] as const);
  const sum = [...counts.values()].reduce((all, count) => all + count, 0);
  if (sum === 0) return undefined;
  const ranked = [...counts]
    .filter(([, count]) => count > 0)
    .toSorted(([a, many], [b, more]) => more - many || compareVersions(b, a));
  return { by, shares: ranked.map(([version, count]) => ({ version, share: Number((count / sum).toFixed(4)) })) };
}
