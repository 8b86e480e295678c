/**
 * Reading an archive: all of it is checked in memory, and only then is there anything that could be written.
 *
 * Everything in an archive is attacker-controlled. What may be inside is decided in `@ar-registry/core/archive`.
 */
import {
  type ArchiveEntry,
  type ArchiveLimits,
  checkEntries,
  DEFAULT_ARCHIVE_LIMITS,
  pathInPackage,
} from '@ar-registry/core/archive';
import { MANIFEST_FILE } from '@ar-registry/core/layout';
import { type Frame, readFraming } from './framing.ts';
import { gunzipSingle } from './gzip.ts';
import { type ParsedEntry, parseEntries } from './parse-entries.ts';
import { archiveError, invalidArchive, tooLarge } from './problems.ts';

/** Bytes and what to call them in errors. A `VerifiedArchive` is one. */
export interface NamedArchive {
  readonly bytes: Uint8Array;
  readonly label: string;
}

export interface ArchiveFile {
  readonly bytes: Uint8Array;
  readonly executable: boolean;
}

declare const checked: unique symbol;

/** What an archive holds, after all checks. Only `readArchive` makes one. */
export interface ArchiveContents {
  readonly label: string;
  /** Path relative to the package → file, sorted by path. Empty folders are not kept. */
  readonly files: ReadonlyMap<string, ArchiveFile>;
  /** The text of ar-plugin.yaml: valid UTF-8, otherwise unchecked. */
  readonly manifestText: string;
  readonly unpackedBytes: number;
  readonly [checked]: true;
}

/**
 * Reads a gzipped tar without writing anything; holds at most the archive and twice its unpacked size.
 *
 * @throws ARCHIVE_INVALID, ARCHIVE_TOO_LARGE, and `signal.reason` when aborted
 */
export async function readArchive(
  archive: NamedArchive | Uint8Array,
  limits: ArchiveLimits = DEFAULT_ARCHIVE_LIMITS,
  signal?: AbortSignal,
): Promise<ArchiveContents> {
  const { bytes, label } = archive instanceof Uint8Array ? { bytes: archive, label: 'The archive' } : archive;
  signal?.throwIfAborted();
  if (bytes.length > limits.archiveBytes) {
    throw tooLarge(label, 'its size in bytes', limits.archiveBytes);
  }
  const tar = await gunzip({ bytes, label }, limits, signal);
  signal?.throwIfAborted();
  const entries = parse(tar, label, limits);
  const [first, ...more] = checkEntries(entries, limits);
  if (first) throw archiveError(label, [first, ...more]);
  return toContents(label, entries);
}

/** What a tar adds to its files at most: per entry a header, a filled-up block, an extended header and its body; the end. */
const OVERHEAD_BYTES_PER_ENTRY = 4 * 1024;
const OVERHEAD_BYTES = 64 * 1024;

async function gunzip({ bytes, label }: NamedArchive, limits: ArchiveLimits, signal?: AbortSignal): Promise<Buffer> {
  const limitBytes = limits.unpackedBytes + limits.fileCount * OVERHEAD_BYTES_PER_ENTRY + OVERHEAD_BYTES;
  const result = await gunzipSingle(bytes, { limitBytes, signal });
  if (result.kind === 'too-large') throw tooLarge(label, 'the unpacked size in bytes', limits.unpackedBytes);
  if (result.kind === 'invalid') throw invalidArchive(label, result.problem, result.cause);
  return result.bytes;
}

function parse(tar: Buffer, label: string, limits: ArchiveLimits): readonly ParsedEntry[] {
  const framing = readFraming(tar, limits.fileCount);
  if (framing.kind === 'invalid') throw invalidArchive(label, framing.problem);
  if (framing.kind === 'too-many') throw tooLarge(label, 'the number of files', limits.fileCount);
  const parsed = parseEntries(tar);
  if (parsed.kind === 'invalid') throw invalidArchive(label, parsed.problem, parsed.cause);
  if (!agree(framing.frames, parsed.entries)) {
    throw invalidArchive(label, 'programs would read different files from it');
  }
  return parsed.entries;
}

function agree(frames: readonly Frame[], entries: readonly ParsedEntry[]): boolean {
  return (
    frames.length === entries.length &&
    frames.every((frame, index) => {
      const entry = entries[index];
      return (
        entry?.kind === frame.kind && entry.sizeBytes === frame.sizeBytes && entry.bytes.length === frame.sizeBytes
      );
    })
  );
}

function toContents(label: string, entries: readonly ParsedEntry[]): ArchiveContents {
  const files = entries.flatMap((entry) => toFile(entry)).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const contents = {
    label,
    files: new Map(files),
    manifestText: manifestText(label, files),
    unpackedBytes: entries.reduce((sum, entry) => sum + entry.sizeBytes, 0),
  };
  return contents as unknown as ArchiveContents;
}

function toFile(entry: ParsedEntry): readonly [string, ArchiveFile][] {
  const path = pathInPackage(entry.path);
  if (entry.kind !== 'file' || path === undefined) return [];
  return [[path, { bytes: entry.bytes, executable: isExecutable(entry) }]];
}

function isExecutable(entry: ArchiveEntry): boolean {
  return (entry.mode & 0o111) !== 0;
}

function manifestText(label: string, files: readonly (readonly [string, ArchiveFile])[]): string {
  const bytes = files.find(([path]) => path === MANIFEST_FILE)?.[1].bytes;
  if (bytes === undefined) throw new Error('checkEntries let an archive without a manifest pass');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw invalidArchive(label, `${MANIFEST_FILE} is not valid UTF-8`, error);
  }
}
