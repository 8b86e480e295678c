import type { VersionRecord } from '@ar-registry/schemas';
import type { SnapshotPlugin } from '../snapshot/index.ts';
import { isPrerelease } from '../version/index.ts';

/**
 * The version that stands for a plugin in lists and on its page: the one that the dist-tag `latest` names, else the
 * highest release that is not yanked, else the highest version. The same order as `resolveVersion`.
 */
export function latestOf({ status, versions }: SnapshotPlugin): VersionRecord {
  const available = versions.filter(({ manifest }) => !isYanked(status, manifest.version));
  const latest =
    available.find(({ manifest }) => manifest.version === status.distTags['latest']) ??
    available.find(({ manifest }) => !isPrerelease(manifest.version)) ??
    available[0] ??
    versions[0];
  if (!latest) throw new Error('A plugin of a snapshot has at least one version.');
  return latest;
}

/** Whether a plugin is in lists and searches: not when it goes by another name now, or when nothing of it can be installed. */
export function isListed({ record, status, versions }: SnapshotPlugin): boolean {
  if (record.renamedTo !== undefined) return false;
  return versions.some(({ manifest }) => !isYanked(status, manifest.version));
}

function isYanked({ yanked }: SnapshotPlugin['status'], version: string): boolean {
  return yanked !== undefined && Object.hasOwn(yanked, version);
}
