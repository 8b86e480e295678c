import { assembleSnapshot, type Assembled } from '@ar-registry/core/snapshot';
import { ArError } from '@ar-registry/core/errors';
import { sortFindings, type Finding } from '@ar-registry/core/findings';
import { indexPaths } from '@ar-registry/core/layout';
import { checkChange, checkIndex, introduced, type ChangedPath } from '@ar-registry/core/rules';
import type { Clock } from '@ar-registry/io/clock';
import { mergeTrees, type GitRepository, type MergedTree } from '@ar-registry/io/git';
import { readIndex, type IndexReading } from '@ar-registry/io/index-store';
import type { Account } from '@ar-registry/schemas';
import { fromIndex, reroot } from './reroot.ts';
import { checkArchives, type ValidateOutcome } from './run.ts';

export interface ValidateChangeInput {
  readonly repository: GitRepository;
  /** Where the change would be merged: a branch or commit. */
  readonly base: string;
  /** What would be merged: a branch or commit, attacker-controlled. */
  readonly head: string;
  /** Who submits, as the host of the repository knows it. */
  readonly submitter?: Account | undefined;
  /** Folder of the archives, where it is not the index that says so. Absolute. */
  readonly store?: string | undefined;
}

export interface ValidatedChange extends ValidateOutcome {
  readonly baseCommit: string;
  readonly headCommit: string;
  /** What the base would be after the merge: what the findings are about. */
  readonly merged: MergedTree;
}

export interface ValidatePorts {
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Checks what merging `head` into `base` would do: not the branch as it is, but the tree that would come of it.
 *
 * @throws REVISION_UNKNOWN, INDEX_UNREADABLE, MERGE_REFUSED for a conflict, GIT_FAILED
 */
export async function validateChange(input: ValidateChangeInput, ports: ValidatePorts): Promise<ValidatedChange> {
  const { repository, store } = input;
  const [baseCommit, headCommit] = await Promise.all([
    repository.resolveRevision(input.base),
    repository.resolveRevision(input.head),
  ]);
  const commits = { base: baseCommit, head: headCommit, branch: input.head };
  const merged = await mergeTrees(repository, commits, ports.signal);
  const options = { store, signal: ports.signal };
  const base = await readSide(readIndex({ repository, revision: baseCommit }, options));
  const { prefix } = base.reading;
  const head = await readSide(readIndex({ repository, tree: merged.tree, prefix }, options));
  const paths = (await repository.changedPaths(baseCommit, merged.tree)).map(({ path, kind }) => ({
    path: fromIndex(path, prefix),
    kind,
  }));
  const findings = await findingsOf({ base, head, paths }, input, ports);
  return { baseCommit, headCommit, merged, findings: sortFindings(reroot(findings, prefix)) };
}

interface Side {
  readonly reading: IndexReading;
  readonly assembled: Assembled;
}

async function readSide(read: Promise<IndexReading>): Promise<Side> {
  const reading = await read;
  return { reading, assembled: assembleSnapshot(reading.files) };
}

async function findingsOf(
  { base, head, paths }: { readonly base: Side; readonly head: Side; readonly paths: readonly ChangedPath[] },
  { submitter, repository }: ValidateChangeInput,
  { clock, signal }: ValidatePorts,
): Promise<readonly Finding[]> {
  if (!base.assembled.ok)
    throw new ArError('INDEX_UNREADABLE', { index: repository.gitDir, problem: 'its registry.yaml is broken' });
  if (!head.assembled.ok) return [...head.reading.findings, ...head.assembled.findings];
  const { snapshot } = head.assembled;
  const state = { files: head.reading.files, snapshot };
  const before = { files: base.reading.files, snapshot: base.assembled.snapshot };
  const changed = new Set(paths.filter(({ kind }) => kind !== 'deleted').map(({ path }) => path));
  const versions = snapshot.plugins.flatMap((plugin) =>
    plugin.versions.filter(({ manifest }) => changed.has(indexPaths.version(manifest.name, manifest.version))),
  );
  return [
    ...checkChange({
      base: before,
      head: state,
      paths,
      submitter,
      nowMs: clock.nowMs(),
      // Where archives belong is the accepted registry.yaml's to say.
      storePath: base.reading.storePath,
    }),
    ...introduced(
      [...head.reading.findings, ...head.assembled.findings, ...checkIndex(state)],
      [...base.reading.findings, ...base.assembled.findings, ...checkIndex(before)],
    ),
    ...(await checkArchives(versions, { reading: head.reading, snapshot, signal })),
  ];
}
