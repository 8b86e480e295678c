/**
 * What advisories forbid, and whether one has come to forbid more. Its id stays when it is widened, so that ids alone would
 * not tell of it.
 */
import type { AdvisoryEntry, NotifyState, Version } from '@ar-registry/schemas';
import { blockingAdvisory } from '../advisory/index.ts';
import { toAdvisories } from '../api/advisory-documents.ts';
import type { Snapshot, SnapshotPlugin } from '../snapshot/index.ts';

/** Id of an advisory that forbids something → which versions. */
export type Revocations = NonNullable<NotifyState['revoked']>;

/** Those in force. */
export function revocationsIn(snapshot: Pick<Snapshot, 'advisories'>): Revocations {
  return Object.fromEntries(entriesIn(snapshot).map(({ id, affected }) => [id, affected]));
}

/**
 * Ids of those that forbid a version which they did not forbid before. One that was not there before is not widened, nor is
 * one whose range holds a version that was published since.
 */
export function widenedIn(
  { advisories, plugins }: Pick<Snapshot, 'advisories' | 'plugins'>,
  before: Revocations,
): ReadonlySet<string> {
  const byName = new Map(plugins.map((plugin) => [plugin.name, plugin]));
  const widened = entriesIn({ advisories }).filter((entry) => {
    const earlier = Object.hasOwn(before, entry.id) ? before[entry.id] : undefined;
    return earlier !== undefined && isWidened(entry, earlier, byName.get(entry.plugin));
  });
  return new Set(widened.map(({ id }) => id));
}

function isWidened(
  entry: AdvisoryEntry,
  earlier: AdvisoryEntry['affected'],
  plugin: Pick<SnapshotPlugin, 'versions'> | undefined,
): boolean {
  const published = plugin?.versions.map(({ manifest }) => manifest.version) ?? [];
  const forbids = (affected: AdvisoryEntry['affected'], version: Version): boolean =>
    blockingAdvisory([{ ...entry, affected }], entry.plugin, version) !== undefined;
  // Where both begin and end, whatever is published: a version may be gone from the index and be installed all the same.
  const tried = new Set([...published, ...versionsNamed(earlier), ...versionsNamed(entry.affected)]);
  return [...tried].some((version) => forbids(entry.affected, version) && !forbids(earlier, version));
}

function versionsNamed({ ranges = [], versions = [] }: AdvisoryEntry['affected']): readonly Version[] {
  const events = ranges.flatMap((range) => range.events.flatMap((event) => Object.values(event)));
  return [...versions, ...events.map((version) => (version === '0' ? '0.0.0' : version))];
}

function entriesIn(snapshot: Pick<Snapshot, 'advisories'>): readonly AdvisoryEntry[] {
  return toAdvisories(snapshot).advisories.filter(({ action }) => action !== 'warn');
}
