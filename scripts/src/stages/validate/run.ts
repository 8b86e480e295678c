/**
 * Whether an index, or a change to one, is as it must be.
 *
 * The index as a whole: every record, every rule, every archive. A change: the rules about changes, and everything that
 * the index would have wrong after it and has not now; archives of the versions that it adds.
 */
import { assembleSnapshot, type Snapshot } from '@ar-registry/core/snapshot';
import { sortFindings, type Finding } from '@ar-registry/core/findings';
import { checkArchive, checkIndex } from '@ar-registry/core/rules';
import { inParallel } from '@ar-registry/io/install';
import { readIndex, type IndexReading, type IndexSource } from '@ar-registry/io/index-store';
import type { VersionRecord } from '@ar-registry/schemas';
import { inspectArchive } from '../../archives/inspect-archive.ts';
import { reroot } from './reroot.ts';

export interface ValidateIndexInput {
  readonly source: IndexSource;
  /** Folder of the archives, where it is not the index that says so. Absolute. */
  readonly store?: string | undefined;
}

export interface ValidateOutcome {
  /** Paths as from the top of the repository or folder. */
  readonly findings: readonly Finding[];
}

/** Checks a whole index. @throws INDEX_UNREADABLE, REVISION_UNKNOWN, GIT_FAILED, FILE_ACCESS */
export async function validateIndex(
  { source, store }: ValidateIndexInput,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<ValidateOutcome> {
  const reading = await readIndex(source, { store, signal });
  const assembled = assembleSnapshot(reading.files);
  const findings = [...reading.findings, ...assembled.findings];
  if (assembled.ok) {
    const { snapshot } = assembled;
    const versions = snapshot.plugins.flatMap((plugin) => plugin.versions);
    const archives = await checkArchives(versions, { reading, snapshot, signal });
    const all = [...findings, ...checkIndex({ files: reading.files, snapshot }), ...archives];
    return { findings: sortFindings(reroot(all, reading.prefix)) };
  }
  return { findings: sortFindings(reroot(findings, reading.prefix)) };
}

export interface ArchiveCheck {
  readonly reading: Pick<IndexReading, 'readArchive'>;
  readonly snapshot: Snapshot;
  readonly signal?: AbortSignal | undefined;
}

/** Looks at the archives of `versions`, a few at a time. */
export async function checkArchives(
  versions: readonly VersionRecord[],
  { reading, snapshot, signal }: ArchiveCheck,
): Promise<readonly Finding[]> {
  const source = { readArchive: reading.readArchive, registry: snapshot.registry, signal };
  const findings = await inParallel(versions, async (version) => {
    signal?.throwIfAborted();
    return checkArchive(version, await inspectArchive(version, source));
  });
  return findings.flat();
}
