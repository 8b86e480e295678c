import type { PluginName, Version, VersionRecord } from '@ar-registry/schemas';
import { finding, type Finding, type FindingFacts } from '../findings/index.ts';
import { isSameRepository } from '../git-name/index.ts';
import { indexPaths } from '../layout/index.ts';
import { addedPowers } from '../permission/index.ts';
import { firstDifference } from '../record/index.ts';
import { toSingleLine, truncate } from '../text/index.ts';
import { isKnownPlugin, newPlugins, pluginRecordOf, type AddedVersion, type Change } from './change.ts';
import type { SnapshotPlugin } from '../snapshot/index.ts';
import { pluginsByName } from './plugins-by-name.ts';
import { previousVersion } from './previous-version.ts';
import type { ChangeRule } from './rule.ts';

/**
 * What a machine must not decide: new names, who owns what, trust, permissions or a repository that
 * change, and what nobody answers for.
 */
export const checkReview: ChangeRule = (change) => [
  ...change.records.flatMap(({ path, kind, place }) => {
    if (['registry', 'categories', 'dependencies', 'dismissed'].includes(place.kind))
      return [review(path, `${path} changes`)];
    if (place.kind === 'advisory') return [review(path, `${path} changes what may be installed and loaded`)];
    if (place.kind === 'verification') return [review(path, `${path} says that code was read`)];
    if (place.kind !== 'scope') return [];
    if (kind === 'added') return [review(path, `the scope @${place.scope} is new`, 'new-scope')];
    return [review(path, `the scope @${place.scope} changes`)];
  }),
  ...newPlugins(change).map((name) => review(indexPaths.plugin(name), `the plugin ${name} is new`, 'new-plugin')),
  ...change.plugins.flatMap((name) => reviewRecord(change, name)),
  ...reviewNobody(change),
  ...change.added.flatMap((version) => reviewVersion(change, version)),
];

function review(file: string, what: string, topic?: FindingFacts['REVIEW_REQUIRED']['topic']): Finding {
  const facts = { what: truncate(toSingleLine(what), 300) };
  return finding('REVIEW_REQUIRED', { file }, topic === undefined ? facts : { ...facts, topic });
}

function reviewRecord(change: Change, name: PluginName): readonly Finding[] {
  const before = pluginRecordOf(change.base, name);
  const after = pluginRecordOf(change.head, name);
  if (!isKnownPlugin(change.base, name) || !before || !after) return [];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) =>
    firstDifference(valueOf(before, key), valueOf(after, key)),
  );
  if (keys.length === 0) return [];
  return [review(indexPaths.plugin(name), `${name} gets other ${keys.toSorted().join(', ')}`)];
}

/** Where nobody is known to answer for it, ownership of what exists was not looked at: a person has to. */
function reviewNobody({ actors, base, records }: Change): readonly Finding[] {
  if (actors.length > 0) return [];
  return records.flatMap(({ path, place }) =>
    'name' in place && isKnownPlugin(base, place.name)
      ? [review(path, `nobody is known to answer for a change of ${place.name}`)]
      : [],
  );
}

function valueOf(record: object, key: string): unknown {
  return (record as Readonly<Record<string, unknown>>)[key];
}

function reviewVersion(change: Change, { name, record, path }: AddedVersion): readonly Finding[] {
  const known = pluginsByName(change.base.snapshot).get(name);
  if (!known) return [];
  const { manifest } = record;
  const widened = comparedWith(change, known, manifest.version)
    .flatMap((other) => addedPowers(other.manifest, manifest))
    .map(({ text }) => text);
  const texts = [...new Set(widened)].join(', ');
  const { url } = known.record.repository;
  const origins = [manifest.repository.url, ...(record.source ? [record.source.url] : [])];
  const elsewhere = [...new Set(origins)].filter((origin) => !isSameRepository(origin, url));
  return [
    ...(widened.length > 0 ? [review(path, `${name}@${manifest.version} may also ${texts}`)] : []),
    ...elsewhere.map((origin) => review(path, `${name}@${manifest.version} comes from ${origin} and not from ${url}`)),
  ];
}

/** The version before it; and where it becomes `latest`, the one that was: that is what people have who get it. */
function comparedWith(change: Change, known: SnapshotPlugin, version: Version): readonly VersionRecord[] {
  const previous = previousVersion(known.versions, version);
  const tags = pluginsByName(change.head.snapshot).get(known.name)?.status.distTags;
  const latest = tags?.['latest'] === version ? known.status.distTags['latest'] : undefined;
  const before = known.versions.find(({ manifest }) => manifest.version === latest);
  return [previous, before].filter((record) => record !== undefined);
}
