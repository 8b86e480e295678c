/**
 * What an owner changes about a plugin that is published, as data: records in, records out.
 *
 * Nothing here decides who may do it: the rules of the registry do, over the very change that comes out of this.
 */
import type { PluginRecord, ReviewRecord, StatusRecord, Version } from '@ar-registry/schemas';

/** The records that an owner changes, and which versions there are. */
export interface OwnedPlugin {
  readonly record: PluginRecord;
  readonly status: StatusRecord;
  readonly versions: readonly Version[];
}

export type ChangeKind =
  | 'deprecate'
  | 'undeprecate'
  | 'yank'
  | 'unyank'
  | 'dist-tag'
  | 'owner'
  | 'transfer'
  | 'edit'
  | 'rate';

/** What is to be submitted. At least one of `status`, `record` and `review` is there. */
export interface OwnerChange {
  readonly state: 'changed';
  readonly kind: ChangeKind;
  /** Imperative, one line: `Yank @acme/hello 1.2.0`. */
  readonly title: string;
  /** What it does, a sentence each. Holds what the owner wrote. */
  readonly effects: readonly string[];
  /** What the owner may want to do next. */
  readonly hints?: readonly string[] | undefined;
  readonly status?: StatusRecord | undefined;
  readonly record?: PluginRecord | undefined;
  /** What an account says of the plugin, and where that lies in the index. */
  readonly review?: { readonly path: string; readonly record: ReviewRecord } | undefined;
}

/** A change, or why there is nothing to change. */
export type PlannedChange = OwnerChange | { readonly state: 'unchanged'; readonly why: string };

export function unchanged(why: string): PlannedChange {
  return { state: 'unchanged', why };
}

/** What a map of a record holds of its own: a tag may be called `constructor`. */
export function ownEntry(map: Readonly<Record<string, string>> | undefined, key: string): string | undefined {
  return map !== undefined && Object.hasOwn(map, key) ? map[key] : undefined;
}

const SHOWN_VERSIONS = 10;

/** `1.0.0, 1.1.0 and 7 more` */
export function listVersions(versions: readonly Version[]): string {
  const more = versions.length - SHOWN_VERSIONS;
  const shown = versions.slice(0, SHOWN_VERSIONS).join(', ');
  return more > 0 ? `${shown} and ${more} more` : shown;
}
