/** What a publisher must know of an index: the records around one plugin. Nothing else of it is fetched. */
import { ArError } from '@ar-registry/core/errors';
import { CATEGORIES_FILE, INDEX_FOLDER, indexPaths, parseIndexPath, REGISTRY_FILE } from '@ar-registry/core/layout';
import { splitName } from '@ar-registry/core/name';
import {
  parseCategoriesRecord,
  type ParsedRecord,
  parsePluginRecord,
  parseRegistryRecord,
  parseScopeRecord,
  parseStatusRecord,
} from '@ar-registry/core/record';
import type {
  CategoriesRecord,
  PluginName,
  PluginRecord,
  RegistryRecord,
  ScopeRecord,
  StatusRecord,
  Version,
} from '@ar-registry/schemas';
import type { GitRepository } from '../git/index.ts';

export interface IndexState {
  /** Where the index lies in its repository: empty, or with a slash at the end. */
  readonly prefix: string;
  readonly registry: RegistryRecord;
  readonly categories: CategoriesRecord | undefined;
  /** Absent for a scope, or a plugin, that is new. */
  readonly scope: ScopeRecord | undefined;
  readonly plugin: PluginRecord | undefined;
  readonly status: StatusRecord | undefined;
  readonly versions: readonly Version[];
  /** Of all plugins. */
  readonly names: readonly PluginName[];
}

/**
 * @param remote how the index is named in errors
 * @throws INDEX_NOT_FOUND, and INDEX_UNREADABLE for a record that is broken
 */
export async function readIndexState(
  { repository, head, remote }: { readonly repository: GitRepository; readonly head: string; readonly remote: string },
  name: PluginName,
): Promise<IndexState> {
  const tree = new Map((await repository.listTree(head)).map((entry) => [entry.path, entry]));
  const prefix = ['', `${INDEX_FOLDER}/`].find((candidate) => tree.has(`${candidate}${REGISTRY_FILE}`));
  if (prefix === undefined) throw new ArError('INDEX_NOT_FOUND', { remote });
  const wanted = {
    registry: REGISTRY_FILE,
    categories: CATEGORIES_FILE,
    scope: indexPaths.scope(splitName(name).scope),
    plugin: indexPaths.plugin(name),
    status: indexPaths.status(name),
  };
  const oids = Object.values(wanted).flatMap((path) => tree.get(prefix + path)?.oid ?? []);
  const blobs = await repository.readBlobs(oids);
  const read = <T>(path: string, parse: (text: string, file: string) => ParsedRecord<T>): T | undefined => {
    const bytes = blobs.get(tree.get(prefix + path)?.oid ?? '');
    if (bytes === undefined) return undefined;
    const parsed = parse(new TextDecoder().decode(bytes), path);
    if (parsed.ok) return parsed.record;
    throw new ArError('INDEX_UNREADABLE', { index: remote, problem: `${path} is not valid` });
  };
  const registry = read(wanted.registry, parseRegistryRecord);
  if (!registry) throw new ArError('INDEX_NOT_FOUND', { remote });
  const places = [...tree.keys()].flatMap((path) =>
    path.startsWith(prefix) ? [parseIndexPath(path.slice(prefix.length))] : [],
  );
  return {
    prefix,
    registry,
    categories: read(wanted.categories, parseCategoriesRecord),
    scope: read(wanted.scope, parseScopeRecord),
    plugin: read(wanted.plugin, parsePluginRecord),
    status: read(wanted.status, parseStatusRecord),
    versions: places.flatMap((place) => (place.kind === 'version' && place.name === name ? [place.version] : [])),
    names: places.flatMap((place) => (place.kind === 'plugin' ? [place.name] : [])),
  };
}
