/**
 * The folder that a build writes into: only what differs is touched, every file is replaced as a whole, and what an
 * earlier build left behind goes last, so that a server or a copy running meanwhile never misses a file.
 *
 * `.ar-build.json` in it says which files are ours. A folder with other content is not written into: a mistyped path
 * must not cost anybody their files.
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { lstat, readFile, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { routes } from '@ar-registry/core/layout';
import { makeFolder, translateFileError } from '@ar-registry/io/files';
import {
  OWN,
  holdsNow,
  ifAbsent,
  isOwnPath,
  linkOrWriteNow,
  readIfThere,
  removeFile,
  type OutputCounts,
  type OutputWriter,
} from './output-files.ts';
import { LOCK_FILE } from './output-lock.ts';
import type { PartFolder, WrittenPart } from './part/part-output.ts';
import { FILES_LOG, finishStaged } from './staged-output.ts';
import { STATE_FOLDER } from './state/store.ts';

/** Every build of everything begins by replacing it, and ends so. */
export const BUILD_MANIFEST = '.ar-build.json';
const TEMPORARY = '.ar-tmp';

export interface OutputFolder extends OutputWriter {
  /** For those who write a part of it themselves. */
  readonly part: Omit<PartFolder, 'temporaries'>;
  /** Where they may put what is not whole yet; absolute. */
  readonly temporaries: string;
  /** Takes over what was written as a part of it. */
  absorb(part: WrittenPart): void;
  /** Deletes what no longer belongs, and marks the build as complete. */
  finish(): Promise<OutputCounts>;
}

/** @throws OUTPUT_FOLDER_FOREIGN, FILE_ACCESS, DISK_FULL */
export async function openOutputFolder(folder: string): Promise<OutputFolder> {
  const owned = await ownedFiles(folder);
  // Nobody reads a folder that was not there: files need not come into it as a whole.
  const isNew = owned === undefined;
  const stale = new Set(owned);
  const current = new Set<string>();
  const counts = { written: 0, unchanged: 0, deleted: 0 };
  const files = createReplacer(folder);
  await files.prepare();
  // What is kept of the output as it was is of no use from here on.
  await rm(join(folder, STATE_FOLDER), { recursive: true, force: true });
  files.replace(BUILD_MANIFEST, (temporary) => writeFileSync(temporary, manifestText([...stale], false)));

  function put(path: string, bytes: Uint8Array, make: (temporary: string) => void): void {
    current.add(path);
    stale.delete(path);
    if (isNew) files.make(path, make);
    else if (holdsNow(join(folder, path), bytes)) {
      counts.unchanged += 1;
      return;
    } else files.replace(path, make);
    counts.written += 1;
  }

  return {
    paths: current,
    part: { folder, isNew },
    temporaries: join(folder, TEMPORARY),
    absorb: ({ paths, discarded, written, unchanged }) => {
      for (const path of paths) {
        current.add(path);
        stale.delete(path);
      }
      for (const path of discarded) stale.add(path);
      counts.written += written;
      counts.unchanged += unchanged;
    },
    write: async (path, bytes) => put(path, bytes, (temporary) => writeFileSync(temporary, bytes)),
    link: async (path, bytes, source) => put(path, bytes, (temporary) => linkOrWriteNow(temporary, bytes, source)),
    read: async (path) => readIfThere(join(folder, path)),
    keepNote: async (name, text) => files.replace(name, (temporary) => writeFileSync(temporary, text)),
    discard: (path) => {
      current.delete(path);
      stale.add(path);
    },
    finish: async () => {
      for (const path of [...stale].toSorted()) if (removeFile(folder, path)) counts.deleted += 1;
      files.replace(BUILD_MANIFEST, (temporary) => writeFileSync(temporary, manifestText([...current], true)));
      await rm(join(folder, FILES_LOG), { force: true });
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

/** Files of earlier builds, undefined where there was none; after one that was interrupted also what it had written so far. */
async function ownedFiles(folder: string): Promise<readonly string[] | undefined> {
  const manifest = await readManifest(folder);
  if (!manifest) {
    const entries = await listFolder(folder);
    if (entries.length > 0) throw new ArError('OUTPUT_FOLDER_FOREIGN', { folder });
    return undefined;
  }
  await finishStaged(folder);
  const listed = (await applyLog(folder, manifest.files)).filter(isOwnPath);
  const found = manifest.complete ? [] : (await Promise.all(OWN.map((own) => filesBelow(folder, own)))).flat();
  // Signatures and the log are no build's: without them clients would be told to start anew.
  return [...listed, ...found].filter((path) => !OTHERS.some((other) => path.startsWith(`${other}/`)));
}

/** What smaller builds have added since then, and taken away. */
async function applyLog(folder: string, files: readonly string[]): Promise<readonly string[]> {
  const log = await readFile(join(folder, FILES_LOG), 'utf8').catch(ifAbsent);
  if (log === undefined) return files;
  const all = new Set(files);
  for (const line of log.split('\n')) {
    if (line.startsWith('+')) all.add(line.slice(1));
    else all.delete(line.slice(1));
  }
  return [...all];
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
  const text = await readFile(join(folder, BUILD_MANIFEST), 'utf8').catch(ifAbsent);
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

async function listFolder(folder: string): Promise<readonly string[]> {
  try {
    const names = (await readdir(folder).catch(ifAbsent)) ?? [];
    return names.filter((name) => name !== LOCK_FILE);
  } catch (error) {
    throw translateFileError(error, folder);
  }
}

/** At once and without promises, which take ten times as long for files so small. */
interface Replacer {
  prepare(): Promise<void>;
  replace(path: string, make: (temporary: string) => void): void;
  /** Where nothing is yet. */
  make(path: string, make: (target: string) => void): void;
  close(): Promise<void>;
}

/** Writes beside the target, on the same file system, and renames. */
function createReplacer(folder: string): Replacer {
  const temporaries = join(folder, TEMPORARY);
  const folders = new Set<string>();
  let count = 0;
  const inFolder = (path: string, act: (target: string) => void): void => {
    const target = join(folder, path);
    try {
      if (!folders.has(dirname(target))) mkdirSync(dirname(target), { recursive: true });
      folders.add(dirname(target));
      act(target);
    } catch (error) {
      throw translateFileError(error, target);
    }
  };
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
    replace: (path, make) =>
      inFolder(path, (target) => {
        const temporary = join(temporaries, String((count += 1)));
        make(temporary);
        renameSync(temporary, target);
      }),
    make: inFolder,
    close,
  };
}
