/** The audit of a log: everything that it should say is derived from the repository again, and compared byte for byte. */
import { ArError } from '@ar-registry/core/errors';
import { leafHash, parseEntry, toBase64 } from '@ar-registry/core/transparency';
import { openRepository } from '@ar-registry/io/git';
import { readCheckpoint, readDecisions, readEntries, sha256, type ReadLogFile } from '@ar-registry/io/transparency';
import type { TrustFolder } from '@ar-registry/io/trust';
import { logIdentities } from './append-log.ts';
import { logFiles } from './log-files.ts';

export interface VerifyLogInput {
  /** Of the index; absolute. */
  readonly repository: string;
  readonly revision: string;
  readonly trust: TrustFolder;
  /** A file of the log that is served. */
  readonly read: ReadLogFile;
  readonly signal?: AbortSignal | undefined;
}

export interface LogDifference {
  readonly what: string;
  /** Of the entry. */
  readonly index?: number;
}

export interface VerifiedLog {
  readonly size: number;
  readonly root: string;
  /** How many entries the repository has. */
  readonly expected: number;
  /** At most a hundred. */
  readonly differences: readonly LogDifference[];
}

const MAX_DIFFERENCES = 100;

/**
 * A repository may be ahead of what is served: then the log has to be its beginning.
 *
 * @throws LOG_MISSING, LOG_CHECKPOINT_INVALID, LOG_FILE_MISSING, LOG_FILE_INVALID, and what reading a repository throws
 */
export async function verifyLog({ repository: folder, revision, trust, read, signal }: VerifyLogInput) {
  const served = await readCheckpoint(read, logIdentities(trust));
  if (!served) throw new ArError('LOG_MISSING', { registry: 'The site' });
  const { size, root } = served.checkpoint;
  const repository = await openRepository(folder, { signal });
  const expected = await readDecisions(repository, { head: await repository.resolveRevision(revision), signal });
  const entries = await readEntries(read, served.checkpoint);
  const differences = [...entryDifferences(entries, expected), ...(await fileDifferences(entries, read))];
  const verified: VerifiedLog = {
    size,
    root: toBase64(root),
    expected: expected.length,
    differences: differences.slice(0, MAX_DIFFERENCES),
  };
  return verified;
}

function entryDifferences(entries: readonly Uint8Array[], expected: readonly Uint8Array[]): readonly LogDifference[] {
  return entries.flatMap((entry, index) => {
    const wanted = expected[index];
    if (wanted && Buffer.from(entry).equals(wanted)) return [];
    return [{ index, what: `the log says ${describe(entry)}, the repository ${describe(wanted)}` }];
  });
}

function describe(bytes: Uint8Array | undefined): string {
  if (!bytes) return 'nothing';
  const entry = parseEntry(bytes);
  if (!entry) return 'what is no entry';
  const subject = [entry.plugin ?? entry.scope ?? entry.advisory ?? entry.file, entry.version]
    .filter(Boolean)
    .join('@');
  return `${entry.kind} ${subject} by ${entry.commit.slice(0, 12)}`;
}

/** The tiles and the lists of plugins have to follow from the entries. */
async function fileDifferences(entries: readonly Uint8Array[], read: ReadLogFile): Promise<readonly LogDifference[]> {
  const leaves = entries.map((entry) => leafHash(entry, sha256));
  const differences: LogDifference[] = [];
  for (const { path, bytes } of logFiles({ entries, leaves, seen: 0 })) {
    const served = await read(path);
    if (!served || !Buffer.from(served).equals(bytes))
      differences.push({ what: `${path} is ${served ? 'different' : 'missing'}` });
  }
  return differences;
}
