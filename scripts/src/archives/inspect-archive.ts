/** Looking at an archive, as far as rules need it. Attacker-controlled: nothing of it is written or run. */
import { archiveLimits } from '@ar-registry/core/archive';
import { hasCode, isArError, type ErrorCode } from '@ar-registry/core/errors';
import { DEPENDENCY_LOCK_FILE, MANIFEST_FILE } from '@ar-registry/core/layout';
import { limitsOf } from '@ar-registry/core/record';
import type { ArchiveState } from '@ar-registry/core/rules';
import { plainPath } from '@ar-registry/core/rules-package';
import { describeFiles, readArchive, verifyArchive, type ArchiveContents } from '@ar-registry/io/archive';
import type { IndexReading } from '@ar-registry/io/index-store';
import type { RegistryRecord, VersionRecord } from '@ar-registry/schemas';

export interface ArchiveSource {
  readonly readArchive: IndexReading['readArchive'];
  readonly registry: RegistryRecord;
  readonly signal?: AbortSignal | undefined;
}

/** An archive that is the one its record names, or why there is none to look at. */
export type FetchedArchive =
  | { readonly kind: 'fetched'; readonly bytes: Uint8Array }
  | Exclude<ArchiveState, { readonly kind: 'read' }>;

/** What is found where `version` says that its archive is. Never throws for what an archive or store holds. */
export async function inspectArchive(version: VersionRecord, source: ArchiveSource): Promise<ArchiveState> {
  const fetched = await fetchArchive(version, source);
  if (fetched.kind !== 'fetched') return fetched;
  const contents = await openArchive(version, fetched.bytes, source);
  if (contents.kind !== 'opened') return contents;
  return readState(version, contents.contents, fetched.bytes.length);
}

/** What rules are told of an archive that could be opened. @param sizeBytes of the archive */
export function readState(version: VersionRecord, contents: ArchiveContents, sizeBytes: number): ArchiveState {
  return { kind: 'read', sizeBytes, files: describeFiles(contents), texts: textsOf(version, contents) };
}

/** The archive’s bytes, hashed. */
export async function fetchArchive({ dist }: VersionRecord, source: ArchiveSource): Promise<FetchedArchive> {
  try {
    return { kind: 'fetched', bytes: await source.readArchive(dist.integrity, limitsOf(source.registry).archiveBytes) };
  } catch (error) {
    if (!hasCode(error, 'ARCHIVE_NOT_IN_STORE')) return refusal(error);
    return dist.tarball.startsWith('store:') ? { kind: 'missing' } : { kind: 'remote', url: dist.tarball };
  }
}

export type OpenedArchive =
  | { readonly kind: 'opened'; readonly contents: ArchiveContents }
  | Extract<ArchiveState, { readonly kind: 'refused' }>;

/** What is in `bytes`, if they may be unpacked. */
export async function openArchive(
  { manifest, dist }: VersionRecord,
  bytes: Uint8Array,
  { registry, signal }: Omit<ArchiveSource, 'readArchive'>,
): Promise<OpenedArchive> {
  try {
    const archive = verifyArchive(bytes, dist.integrity, `${manifest.name}@${manifest.version}`);
    return { kind: 'opened', contents: await readArchive(archive, archiveLimits(limitsOf(registry)), signal) };
  } catch (error) {
    return refusal(error);
  }
}

/** What an archive can do wrong; everything else is no answer about it. */
const REFUSALS: readonly ErrorCode[] = ['ARCHIVE_INVALID', 'ARCHIVE_TOO_LARGE', 'INTEGRITY_MISMATCH', 'FILE_ACCESS'];

function refusal(error: unknown): Extract<ArchiveState, { readonly kind: 'refused' }> {
  if (!isArError(error) || !REFUSALS.includes(error.code)) throw error;
  return { kind: 'refused', problem: error.message };
}

function textsOf({ manifest }: VersionRecord, { files }: ArchiveContents): ReadonlyMap<string, string> {
  const schema = manifest.config.schema;
  const paths = [
    MANIFEST_FILE,
    'package.json',
    DEPENDENCY_LOCK_FILE,
    ...(schema === undefined ? [] : [plainPath(schema)]),
  ];
  return new Map(
    paths.flatMap((path) => {
      const file = files.get(path);
      // The package.json is compared byte for byte.
      const ignoreBOM = path === 'package.json';
      return file ? [[path, new TextDecoder('utf-8', { ignoreBOM }).decode(file.bytes)] as const] : [];
    }),
  );
}
