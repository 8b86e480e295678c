/** What whoever proposes a change must know of an index: the records around one plugin. Nothing else of it is fetched. */
import { ArError } from '@ar-registry/core/errors';
import { CATEGORIES_FILE, INDEX_FOLDER, indexPaths, parseIndexPath, REGISTRY_FILE } from '@ar-registry/core/layout';
import { splitName } from '@ar-registry/core/name';
import {
  type ParsedRecord,
  parsePluginRecord,
  parseRegistryRecord,
  parseScopeRecord,
  parseStatusRecord,
} from '@ar-registry/core/record';
import type {
  PluginName,
  PluginRecord,
  RegistryRecord,
  ScopeName,
  ScopeRecord,
  StatusRecord,
  Version,
} from '@ar-registry/schemas';
import type { GitRepository } from '../git/index.ts';

/** Where a commit's files are read from: a repository on this machine, or GitHub. */
export type CommitReader = Pick<GitRepository, 'listTree' | 'readBlobs'>;

export interface IndexState {
  /** Where the index lies in its repository: empty, or with a slash at the end. */
  readonly prefix: string;
  /** Path relative to the index → text, of the records around the plugin. */
  readonly files: ReadonlyMap<string, string>;
  readonly registry: RegistryRecord;
  /** Absent for a scope, or a plugin, that is new. */
  readonly scope: ScopeRecord | undefined;
  readonly plugin: PluginRecord | undefined;
  readonly status: StatusRecord | undefined;
  readonly versions: readonly Version[];
  /** Of the whole index. */
  readonly plugins: readonly PluginName[];
  readonly scopes: readonly ScopeName[];
}

interface IndexAt {
  readonly repository: CommitReader;
  readonly head: string;
  /** How the index is named in errors. */
  readonly remote: string;
}

/** @throws INDEX_NOT_FOUND, and INDEX_UNREADABLE for a record of the plugin that is broken */
export async function readIndexState(index: IndexAt, name: PluginName): Promise<IndexState> {
  const { prefix, oids } = await listIndex(index);
  const files = await readFiles(index.repository, oids, name);
  const read = <T>(path: string, parse: (text: string, file: string) => ParsedRecord<T>): T | undefined => {
    const text = files.get(path);
    const parsed = text === undefined ? undefined : parse(text, path);
    if (!parsed || parsed.ok) return parsed?.record;
    throw new ArError('INDEX_UNREADABLE', { index: index.remote, problem: `${path} is not valid` });
  };
  const registry = read(REGISTRY_FILE, parseRegistryRecord);
  if (!registry) throw new ArError('INDEX_NOT_FOUND', { remote: index.remote });
  const places = [...oids.keys()].map(parseIndexPath);
  return {
    prefix,
    files,
    registry,
    scope: read(indexPaths.scope(splitName(name).scope), parseScopeRecord),
    plugin: read(indexPaths.plugin(name), parsePluginRecord),
    status: read(indexPaths.status(name), parseStatusRecord),
    versions: places.flatMap((place) => (place.kind === 'version' && place.name === name ? [place.version] : [])),
    plugins: places.flatMap((place) => (place.kind === 'plugin' ? [place.name] : [])),
    scopes: places.flatMap((place) => (place.kind === 'scope' ? [place.scope] : [])),
  };
}

/** Object ids by path relative to the index. */
async function listIndex({ repository, head, remote }: IndexAt): Promise<{
  readonly prefix: string;
  readonly oids: ReadonlyMap<string, string>;
}> {
  const entries = (await repository.listTree(head)).filter(({ kind }) => kind === 'file');
  const paths = new Set(entries.map(({ path }) => path));
  const prefix = ['', `${INDEX_FOLDER}/`].find((candidate) => paths.has(`${candidate}${REGISTRY_FILE}`));
  if (prefix === undefined) throw new ArError('INDEX_NOT_FOUND', { remote });
  const inside = entries.filter(({ path }) => path.startsWith(prefix));
  return { prefix, oids: new Map(inside.map(({ path, oid }) => [path.slice(prefix.length), oid])) };
}

function isOf(name: PluginName, path: string): boolean {
  return [indexPaths.folder(name), indexPaths.reviews(name)].some((folder) => path.startsWith(`${folder}/`));
}

async function readFiles(
  repository: CommitReader,
  oids: ReadonlyMap<string, string>,
  name: PluginName,
): Promise<ReadonlyMap<string, string>> {
  const single = new Set([REGISTRY_FILE, CATEGORIES_FILE, indexPaths.scope(splitName(name).scope)]);
  const wanted = [...oids].filter(([path]) => single.has(path) || isOf(name, path));
  const blobs = await repository.readBlobs(wanted.map(([, oid]) => oid));
  return new Map(wanted.map(([path, oid]) => [path, new TextDecoder().decode(blobs.get(oid))]));
}
