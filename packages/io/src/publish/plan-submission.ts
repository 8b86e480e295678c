/** Which records a submission adds or changes, and what the registry would have against it. Pure. */
import { archiveStorePath } from '@ar-registry/core/archive';
import { finding, type Finding } from '@ar-registry/core/findings';
import { indexPaths } from '@ar-registry/core/layout';
import { findLookalike, isReservedScope, splitName } from '@ar-registry/core/name';
import {
  parsePluginRecord,
  parseScopeRecord,
  parseStatusRecord,
  parseVersionRecord,
  RESERVED_SCOPES,
} from '@ar-registry/core/record';
import { nearest } from '@ar-registry/core/text';
import { stringifyRecord } from '@ar-registry/core/yaml';
import type {
  Account,
  Dist,
  NormalizedManifest,
  PluginRecord,
  ScopeRecord,
  Source,
  StatusRecord,
  Timestamp,
  VersionRecord,
} from '@ar-registry/schemas';
import { planDistTags } from './dist-tags.ts';
import type { IndexState } from './index-state.ts';

/** A version as its author offers it. */
export interface Offer {
  readonly manifest: NormalizedManifest;
  readonly dist: Dist;
  readonly source?: Source | undefined;
  readonly publisher: Account;
  readonly publishedAt: Timestamp;
  /** The dist-tag that was asked for. */
  readonly tag?: string | undefined;
}

export interface SubmissionPlan {
  /** Path relative to the index → text: what is new or changes. */
  readonly records: ReadonlyMap<string, string>;
  /** The dist-tags of the plugin once it is accepted. */
  readonly distTags: StatusRecord['distTags'];
  readonly findings: readonly Finding[];
}

export function planSubmission(state: IndexState, offer: Offer): SubmissionPlan {
  const { name, version } = offer.manifest;
  const { scope } = splitName(name);
  const status = statusRecord(state, offer);
  const records = new Map([
    [indexPaths.version(name, version), stringifyRecord(versionRecord(offer))],
    [indexPaths.status(name), stringifyRecord(status)],
  ]);
  if (!state.plugin) records.set(indexPaths.plugin(name), stringifyRecord(pluginRecord(state, offer)));
  if (!state.scope) records.set(indexPaths.scope(scope), stringifyRecord(scopeRecord(offer)));
  return {
    records,
    distTags: status.distTags,
    findings: [...checkRights(state, offer), ...checkOffer(state, offer), ...checkRecords(records)],
  };
}

function versionRecord({ manifest, dist, source, publishedAt, publisher }: Offer): VersionRecord {
  return {
    schemaVersion: 1,
    manifest,
    dist,
    ...(source === undefined ? {} : { source }),
    publishedAt,
    publishedBy: publisher,
  };
}

function statusRecord({ status }: IndexState, { manifest: { version }, tag }: Offer): StatusRecord {
  const distTags = planDistTags(status?.distTags ?? {}, { version, tag });
  return { ...(status ?? { schemaVersion: 1 }), distTags };
}

function pluginRecord({ scope }: IndexState, { manifest, publisher }: Offer): PluginRecord {
  const trust = scope && isOwner(publisher, scope.owners) ? scope.level : 'community';
  const { url } = manifest.repository;
  return { schemaVersion: 1, name: manifest.name, owners: [publisher], trust, repository: { url } };
}

function scopeRecord({ manifest, publisher }: Offer): ScopeRecord {
  return { schemaVersion: 1, scope: splitName(manifest.name).scope, level: 'community', owners: [publisher] };
}

/** Who may publish: the owners of a plugin that exists, and of the scope for one that is new. Logins get renamed. */
function checkRights(
  { scope, plugin, registry }: IndexState,
  { manifest: { name }, publisher }: Offer,
): readonly Finding[] {
  const { scope: id } = splitName(name);
  const reserved = new Set([...RESERVED_SCOPES, ...(registry.reservedScopes ?? [])]);
  if (!scope && isReservedScope(id, reserved))
    return [finding('SCOPE_RESERVED', { file: indexPaths.scope(id) }, { scope: id })];
  const owners = plugin?.owners ?? scope?.owners;
  if (!owners || isOwner(publisher, owners)) return [];
  const of = plugin ? name : `the scope @${id}`;
  return [finding('NOT_OWNER', { file: indexPaths.folder(name) }, { account: publisher.login, of })];
}

function isOwner({ id }: Account, owners: readonly Account[]): boolean {
  return owners.some((owner) => owner.id === id);
}

function checkOffer(
  { plugin, names, categories }: IndexState,
  { manifest: { name, category } }: Offer,
): readonly Finding[] {
  const file = indexPaths.folder(name);
  const existing = plugin ? undefined : findLookalike(name, names);
  const known = categories?.categories.map(({ id }) => id) ?? [];
  const [suggestion] = category === undefined ? [] : nearest(category, known);
  return [
    ...(existing === undefined ? [] : [finding('NAME_LOOKALIKE', { file }, { name, existing })]),
    ...(category === undefined || !categories || known.includes(category)
      ? []
      : [finding('CATEGORY_UNKNOWN', { file }, { category, ...(suggestion === undefined ? {} : { suggestion }) })]),
  ];
}

/** Every record is read back as the registry will: one that it would refuse is not submitted. */
function checkRecords(records: ReadonlyMap<string, string>): readonly Finding[] {
  return [...records].flatMap(([path, text]) => parserOf(path)(text, path).findings);
}

function parserOf(path: string): (text: string, file: string) => { readonly findings: readonly Finding[] } {
  if (path.startsWith('scopes/')) return parseScopeRecord;
  if (path.endsWith('/plugin.yaml')) return parsePluginRecord;
  return path.endsWith('/status.yaml') ? parseStatusRecord : parseVersionRecord;
}

/** Path of an archive in an index that keeps its archives itself. */
export function archivePath({ registry }: IndexState, { integrity }: Dist): string {
  return `${(registry.store ?? 'store').replace(/\/+$/, '')}/${archiveStorePath(integrity)}`;
}
