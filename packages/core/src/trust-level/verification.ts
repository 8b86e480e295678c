import type { Account, VerificationRecord, VersionRecord } from '@ar-registry/schemas';
import { addedPermissions } from '../permission/index.ts';
import { splitName } from '../name/index.ts';
import type { Snapshot, SnapshotPlugin } from '../snapshot/index.ts';
import { majorOf } from '../version/index.ts';

/** A year: what people, dependencies and attackers know changes. */
const VALID_MS = 365 * 24 * 60 * 60 * 1000;

/** Why a review of a version's code does not count, as a sentence; undefined where it does. */
export function verificationProblem(
  { record, version }: { readonly record: VerificationRecord; readonly version: VersionRecord },
  plugin: SnapshotPlugin,
  snapshot: Snapshot,
): string | undefined {
  const { reviewer } = record;
  const named = `${reviewer.login} (${reviewer.id})`;
  if (record.integrity !== version.dist.integrity) return 'It is about another archive.';
  const isReviewer = (snapshot.registry.reviewers ?? []).some(({ id }) => id === reviewer.id);
  if (!isReviewer) return `${named} is none of the reviewers that registry.yaml names.`;
  if (authorsOf(plugin, version, snapshot).some(({ id }) => id === reviewer.id))
    return `${named} is an author of the plugin, and cannot answer for its own work.`;
  return undefined;
}

function authorsOf({ name, record }: SnapshotPlugin, version: VersionRecord, snapshot: Snapshot): readonly Account[] {
  const scope = snapshot.scopes.get(splitName(name).scope);
  return [...record.owners, ...(scope?.owners ?? []), version.publishedBy];
}

/**
 * Whether a review of an earlier version still speaks for the latest: of the same major version, with no permission that
 * was not looked at, and not older than a year.
 */
export function coversLatest(
  { record, version }: { readonly record: VerificationRecord; readonly version: VersionRecord },
  latest: VersionRecord,
  nowMs: number,
): boolean {
  const [reviewed, now] = [version.manifest, latest.manifest];
  return (
    majorOf(reviewed.version) === majorOf(now.version) &&
    addedPermissions(reviewed.permissions, now.permissions).length === 0 &&
    nowMs - Date.parse(record.reviewedAt) <= VALID_MS
  );
}
