/**
 * The folder that a build writes into: only what differs is touched, every file is replaced as a whole, and what an
 * earlier build left behind goes last, so that a server or a copy running meanwhile never misses a file.
 *
 * `.ar-build.json` in it says which files are ours. A folder with other content is not written into: a mistyped path
 * must not cost anybody their files.
 */
import { link, lstat, readFile, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { routes } from '@ar-registry/core/layout';
import { makeFolder, translateFileError } from '@ar-registry/io/files';

const MANIFEST = '.ar-build.json';
const TEMPORARY = '.ar-tmp';
/** Everything that a build writes is one of them or below it; what else is in the folder is not ours. */
const OWN = ['api', 'npm', 'badge', 'feeds', 'feed.atom', 'feed.json'];

export interface OutputCounts {
  readonly written: number;
  readonly unchanged: number;
  readonly deleted: number;
}

export interface OutputFolder {
  /** Makes the file have this content. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** The same by a hard link to `source`, which holds `bytes`, where the file systems allow it. */
  link(path: string, bytes: Uint8Array, source: string | undefined): Promise<void>;
  /** What is there; undefined for no file. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Keeps a file of the build’s own in the folder, which is not served: its name begins with `.ar-`. */
  keepNote(name: `.ar-${string}`, text: string): Promise<void>;
  /** Takes back what was written: the file is deleted with all that is stale. */
  discard(path: string): void;
  /** Deletes what no longer belongs, and marks the build as complete. */
  finish(): Promise<OutputCounts>;
}

/** @throws OUTPUT_FOLDER_FOREIGN, FILE_ACCESS, DISK_FULL */
export async function openOutputFolder(folder: string): Promise<OutputFolder> {
  const stale = new Set(await ownedFiles(folder));
  const current = new Set<string>();
  const counts = { written: 0, unchanged: 0, deleted: 0 };
  const files = createReplacer(folder);
  await files.prepare();
  await files.replace(MANIFEST, (temporary) => writeFile(temporary, manifestText([...stale], false)));

  async function put(path: string, bytes: Uint8Array, make: (temporary: string) => Promise<void>): Promise<void> {
    current.add(path);
    stale.delete(path);
    if (await holds(join(folder, path), bytes)) {
      counts.unchanged += 1;
      return;
    }
    await files.replace(path, make);
    counts.written += 1;
  }

  return {
    write: (path, bytes) => put(path, bytes, (temporary) => writeFile(temporary, bytes)),
    link: (path, bytes, source) => put(path, bytes, (temporary) => linkOrWrite(temporary, bytes, source)),
    read: (path) => readFile(join(folder, path)).catch(ifAbsent),
    keepNote: (name, text) => files.replace(name, (temporary) => writeFile(temporary, text)),
    discard: (path) => {
      current.delete(path);
      stale.add(path);
    },
    finish: async () => {
      for (const path of [...stale].toSorted()) if (await remove(folder, path)) counts.deleted += 1;
      await files.replace(MANIFEST, (temporary) => writeFile(temporary, manifestText([...current], true)));
      await files.close();
      return counts;
    },
  };
}

interface BuildManifest {
  readonly complete: boolean;
  readonly files: readonly string[];
}

function manifestText(files: readonly string[], complete: boolean): string {
  return `${JSON.stringify({ schemaVersion: 1, complete, files: files.toSorted() })}\n`;
}

/** Files of earlier builds; after one that was interrupted also what it had written so far. */
async function ownedFiles(folder: string): Promise<readonly string[]> {
  const manifest = await readManifest(folder);
  if (!manifest) {
    const entries = await listFolder(folder);
    if (entries.length > 0) throw new ArError('OUTPUT_FOLDER_FOREIGN', { folder });
    return [];
  }
  const listed = manifest.files.filter(isOwnPath);
  if (manifest.complete) return listed;
  const found = (await Promise.all(OWN.map((own) => filesBelow(folder, own)))).flat();
  // Signatures and the log are no build's: without them clients would be told to start anew.
  return [...listed, ...found.filter((path) => !OTHERS.some((other) => path.startsWith(`${other}/`)))];
}

async function filesBelow(folder: string, own: string): Promise<readonly string[]> {
  const info = await lstat(join(folder, own)).catch(ifAbsent);
  if (info?.isFile()) return [own];
  const entries = await readdir(join(folder, own), { recursive: true, withFileTypes: true }).catch(ifAbsent);
  const files = (entries ?? []).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.map((file) => file.slice(folder.length + 1).replaceAll('\\', '/'));
}

const OTHERS: readonly string[] = [routes.trust, routes.log];

async function readManifest(folder: string): Promise<BuildManifest | undefined> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch(ifAbsent);
  if (text === undefined) return undefined;
  const value = parseJson(text) as { readonly complete?: unknown; readonly files?: unknown } | undefined;
  const files = Array.isArray(value?.files) ? value.files.filter((path) => typeof path === 'string') : [];
  return { complete: value?.complete === true, files };
}

