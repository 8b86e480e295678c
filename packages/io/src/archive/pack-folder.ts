import { join, posix } from 'node:path';
import {
  ARCHIVE_ROOT,
  type ArchiveLimits,
  type ArchiveProblem,
  type AuthorPackageJson,
  checkEntries,
  DEFAULT_ARCHIVE_LIMITS,
  packageJsonText,
} from '@ar-registry/core/archive';
import { ArError } from '@ar-registry/core/errors';
import { MANIFEST_FILE } from '@ar-registry/core/layout';
import type { DistFile, Integrity, NormalizedManifest } from '@ar-registry/schemas';
import pLimit from 'p-limit';
import { integrityOf } from '../digest/index.ts';
import { readRegularFile } from '../digest/regular-file.ts';
import { gzipDeterministic } from './gzip.ts';
import { binTargets, listPackageFiles, PACKAGE_JSON, type PackSelection } from './list-package-files.ts';
import { tooLarge } from './problems.ts';
import { tarBytes, type TarFile } from './tar-bytes.ts';

export interface PackOptions extends PackSelection {
  /** The text of ar-plugin.yaml that was validated; packed in place of what the folder holds by now. */
  readonly manifestText: string;
  readonly manifest: NormalizedManifest;
  readonly packageJson?: AuthorPackageJson | undefined;
  /** Path relative to the package → content: files that are generated, such as ar-deps.lock.json. */
  readonly extraFiles?: ReadonlyMap<string, Uint8Array> | undefined;
  readonly limits?: ArchiveLimits | undefined;
}

/** An archive and all that a version's `dist` says of it, except where it is. */
export interface PackedArchive {
  readonly bytes: Uint8Array;
  readonly integrity: Integrity;
  readonly size: number;
  readonly unpackedSize: number;
  readonly fileCount: number;
  /** Sorted by path; paths are relative to the package. */
  readonly files: readonly DistFile[];
}

/**
 * Packs the plugin in `dir`. The same files, manifest and package.json give the same bytes, whatever the machine, the
 * times and modes of the files, the user, the umask, the locale and the time zone; see `gzipDeterministic` for zlib.
 *
 * `readArchive` accepts what comes out, under the same limits.
 *
 * @throws FILE_NOT_FOUND, FILE_ACCESS, PACKAGE_FILE_REFUSED, ARCHIVE_TOO_LARGE, and `signal.reason` when aborted
 */
export async function packFolder(dir: string, options: PackOptions): Promise<PackedArchive> {
  const { manifest, limits = DEFAULT_ARCHIVE_LIMITS, signal } = options;
  const label = `${manifest.name}@${manifest.version}`;
  const files = await readFiles(dir, options, label);
  assertPackable(files, limits, label);
  const bytes = await gzipDeterministic(tarBytes(files));
  signal?.throwIfAborted();
  if (bytes.length > limits.archiveBytes)
    throw tooLarge(label, 'the size of the archive in bytes', limits.archiveBytes);
  return {
    bytes,
    integrity: integrityOf(bytes),
    size: bytes.length,
    unpackedSize: files.reduce((sum, file) => sum + file.bytes.length, 0),
    fileCount: files.length,
    files: files.map((file) => ({
      path: file.path,
      size: file.bytes.length,
      integrity: integrityOf(file.bytes),
    })),
  };
}

const READS_AT_ONCE = 8;

/** All files of the package with their content, sorted by path. Stops reading once the limits are exceeded. */
async function readFiles(dir: string, options: PackOptions, label: string): Promise<readonly TarFile[]> {
  const { limits = DEFAULT_ARCHIVE_LIMITS, signal } = options;
  const generated = generatedFiles(options);
  const paths = await listPackageFiles(dir, options);
  const all = [...new Set([...paths, ...generated.keys()])].toSorted((a, b) => (a < b ? -1 : 1));
  if (all.length > limits.fileCount) throw tooLarge(label, 'the number of files', limits.fileCount);
  const bins = new Set(Object.values(binTargets(options.packageJson?.['bin'])).map((path) => posix.normalize(path)));
  const atOnce = pLimit(READS_AT_ONCE);
  let total = 0;
  return atOnce.map(all, async (path) => {
    const bytes = generated.get(path) ?? (await readFile(dir, path, { limits, signal }));
    total += bytes.length;
    if (total > limits.unpackedBytes) throw tooLarge(label, 'the unpacked size in bytes', limits.unpackedBytes);
    return { path, bytes, executable: bins.has(path) || startsWithShebang(bytes) };
  });
}

function generatedFiles(options: PackOptions): ReadonlyMap<string, Uint8Array> {
  return new Map([
    ...(options.extraFiles ?? []),
    [MANIFEST_FILE, Buffer.from(options.manifestText)],
    [PACKAGE_JSON, Buffer.from(packageJsonText(options.manifest, options.packageJson))],
  ]);
}

async function readFile(
  dir: string,
  path: string,
  { limits, signal }: { readonly limits: ArchiveLimits; readonly signal: AbortSignal | undefined },
): Promise<Uint8Array> {
  const { bytes, truncated } = await readRegularFile(join(dir, path), limits.fileBytes, signal);
  if (truncated) throw tooLarge(path, 'its size in bytes', limits.fileBytes);
  return bytes;
}

/** By content, since the executable bit depends on the machine and on how the folder was copied. */
function startsWithShebang(bytes: Uint8Array): boolean {
  return bytes[0] === 0x23 && bytes[1] === 0x21;
}

/** The same rules that readers apply, told to the author as what to mend. */
function assertPackable(files: readonly TarFile[], limits: ArchiveLimits, label: string): void {
  const entries = files.map(({ path, bytes }) => ({
    kind: 'file' as const,
    path: `${ARCHIVE_ROOT}/${path}`,
    sizeBytes: bytes.length,
    mode: 0o644,
  }));
  const problem: ArchiveProblem | undefined = checkEntries(entries, limits)[0];
  if (problem === undefined) return;
  if (problem.kind === 'too-large') throw tooLarge(label, problem.what, problem.limit);
  throw new ArError('PACKAGE_FILE_REFUSED', { file: label, problem: problem.problem });
}
