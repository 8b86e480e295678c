/**
 * A change to an index: what a pull request or pushed branch would do, as data.
 *
 * The head is attacker-controlled; the base is what the registry has accepted. Rules that decide who may do what look
 * at the base, so that nobody makes himself an owner in the very change that needs one.
 */
import type { Account, PluginName, PluginRecord, ScopeName, VersionRecord } from '@ar-registry/schemas';
import { indexPaths, parseIndexPath, type IndexPath } from '../layout/index.ts';
import { parsePluginRecord, parseVersionRecord } from '../record/index.ts';
import type { IndexFiles, Snapshot } from '../snapshot/index.ts';
import type { YamlFile } from '../yaml/index.ts';
import type { Waiver } from './waivers.ts';

/** All of an index at one side of a change. */
export interface IndexState {
  readonly files: IndexFiles;
  readonly snapshot: Snapshot;
}

/** One path that the change adds, modifies or deletes; relative to the index, `../…` for one outside of it. */
export interface ChangedPath {
  readonly path: string;
  readonly kind: 'added' | 'modified' | 'deleted';
}

export interface ChangeInput {
  readonly base: IndexState;
  readonly head: IndexState;
  readonly paths: readonly ChangedPath[];
  /** Who submits, as the host of the repository knows it; absent where nobody knows. */
  readonly submitter?: Account | undefined;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** Folder of the archives relative to the index; absent where they lie outside of the tree. */
  readonly storePath?: string | undefined;
  /** What a reviewer has looked at and let pass. */
  readonly waived?: readonly Waiver[] | undefined;
}

/** A changed path and what it is the path of. */
export interface ChangedRecord extends ChangedPath {
  readonly place: IndexPath;
}

/** A version that the change adds, if its record can be read. */
export interface AddedVersion {
  readonly path: string;
  readonly name: PluginName;
  readonly record: VersionRecord;
  readonly source: YamlFile;
}

/** The input, and what rules ask of it. */
export interface Change extends ChangeInput {
  /** By path. */
  readonly records: readonly ChangedRecord[];
  readonly added: readonly AddedVersion[];
  /** Plugins of which any file changes, by name. */
  readonly plugins: readonly PluginName[];
  /** Who answers for the change: the submitter, or whom the added versions claim. */
  readonly actors: readonly Account[];
}

export function createChange(input: ChangeInput): Change {
  const records = input.paths
    .map((changed) => ({ ...changed, place: placeOf(changed.path, input.storePath) }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const added = records.flatMap((record) => readAdded(record, input.head.files));
  const plugins = [...new Set(records.flatMap(({ place }) => ('name' in place ? [place.name] : [])))];
  return { ...input, records, added, plugins, actors: input.submitter ? [input.submitter] : claimants(added) };
}

function placeOf(path: string, storePath: string | undefined): IndexPath {
  if (storePath !== undefined && path.startsWith(`${storePath.replace(/^\.\/|\/$/g, '')}/`)) return { kind: 'store' };
  const place = parseIndexPath(path);
  return place.kind === 'store' ? { kind: 'other' } : place;
}

function readAdded({ path, kind, place }: ChangedRecord, files: IndexFiles): readonly AddedVersion[] {
  const text = files.get(path);
  if (kind !== 'added' || place.kind !== 'version' || text === undefined) return [];
  const parsed = parseVersionRecord(text, path);
  return parsed.ok ? [{ path, name: place.name, record: parsed.record, source: parsed.source }] : [];
}

function claimants(added: readonly AddedVersion[]): readonly Account[] {
  return [...new Map(added.map(({ record }) => [record.publishedBy.id, record.publishedBy])).values()];
}

/** Whether the base has anything of this plugin, be it broken: then its name is taken. */
export function isKnownPlugin({ files }: IndexState, name: PluginName): boolean {
  const folder = `${indexPaths.folder(name)}/`;
  return [...files.keys()].some((path) => path.startsWith(folder));
}

/** `plugin.yaml` of a plugin, also where the rest of it is broken; undefined where it cannot be read. */
export function pluginRecordOf({ files }: IndexState, name: PluginName): PluginRecord | undefined {
  const path = indexPaths.plugin(name);
  const text = files.get(path);
  if (text === undefined) return undefined;
  const parsed = parsePluginRecord(text, path);
  return parsed.ok ? parsed.record : undefined;
}

/** Plugins that the change brings into being. */
export function newPlugins({ base, plugins }: Change): readonly PluginName[] {
  return plugins.filter((name) => !isKnownPlugin(base, name));
}

/** Scopes that the change brings into being. */
export function newScopes({ base, records }: Change): readonly ScopeName[] {
  return records.flatMap(({ place }) =>
    place.kind === 'scope' && !base.files.has(indexPaths.scope(place.scope)) ? [place.scope] : [],
  );
}

/** `ada (1)`: the login for people, the id because logins get renamed. */
export function showAccount({ login, id }: Account): string {
  return `${login} (${id})`;
}
