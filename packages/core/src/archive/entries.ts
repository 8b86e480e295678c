/**
 * What an archive may contain: plain files and folders below one top folder, and the manifest.
 *
 * Entries come from archives and are attacker-controlled; nothing about them is believed before it was checked here.
 */
import { MANIFEST_FILE } from '../layout/index.ts';
import type { ArchiveLimits } from './limits.ts';
import { hasNeverPackedName, isBuiltOnInstall } from './never-packed.ts';
import { checkPackagePath, foldPath, showPath } from './path.ts';

/** The one folder that everything in an archive is in. */
export const ARCHIVE_ROOT = 'package';

export type ArchiveProblem =
  | { readonly kind: 'invalid'; readonly problem: string }
  | { readonly kind: 'too-large'; readonly what: string; readonly limit: number };

/** One entry as its header states it. `path` starts with the top folder; that of a folder may end in a slash. */
export interface ArchiveEntry {
  readonly kind: 'file' | 'folder';
  readonly path: string;
  readonly sizeBytes: number;
  readonly mode: number;
}

/** `path` of an entry without the top folder; undefined for the top folder itself, or outside of it. */
export function pathInPackage(path: string): string | undefined {
  return path.startsWith(`${ARCHIVE_ROOT}/`) && path.length > ARCHIVE_ROOT.length + 1
    ? path.slice(ARCHIVE_ROOT.length + 1)
    : undefined;
}

/** All that is wrong with the entries of one archive, in their order; empty for an archive that may be unpacked. */
export function checkEntries(entries: readonly ArchiveEntry[], limits: ArchiveLimits): readonly ArchiveProblem[] {
  if (entries.length > limits.fileCount) {
    return [{ kind: 'too-large', what: 'the number of files', limit: limits.fileCount }];
  }
  return [
    ...entries.flatMap((entry) => checkEntry(entry, limits)),
    ...checkTotal(entries, limits),
    ...checkNames(entries),
    ...checkManifest(entries),
  ];
}

/** What is wrong with one entry alone. */
function checkEntry(entry: ArchiveEntry, limits: ArchiveLimits): readonly ArchiveProblem[] {
  const shown = showPath(entry.path);
  const problems: ArchiveProblem[] = [];
  const wrong = checkEntryPath(entry, limits);
  if (wrong !== undefined) problems.push(invalid(`the path ${shown} ${wrong}`));
  if (entry.kind === 'file' && (entry.mode & 0o7000) !== 0) {
    problems.push(invalid(`${shown} asks for set-user-id, set-group-id or sticky rights`));
  }
  if (entry.sizeBytes > limits.fileBytes) {
    problems.push({ kind: 'too-large', what: `the size of ${shown} in bytes`, limit: limits.fileBytes });
  }
  return problems;
}

function checkEntryPath(entry: ArchiveEntry, limits: ArchiveLimits): string | undefined {
  const path = withoutSlash(entry);
  if (entry.kind === 'folder' && path === ARCHIVE_ROOT) return undefined;
  const inside = pathInPackage(path);
  // A path outside is told what makes it dangerous, if anything does; `package` itself may not be a file.
  return inside === undefined
    ? (checkPackagePath(path, limits) ?? `is not inside ${ARCHIVE_ROOT}/`)
    : (checkPackagePath(inside, limits) ?? checkName(inside));
}

/** What `ar plugin pack` never writes, and npm clients would obey. */
function checkName(inside: string): string | undefined {
  if (isBuiltOnInstall(inside)) return 'makes npm clients run node-gyp at installation';
  return hasNeverPackedName(inside) ? 'has a name that no package carries' : undefined;
}

function checkTotal(entries: readonly ArchiveEntry[], limits: ArchiveLimits): readonly ArchiveProblem[] {
  const total = entries.reduce((sum, entry) => sum + entry.sizeBytes, 0);
  if (total <= limits.unpackedBytes) return [];
  return [{ kind: 'too-large', what: 'the unpacked size in bytes', limit: limits.unpackedBytes }];
}

/** No two entries may meet in one place of any file system, and no file may be where another one's folder has to be. */
function checkNames(entries: readonly ArchiveEntry[]): readonly ArchiveProblem[] {
  const problems: ArchiveProblem[] = [];
  const seen = new Map<string, string>();
  const folders = new Map<string, string>();
  for (const entry of entries) {
    const path = withoutSlash(entry);
    const twin = seen.get(foldPath(path));
    if (twin !== undefined) problems.push(invalid(collision(twin, path)));
    seen.set(foldPath(path), path);
    for (const folder of entry.kind === 'folder' ? [path, ...parents(path)] : parents(path)) {
      const other = folders.get(foldPath(folder));
      if (other !== undefined && other !== folder) problems.push(invalid(collision(other, folder)));
      folders.set(foldPath(folder), folder);
    }
  }
  for (const entry of entries) {
    if (entry.kind === 'file' && folders.has(foldPath(entry.path))) {
      problems.push(invalid(`${showPath(entry.path)} is both a file and a folder`));
    }
  }
  return problems;
}

function checkManifest(entries: readonly ArchiveEntry[]): readonly ArchiveProblem[] {
  const path = `${ARCHIVE_ROOT}/${MANIFEST_FILE}`;
  return entries.some((entry) => entry.kind === 'file' && entry.path === path) ? [] : [invalid(`it holds no ${path}`)];
}

function collision(first: string, second: string): string {
  return first === second
    ? `${showPath(first)} is in it twice`
    : `${showPath(first)} and ${showPath(second)} are one path where letter case does not count`;
}

function parents(path: string): readonly string[] {
  const names = path.split('/').slice(0, -1);
  return names.map((_, index) => names.slice(0, index + 1).join('/'));
}

function withoutSlash(entry: ArchiveEntry): string {
  return entry.kind === 'folder' && entry.path.endsWith('/') ? entry.path.slice(0, -1) : entry.path;
}

function invalid(problem: string): ArchiveProblem {
  return { kind: 'invalid', problem };
}
