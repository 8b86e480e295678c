/** The head of an index, which all its plugins share, and where the records of each plugin are. */
import type { Finding } from '@ar-registry/core/findings';
import { assembleHead, groupPaths, type SnapshotHead } from '@ar-registry/core/snapshot';
import { listIndex, openIndexPlace, type IndexPlace, type TreeFile } from '@ar-registry/io/index-store';
import type { PluginName } from '@ar-registry/schemas';
import { brokenRegistry } from '../validate/index.ts';
import type { BuildInput } from './build-input.ts';

export interface IndexHead {
  readonly head: SnapshotHead;
  /** Of the head: path relative to the index → text. */
  readonly texts: ReadonlyMap<string, string>;
  /** By name. */
  readonly plugins: readonly { readonly name: PluginName; readonly records: readonly TreeFile[] }[];
  readonly findings: readonly Finding[];
  readonly place: IndexPlace;
  readonly commit?: string | undefined;
  readonly prefix: string;
  /** Where archives lie, relative to the index, as far as it says so. */
  readonly storePath: string;
}

/** @throws INDEX_UNREADABLE, REVISION_UNKNOWN, GIT_FAILED, FILE_ACCESS, ABORTED */
export async function readHead({ source }: BuildInput, signal: AbortSignal | undefined): Promise<IndexHead> {
  const { records, place, prefix, commit, findings } = await listIndex(source, { signal });
  const groups = groupPaths(records.map(({ path }) => path));
  const ofPlugins = new Set(groups.plugins.flatMap(([, paths]) => paths));
  const index = await openIndexPlace(place, { signal });
  const read = await index.read(records.filter(({ path }) => !ofPlugins.has(path)));
  const found = [...findings, ...read.findings];
  const own: Finding[] = [];
  const head = assembleHead(read.files, own);
  if (!head) throw brokenRegistry([...own, ...found]);
  const byPath = new Map(records.map((file) => [file.path, file]));
  const plugins = groups.plugins.map(([name, paths]) => ({
    name,
    records: paths.flatMap((path) => byPath.get(path) ?? []),
  }));
  return {
    head,
    plugins,
    place,
    prefix,
    commit,
    texts: read.files,
    findings: [...found, ...own, ...groups.findings],
    storePath: head.registry.store ?? 'store',
  };
}
