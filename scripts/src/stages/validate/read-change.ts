/** What a change is: both sides of it, what differs, and the versions that it adds. Read from git objects alone. */
import { assembleSnapshot, type Assembled, type Snapshot } from '@ar-registry/core/snapshot';
import { ArError } from '@ar-registry/core/errors';
import { indexPaths } from '@ar-registry/core/layout';
import { previousVersion, type ChangedPath } from '@ar-registry/core/rules';
import { mergeTrees, type GitRepository, type MergedTree } from '@ar-registry/io/git';
import { readIndex, type IndexReading } from '@ar-registry/io/index-store';
import type { NormalizedManifest, Version, VersionRecord } from '@ar-registry/schemas';
import { fromIndex } from './reroot.ts';

export interface ChangeSource {
  readonly repository: GitRepository;
  /** Where the change would be merged: a branch or commit. */
  readonly base: string;
  /** What would be merged: a branch or commit, attacker-controlled. */
  readonly head: string;
  /** Folder of the archives, where it is not the index that says so. Absolute. */
  readonly store?: string | undefined;
}

export interface Side {
  readonly reading: IndexReading;
  readonly assembled: Assembled;
}

/** A version whose record the change adds or alters. */
export interface ChangedVersion {
  readonly record: VersionRecord;
  /** The next lower version that the base has. */
  readonly previous?: { readonly version: Version; readonly permissions: NormalizedManifest['permissions'] };
}

export interface ReadChange {
  readonly baseCommit: string;
  readonly headCommit: string;
  /** What the base would be after the merge: what is looked at. */
  readonly merged: MergedTree;
  readonly base: Side & { readonly snapshot: Snapshot };
  readonly head: Side;
  /** Relative to the index, `../…` for one outside of it. */
  readonly paths: readonly ChangedPath[];
  readonly versions: readonly ChangedVersion[];
}

/** @throws REVISION_UNKNOWN, INDEX_UNREADABLE, MERGE_REFUSED for a conflict, GIT_FAILED */
export async function readChange(source: ChangeSource, signal: AbortSignal | undefined): Promise<ReadChange> {
  const { repository, store } = source;
  const [baseCommit, headCommit] = await Promise.all([
    repository.resolveRevision(source.base),
    repository.resolveRevision(source.head),
  ]);
  const merged = await mergeTrees(repository, { base: baseCommit, head: headCommit, branch: source.head }, signal);
  const options = { store, signal };
  const base = await readSide(readIndex({ repository, revision: baseCommit }, options));
  if (!base.assembled.ok)
    throw new ArError('INDEX_UNREADABLE', { index: repository.gitDir, problem: 'its registry.yaml is broken' });
  const { snapshot } = base.assembled;
  const { prefix } = base.reading;
  const head = await readSide(readIndex({ repository, tree: merged.tree, prefix }, options));
  const paths = (await repository.changedPaths(baseCommit, merged.tree)).map(({ path, kind }) => ({
    path: fromIndex(path, prefix),
    kind,
  }));
  const versions = changedVersions(head, { paths, base: snapshot });
  return { baseCommit, headCommit, merged, base: { ...base, snapshot }, head, paths, versions };
}

/** Whether a change is a submission: one of nothing but tools and documents beside the index is none. */
export function touchesIndex({ base, paths }: ReadChange): boolean {
  return base.reading.prefix === '' || paths.some(({ path }) => !path.startsWith('../'));
}

async function readSide(read: Promise<IndexReading>): Promise<Side> {
  const reading = await read;
  return { reading, assembled: assembleSnapshot(reading.files) };
}

function changedVersions(
  { assembled }: Side,
  { paths, base }: { readonly paths: readonly ChangedPath[]; readonly base: Snapshot },
): readonly ChangedVersion[] {
  if (!assembled.ok) return [];
  const changed = new Set(paths.filter(({ kind }) => kind !== 'deleted').map(({ path }) => path));
  return assembled.snapshot.plugins.flatMap((plugin) =>
    plugin.versions
      .filter(({ manifest }) => changed.has(indexPaths.version(manifest.name, manifest.version)))
      .map((record) => ({ record, ...previousOf(base, record) })),
  );
}

/** What `record` is compared with in a snapshot, with what that was allowed to do. */
export function previousOf({ plugins }: Snapshot, { manifest }: VersionRecord): Pick<ChangedVersion, 'previous'> {
  const versions = plugins.find(({ name }) => name === manifest.name)?.versions ?? [];
  const previous = previousVersion(versions, manifest.version);
  if (!previous) return {};
  return { previous: { version: previous.manifest.version, permissions: previous.manifest.permissions } };
}
