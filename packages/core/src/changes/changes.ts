/**
 * What happened in a registry, as its records tell it: for those who poll, and for feeds.
 *
 * Records say when a version was published and when an advisory was written. They do not say when a version was deprecated
 * or yanked, or a plugin renamed; that is listed as how things stand, and whoever polls sees what is new in it. Nothing here
 * is guessed from the history of a repository.
 */
import type { AdvisoryRecord, ChangesDocument, PluginName, Timestamp } from '@ar-registry/schemas';
import type { Snapshot, SnapshotPlugin } from '../snapshot/index.ts';

/** Something that happened at a known time. `id` is the same for good. */
export type Change = ChangesDocument['changes'][number];

/** How something stands that was decided at a time nobody wrote down. */
export type Standing = ChangesDocument['standing'][number];

/** How many changes the document has: a poller that comes once a day misses none, and reads about 200 KB. */
export const NEWEST_CHANGES = 1000;

/** The document: the newest changes, and everything that stands. */
export function toChangesDocument(snapshot: Snapshot): ChangesDocument {
  const changes = changesIn(snapshot);
  return changesDocument({ total: changes.length, changes, standing: standingIn(snapshot) });
}

/** @param changes the newest first, and of `total` at least as many as the document has */
export function changesDocument(told: {
  readonly total: number;
  readonly changes: readonly Change[];
  readonly standing: readonly Standing[];
}): ChangesDocument {
  const changes = told.changes.slice(0, NEWEST_CHANGES);
  return { schemaVersion: 1, total: told.total, changes, standing: [...told.standing] };
}

/** All of them, the newest first. */
export function changesIn({ plugins, advisories }: Snapshot): readonly Change[] {
  return newestFirst([...plugins.flatMap(publications), ...advisories.flatMap(notices)]);
}

/** How everything stands, by plugin, the highest version first. */
export function standingIn({ plugins }: Snapshot): readonly Standing[] {
  return plugins.flatMap(standingOf);
}

/** The first version that came out publishes the plugin, each other one updates it. */
function publications({ name, versions }: SnapshotPlugin): readonly Change[] {
  const oldestFirst = newestFirst(
    versions.map(({ manifest: { version, description }, publishedAt }) => ({
      id: `plugin.updated:${name}@${version}`,
      type: 'plugin.updated' as const,
      at: publishedAt,
      plugin: name,
      version,
      summary: description,
    })),
  ).toReversed();
  return oldestFirst.map((change, index) =>
    index > 0 ? change : { ...change, type: 'plugin.published', id: `plugin.published:${name}` },
  );
}

/** What an advisory says, and that it forbids versions. */
function notices(advisory: AdvisoryRecord): readonly Change[] {
  const { id, published, modified, withdrawn, action, affected, summary } = advisory;
  const change = (type: Change['type'], plugin: PluginName, at: Timestamp): Change => ({
    id: `${type}:${id}`,
    type,
    at,
    plugin,
    advisory: id,
    summary,
  });
  return affected.flatMap(({ package: { name } }) => [
    change('advisory.published', name, published ?? modified),
    ...(action === 'warn' || withdrawn !== undefined ? [] : [change('plugin.revoked', name, modified)]),
    ...(withdrawn === undefined ? [] : [change('advisory.withdrawn', name, withdrawn)]),
  ]);
}

function standingOf({ name, record, status, versions }: SnapshotPlugin): readonly Standing[] {
  const { deprecated = {}, yanked = {} } = status;
  const ofVersions = versions.flatMap(({ manifest: { version } }) => [
    ...standing('plugin.deprecated', name, version, deprecated[version]),
    ...standing('plugin.yanked', name, version, yanked[version]),
  ]);
  if (record.renamedTo === undefined) return ofVersions;
  return [
    ...ofVersions,
    { id: `plugin.renamed:${name}`, type: 'plugin.renamed', plugin: name, renamedTo: record.renamedTo },
  ];
}

// oxlint-disable-next-line max-params -- a table’s row
function standing(
  type: 'plugin.deprecated' | 'plugin.yanked',
  plugin: PluginName,
  version: string,
  reason: string | undefined,
): readonly Standing[] {
  return reason === undefined ? [] : [{ id: `${type}:${plugin}@${version}`, type, plugin, version, reason }];
}

/** At one instant by id, so that the order never depends on that of the records. */
function newestFirst<T extends Pick<Change, 'at' | 'id' | 'plugin'>>(changes: readonly T[]): readonly T[] {
  const timed = changes.map((change) => ({ change, ms: Date.parse(change.at) }));
  return timed.toSorted((a, b) => b.ms - a.ms || compareIds(a.change, b.change)).map(({ change }) => change);
}

/** The newer one first: the order of all lists of changes. */
export function compareChanges(a: Change, b: Change): number {
  if (a.at === b.at) return compareIds(a, b);
  // Of this form, later ones come later as text too.
  if (PLAIN_INSTANT.test(a.at) && PLAIN_INSTANT.test(b.at)) return a.at < b.at ? 1 : -1;
  return Date.parse(b.at) - Date.parse(a.at) || compareIds(a, b);
}

const PLAIN_INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** An advisory about several plugins is several changes of one id. */
function compareIds(a: Pick<Change, 'id' | 'plugin'>, b: Pick<Change, 'id' | 'plugin'>): number {
  if (a.id !== b.id) return a.id < b.id ? -1 : 1;
  if (a.plugin === b.plugin) return 0;
  return a.plugin < b.plugin ? -1 : 1;
}
