/**
 * Writing the files of some plugins into the folder of a build, at once and without promises, which take ten times as long
 * for files so small. What was written is told to whoever has the list of all files.
 */
import { mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { translateFileError } from '@ar-registry/io/files';
import { holdsNow, linkOrWriteNow, readIfThere, type OutputWriter } from '../output-files.ts';

/** The folder of a build, as threads are told of it. */
export interface PartFolder {
  /** Absolute. */
  readonly folder: string;
  /** Whether nobody reads what is in it: then files need not come into it as a whole. */
  readonly isNew: boolean;
  /** Absolute; on the same file system, for nobody but who writes this part. */
  readonly temporaries: string;
}

export interface WrittenPart {
  readonly paths: readonly string[];
  /** What was written and taken back. */
  readonly discarded: readonly string[];
  readonly written: number;
  readonly unchanged: number;
}

export interface PartOutput extends OutputWriter {
  /** What was written since it was asked for last. */
  take(): WrittenPart;
}

export function openPartOutput({ folder, isNew, temporaries }: PartFolder): PartOutput {
  let paths = new Set<string>();
  let discarded: string[] = [];
  let counts = { written: 0, unchanged: 0 };
  let count = 0;
  const folders = new Set<string>([folder]);
  const put = (path: string, bytes: Uint8Array, make: (target: string) => void): void => {
    const target = join(folder, path);
    paths.add(path);
    try {
      if (!isNew && holdsNow(target, bytes)) {
        counts.unchanged += 1;
        return;
      }
      makeFolders(dirname(target), folders);
      if (isNew) make(target);
      else {
        makeFolders(temporaries, folders);
        const temporary = join(temporaries, String((count += 1)));
        make(temporary);
        renameSync(temporary, target);
      }
    } catch (error) {
      throw translateFileError(error, target);
    }
    counts.written += 1;
  };
  return {
    get paths() {
      return paths;
    },
    write: async (path, bytes) => put(path, bytes, (target) => writeFileSync(target, bytes)),
    link: async (path, bytes, source) => put(path, bytes, (target) => linkOrWriteNow(target, bytes, source)),
    read: async (path) => readIfThere(join(folder, path)),
    keepNote: async () => {},
    discard: (path) => {
      paths.delete(path);
      discarded.push(path);
    },
    take: () => {
      const taken = { paths: [...paths], discarded, ...counts };
      paths = new Set();
      discarded = [];
      counts = { written: 0, unchanged: 0 };
      return taken;
    },
  };
}

/** Those above it too. @param known those that are there */
function makeFolders(folder: string, known: Set<string>): void {
  if (known.has(folder)) return;
  if (folder !== dirname(folder)) makeFolders(dirname(folder), known);
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another thread was faster, or an earlier build has made it.
    if (!isCode(error, 'EEXIST') || !statSync(folder).isDirectory()) throw error;
  }
  known.add(folder);
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
