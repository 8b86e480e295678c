/** From the paths that differ between two commits to the parts of an index that have to be looked at again. */
import { posix } from 'node:path';
import type { Finding } from '@ar-registry/core/findings';
import { CATEGORIES_FILE, INDEX_FOLDER, REGISTRY_FILE, parseIndexPath } from '@ar-registry/core/layout';
import { isRecordPath } from '@ar-registry/io/index-store';
import type { PluginName, ScopeName } from '@ar-registry/schemas';

export interface IndexChange {
  readonly plugins: ReadonlySet<PluginName>;
  readonly scopes: ReadonlySet<ScopeName>;
  /** Paths in the index. */
  readonly advisories: ReadonlySet<string>;
  /** All paths in the index that count. */
  readonly paths: readonly string[];
}

export interface ChangeContext {
  /** Where the index lies in its tree: empty, or with a slash at the end. */
  readonly prefix: string;
  /** Where archives lie, relative to the index. */
  readonly storePath?: string | undefined;
}

/** Paths that only a record can have, in the one spelling that no other path is taken for where letter case does not count. */
const PLAIN = /^(?:plugins|reviews|verifications)\/(@[a-z0-9][a-z0-9-]*\/[a-z0-9][a-z0-9-]*)\/[\w./+-]+$/;

/**
 * @param changed from the top of the tree; attacker-controlled
 * @returns undefined where something changed that all plugins may depend on, or that is not what it should be
 */
export function planIndexChange(
  changed: readonly { readonly path: string; readonly kind: string }[],
  { prefix, storePath }: ChangeContext,
): IndexChange | undefined {
  const plan = {
    plugins: new Set<PluginName>(),
    scopes: new Set<ScopeName>(),
    advisories: new Set<string>(),
    paths: [] as string[],
  };
  const store = storePath === undefined ? undefined : `${posix.join(prefix, storePath)}/`;
  for (const { path, kind } of changed) {
    // Where the index lies may be another place then.
    if (path === REGISTRY_FILE || path === `${INDEX_FOLDER}/${REGISTRY_FILE}`) return undefined;
    if (store !== undefined && path.startsWith(store)) {
      // Archives are named by their content: one more changes nothing for those that were found.
      if (kind !== 'added') return undefined;
    } else if (path.startsWith(prefix) && !addTo(plan, path.slice(prefix.length))) return undefined;
  }
  return plan;
}

interface Plan {
  readonly plugins: Set<PluginName>;
  readonly scopes: Set<ScopeName>;
  readonly advisories: Set<string>;
  readonly paths: string[];
}

/** @returns whether it is known what the path is about */
function addTo({ plugins, scopes, advisories, paths }: Plan, path: string): boolean {
  if (!isRecordPath(path)) return true;
  paths.push(path);
  const place = parseIndexPath(path);
  const owner = place.kind === 'other' ? undefined : ownerOf(path);
  if (owner !== undefined) plugins.add(owner);
  else if (place.kind === 'scope' && /^[a-z0-9-]+$/.test(place.scope)) scopes.add(place.scope);
  else if (place.kind === 'advisory' && /^[\w-]+$/.test(place.id)) advisories.add(path);
  else return path === CATEGORIES_FILE;
  return true;
}

/** The plugin that a path in the index is about; nothing for another, or for one that is no plain path. */
export function ownerOf(path: string): PluginName | undefined {
  const [, name] = PLAIN.exec(`${path}${isFolder(path) ? '/plugin.yaml' : ''}`) ?? [];
  return name;
}

/** The plugins that findings are about. */
export function ownersOf(findings: readonly Finding[]): readonly PluginName[] {
  return [...new Set(findings.flatMap(({ at }) => ownerOf(at.file) ?? []))];
}

/** Of some findings, the folder of a plugin is where they are. */
function isFolder(path: string): boolean {
  return /^plugins\/@[^/]+\/[^/]+$/.test(path);
}
