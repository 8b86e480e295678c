/**
 * Release counters: GitHub counts how often each asset was downloaded, ever, and says nothing of when and by whom. So
 * they are kept apart from what logs tell, and read again they are the same numbers: nothing counts twice.
 */
import type { PluginName, ReleaseCounters, Version } from '@ar-registry/schemas';
import type { SnapshotPlugin } from '../snapshot/index.ts';
import { toCounts, type Counts } from './daily.ts';

/** The counter of each version whose archive is an asset, by plugin. */
export type Counters = ReadonlyMap<PluginName, ReadonlyMap<Version, number>>;

/** How often an asset was downloaded, as GitHub says. */
export interface AssetCounter {
  readonly url: string;
  readonly downloads: number;
}

/**
 * The counters of the assets that are archives of versions.
 *
 * @param assets attacker-controlled: the owner of a repository names them. Others are passed over.
 */
export function matchCounters(assets: Iterable<AssetCounter>, plugins: readonly SnapshotPlugin[]): Counters {
  const archives = archivesByUrl(plugins);
  const found = new Map<PluginName, Map<Version, number>>();
  for (const { url, downloads } of assets) {
    const archive = archives.get(url);
    if (archive && isCount(downloads))
      found.set(archive.name, (found.get(archive.name) ?? new Map<Version, number>()).set(archive.version, downloads));
  }
  return found;
}

/**
 * Reads what GitHub answers to `GET /repos/{owner}/{repo}/releases`: a list of releases, or with `gh api --slurp` a list
 * of such lists.
 *
 * @param answer attacker-controlled
 * @returns nothing where it is no such answer
 */
export function readReleases(answer: unknown): readonly AssetCounter[] | undefined {
  if (!Array.isArray(answer)) return undefined;
  const releases: readonly unknown[] = answer.flat();
  if (!releases.every((release) => isRecord(release) && Array.isArray(release['assets']))) return undefined;
  return releases
    .flatMap((release) => (release as { readonly assets: readonly unknown[] }).assets)
    .filter(isRecord)
    .map((asset) => ({ url: String(asset['browser_download_url']), downloads: Number(asset['download_count'] ?? -1) }));
}

/** The repositories at GitHub whose releases hold archives of these plugins, as `owner/name`, each once, sorted. */
export function releaseRepositories(plugins: readonly SnapshotPlugin[]): readonly string[] {
  const pattern = /^https:\/\/github\.com\/([A-Za-z0-9-]{1,39}\/[A-Za-z0-9._-]{1,100})\/releases\/download\//;
  const found = [...archivesByUrl(plugins).keys()].flatMap((url) => pattern.exec(url)?.[1] ?? []);
  return [...new Set(found)].filter((name) => !/\/\.+$/.test(name)).toSorted();
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** The document of what differs from `before`; nothing where nothing does. */
export function changedCounters(day: string, before: Counters, now: Counters): ReleaseCounters | undefined {
  const changed = new Map<PluginName, Map<Version, number>>();
  for (const [name, versions] of now)
    for (const [version, count] of versions)
      if (count > 0 && before.get(name)?.get(version) !== count)
        changed.set(name, (changed.get(name) ?? new Map<Version, number>()).set(version, count));
  return changed.size === 0 ? undefined : { schemaVersion: 1, day, counters: toCounts(changed) };
}

/** What the counters are after all of these documents. @param documents in the order of their days */
export function joinCounters(documents: readonly ReleaseCounters[]): Counters {
  const joined = new Map<PluginName, Map<Version, number>>();
  for (const { counters } of documents) {
    for (const [name, versions] of Object.entries(counters as Counts)) {
      const own = joined.get(name) ?? new Map<Version, number>();
      for (const [version, count] of Object.entries(versions)) own.set(version, count);
      joined.set(name, own);
    }
  }
  return joined;
}

interface ArchiveOf {
  readonly name: PluginName;
  readonly version: Version;
}

function archivesByUrl(plugins: readonly SnapshotPlugin[]): ReadonlyMap<string, ArchiveOf> {
  return new Map(
    plugins.flatMap(({ name, versions }) =>
      versions.map(({ dist, manifest }) => [dist.tarball, { name, version: manifest.version }] as const),
    ),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
