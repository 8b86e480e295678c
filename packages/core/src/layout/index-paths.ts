/** Paths of records inside an index, POSIX and relative to the folder of `registry.yaml`. Written once, here. */
import type { AdvisoryId, PluginName, ScopeName, Version } from '@ar-registry/schemas';

export const REGISTRY_FILE = 'registry.yaml';
export const CATEGORIES_FILE = 'categories.yaml';
export const DEPENDENCIES_FILE = 'dependencies.yaml';
/** Vulnerabilities of dependencies that a reviewer found not to concern a plugin. */
export const DISMISSED_FILE = 'dismissed.yaml';
/** Whose certificates count for provenance: a trusted root in Sigstore's format. */
export const PROVENANCE_ROOT_FILE = 'trust/sigstore-root.json';
export const DOWNLOADS_FILE = 'stats/downloads.json';
/** Where an index may lie inside a larger repository. */
export const INDEX_FOLDER = 'registry-index';

/** What the statistics job writes is below it; `parseStatsPath` says what. */
export const STATS_FOLDER = 'stats/';

export const indexPaths = {
  advisory: (id: AdvisoryId): string => `advisories/${id}.yaml`,
  scope: (scope: ScopeName): string => `scopes/${scope}.yaml`,
  /** @param login in any letter case: files are called by it in lower case */
  review: (name: PluginName, login: string): string => `${indexPaths.reviews(name)}/${login.toLowerCase()}.yaml`,
  reviews: (name: PluginName): string => `reviews/${name}`,
  verification: (name: PluginName, version: Version): string => `verifications/${name}/${version}.yaml`,
  folder: (name: PluginName): string => `plugins/${name}`,
  plugin: (name: PluginName): string => `plugins/${name}/plugin.yaml`,
  status: (name: PluginName): string => `plugins/${name}/status.yaml`,
  version: (name: PluginName, version: Version): string => `plugins/${name}/versions/${version}.yaml`,
  dailyStats: (day: string): string => `${STATS_FOLDER}daily/${day}.json`,
  monthlyStats: (month: string): string => `${STATS_FOLDER}monthly/${month}.json`,
  releaseCounters: (day: string): string => `${STATS_FOLDER}github/${day}.json`,
} as const;

/** A file of statistics: what was counted on a day or in a month, or GitHub's counters as they were on a day. */
export interface StatsPath {
  readonly kind: 'daily' | 'monthly' | 'github';
  /** `2026-11-20`, or for a month `2026-11`. */
  readonly date: string;
}

/** Reads a path of the statistics back; nothing for any other. */
export function parseStatsPath(path: string): StatsPath | undefined {
  const [, kind, date] = /^stats\/(daily|monthly|github)\/(20\d\d-\d\d(?:-\d\d)?)\.json$/.exec(path) ?? [];
  if (date === undefined || (date.length === 7) !== (kind === 'monthly')) return undefined;
  return kind === 'daily' || kind === 'monthly' || kind === 'github' ? { kind, date } : undefined;
}

type SingleFile = 'registry' | 'categories' | 'dependencies' | 'dismissed' | 'downloads';

/** What a path of the index holds. `other` is anything that no record may be named. */
export type IndexPath =
  | { readonly kind: SingleFile | 'store' | 'other' }
  | { readonly kind: 'scope'; readonly scope: string }
  | { readonly kind: 'advisory'; readonly id: string }
  /** `plugin` and not `name`: a review is no part of the plugin, and changes by other rules. */
  | { readonly kind: 'review'; readonly plugin: string; readonly login: string }
  | { readonly kind: 'verification'; readonly plugin: string; readonly version: string }
  | { readonly kind: 'plugin' | 'status'; readonly name: string }
  | { readonly kind: 'version'; readonly name: string; readonly version: string };

/**
 * Reads a path back. Names and versions in the result are as written: the caller checks them.
 *
 * @param path attacker-controlled, from a pull request's tree.
 */
export function parseIndexPath(path: string): IndexPath {
  const single = SINGLE_FILES.get(path);
  if (single !== undefined) return { kind: single };
  if (path.startsWith('store/')) return { kind: 'store' };
  for (const [pattern, place] of PLACES) {
    const [, first, second] = pattern.exec(path) ?? [];
    if (first !== undefined) return place(first, second ?? '');
  }
  return { kind: 'other' };
}

/** What a path is the path of, by its form. */
const PLACES: readonly (readonly [RegExp, (first: string, second: string) => IndexPath])[] = [
  [/^plugins\/(@[^/]+\/[^/]+)\/(.+)$/s, parsePluginPath],
  [/^scopes\/([^/]+)\.yaml$/, (scope) => ({ kind: 'scope', scope })],
  [/^advisories\/([^/]+)\.yaml$/, (id) => ({ kind: 'advisory', id })],
  [/^reviews\/(@[^/]+\/[^/]+)\/([^/]+)\.yaml$/, (plugin, login) => ({ kind: 'review', plugin, login })],
  [/^verifications\/(@[^/]+\/[^/]+)\/([^/]+)\.yaml$/, (plugin, version) => ({ kind: 'verification', plugin, version })],
];

const SINGLE_FILES: ReadonlyMap<string, SingleFile> = new Map([
  [REGISTRY_FILE, 'registry'],
  [CATEGORIES_FILE, 'categories'],
  [DEPENDENCIES_FILE, 'dependencies'],
  [DISMISSED_FILE, 'dismissed'],
  [DOWNLOADS_FILE, 'downloads'],
]);

function parsePluginPath(name: string, rest: string): IndexPath {
  if (rest === 'plugin.yaml') return { kind: 'plugin', name };
  if (rest === 'status.yaml') return { kind: 'status', name };
  const version = /^versions\/([^/]+)\.yaml$/.exec(rest)?.[1];
  return version === undefined ? { kind: 'other' } : { kind: 'version', name, version };
}
