/** Which records a submission adds or changes. Pure. */
import { archiveStorePath } from '@ar-registry/core/archive';
import { indexPaths } from '@ar-registry/core/layout';
import { splitName } from '@ar-registry/core/name';
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
import type { IndexState } from '../propose/index.ts';

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
  /** Path of the archive relative to the index, for an index that keeps its archives itself. */
  readonly archive: string;
  /** The dist-tags of the plugin once it is accepted. */
  readonly distTags: StatusRecord['distTags'];
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
    archive: `${storePathOf(state)}/${archiveStorePath(offer.dist.integrity)}`,
    distTags: status.distTags,
  };
}

/** Folder of the archives, relative to the index. */
export function storePathOf({ registry }: Pick<IndexState, 'registry'>): string {
  return (registry.store ?? 'store').replaceAll(/^(?:\.\/)+|\/+$/g, '');
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
  const owned = scope?.owners.some(({ id }) => id === publisher.id) === true;
  const { url } = manifest.repository;
  return {
    schemaVersion: 1,
    name: manifest.name,
    owners: [publisher],
    // Nobody has read its code yet, whatever was read of other plugins of the scope.
    trust: owned && scope.level === 'official' ? 'official' : 'community',
    repository: { url },
  };
}

function scopeRecord({ manifest, publisher }: Offer): ScopeRecord {
  return { schemaVersion: 1, scope: splitName(manifest.name).scope, level: 'community', owners: [publisher] };
}