/** A damaged manifest counts as that of an interrupted build. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The manifest says what may be deleted: nothing outside of where builds write, whatever it says. */
function isOwnPath(path: string): boolean {
  const names = path.split('/');
  return OWN.includes(names[0] ?? '') && names.every((name) => name !== '' && !name.startsWith('.'));
}

async function listFolder(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder).catch(ifAbsent)) ?? [];
  } catch (error) {
    throw translateFileError(error, folder);
  }
}

interface Replacer {
  prepare(): Promise<void>;
  replace(path: string, make: (temporary: string) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** Writes beside the target, on the same file system, and renames. */
function createReplacer(folder: string): Replacer {
  const temporaries = join(folder, TEMPORARY);
  const folders = new Set<string>();
  let count = 0;
  const close = (): Promise<void> => rm(temporaries, { recursive: true, force: true });
  return {
    prepare: async () => {
      try {
        await close();
        await makeFolder(temporaries);
      } catch (error) {
        throw translateFileError(error, folder);
      }
    },
    replace: async (path, make) => {
      const target = join(folder, path);
      const temporary = join(temporaries, String((count += 1)));
      try {
        if (!folders.has(dirname(target))) await makeFolder(dirname(target));
        folders.add(dirname(target));
        await make(temporary);
        await rename(temporary, target);
      } catch (error) {
        throw translateFileError(error, target);
      }
    },
    close,
  };
}

async function holds(path: string, bytes: Uint8Array): Promise<boolean> {
  const info = await lstat(path).catch(ifAbsent);
  if (!info?.isFile() || info.size !== bytes.length) return false;
  return (await readFile(path)).equals(bytes);
}

/** A link may be refused: another file system, a limit of links, none at all on some systems. Then the bytes are written. */
async function linkOrWrite(path: string, bytes: Uint8Array, source: string | undefined): Promise<void> {
  if (source !== undefined && (await isLinked(source, path))) return;
  await writeFile(path, bytes);
}

async function isLinked(source: string, path: string): Promise<boolean> {
  try {
    await link(source, path);
    return true;
  } catch (error) {
    if (['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EACCES'].includes(codeOf(error) ?? '')) return false;
    throw error;
  }
}

async function remove(folder: string, path: string): Promise<boolean> {
  const target = join(folder, path);
  const info = await lstat(target).catch(ifAbsent);
  if (info) await rm(target, { force: true });
  await removeEmptyFolders(folder, dirname(path));
  return info !== undefined;
}

async function removeEmptyFolders(folder: string, path: string): Promise<void> {
  for (let current = path; current !== '.' && current !== ''; current = dirname(current)) {
    try {
      await rmdir(join(folder, current));
    } catch (error) {
      if (['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(codeOf(error) ?? '')) return;
      throw translateFileError(error, join(folder, current));
    }
  }
}

function ifAbsent(error: unknown): undefined {
  if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
  throw error;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
