/**
 * Writing into the folder of an earlier build as one step: what changes is written beside it first, with a journal of what
 * goes where, and only when that is whole is anything of the output touched. Whoever is stopped before leaves the old
 * output; after that, whoever comes next carries the journal out to its end.
 *
 * Files are written at once and without promises: there are few, they are small, and to wait for each takes longer.
 */
import {
  closeSync,
  constants as fsConstants,
  fstatSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { translateFileError } from '@ar-registry/io/files';
import {
  holdsNow,
  isOwnPath,
  linkOrWriteNow,
  readIfThere,
  removeFile,
  type OutputCounts,
  type OutputWriter,
} from './output-files.ts';
import { STATE_FOLDER, digestOf } from './state/store.ts';

const FOLDER = '.ar-next';
/** There as long as not everything is in its place that the log speaks of. */
export const JOURNAL = `${FOLDER}/journal.json`;
/** What builds that changed a little have added to the list of files of the last whole build, and taken from it. */
export const FILES_LOG = '.ar-files.log';
const LINE_FEED = 0x0a;

export interface StagedOutput extends OutputWriter {
  /** Carries it out. @param gone what does not belong to the output any more @param root of the state that is true then */
  commit(gone: Iterable<string>, root: StagedRoot): Promise<OutputCounts>;
}

export interface StagedRoot {
  readonly path: string;
  /** @param files how many files the output has more, or fewer */
  readonly text: (files: number) => string;
}

interface Journal {
  readonly schemaVersion: 1;
  /** In this order: the path, and the file beside the journal that goes there. */
  readonly moves: readonly (readonly [path: string, file: string])[];
  readonly deletions: readonly string[];
}

/** @param out of an earlier build @throws FILE_ACCESS, DISK_FULL */
export async function openStagedOutput(out: string): Promise<StagedOutput> {
  const staging = join(out, FOLDER);
  guarded(staging, () => {
    rmSync(staging, { recursive: true, force: true });
    mkdirSync(staging);
  });
  const paths = new Set<string>();
  const moves = new Map<string, string>();
  const fresh = new Set<string>();
  let unchanged = 0;
  let count = 0;
  const put = (path: string, bytes: Uint8Array, make: (file: string) => void): void => {
    paths.add(path);
    const target = join(out, path);
    if (guarded(target, () => holdsNow(target, bytes))) {
      unchanged += 1;
      return;
    }
    if (!isThere(target)) fresh.add(path);
    const file = String((count += 1));
    guarded(join(staging, file), () => make(join(staging, file)));
    moves.set(path, file);
  };
  return {
    paths,
    write: async (path, bytes) => put(path, bytes, (file) => writeFileSync(file, bytes)),
    link: async (path, bytes, source) => put(path, bytes, (file) => linkOrWriteNow(file, bytes, source)),
    // Of the notes of whole builds none counts here.
    read: async (path) => (path.startsWith('.') ? undefined : readIfThere(join(out, path))),
    keepNote: async () => {},
    discard: (path) => {
      paths.delete(path);
      fresh.delete(path);
      moves.delete(path);
    },
    commit: async (gone, root) => {
      const left = [...new Set(gone)].filter((path) => !paths.has(path) && isThere(join(out, path)));
      const deletions = left.toSorted();
      const written = moves.size;
      const text = root.text(fresh.size - deletions.length);
      guarded(staging, () => writeFileSync(join(staging, 'root'), text));
      const journal: Journal = { schemaVersion: 1, moves: [...moves, [root.path, 'root']], deletions };
      writeJournal(out, journal);
      return { written, unchanged, deleted: replay(out, journal) };
    },
  };
}

function isThere(file: string): boolean {
  return guarded(file, () => lstatSync(file, { throwIfNoEntry: false }) !== undefined);
}

function writeJournal(out: string, journal: Journal): void {
  const body = JSON.stringify(journal);
  const temporary = join(out, `${JOURNAL}.tmp`);
  guarded(temporary, () => {
    writeFileSync(temporary, `${body}\n${digestOf(body)}\n`);
    renameSync(temporary, join(out, JOURNAL));
  });
}

/**
 * Carries out what an earlier build had decided, and removes what it had not.
 *
 * @throws FILE_ACCESS, DISK_FULL
 */
export async function finishStaged(out: string): Promise<void> {
  const bytes = readIfThere(join(out, JOURNAL));
  const journal = bytes && parseJournal(new TextDecoder().decode(bytes));
  if (journal) replay(out, journal);
  else guarded(out, () => rmSync(join(out, FOLDER), { recursive: true, force: true }));
}

function parseJournal(text: string): Journal | undefined {
  const [body = '', digest = ''] = text.split('\n');
  return digestOf(body) === digest ? (JSON.parse(body) as Journal) : undefined;
}

/** @returns how many files were deleted. What was carried out already is no matter. */
function replay(out: string, { moves, deletions }: Journal): number {
  const lines = [...moves.map(([path]) => `+${path}\n`), ...deletions.map((path) => `-${path}\n`)];
  addToFilesLog(out, lines.filter((line) => !line.startsWith('+.')).join(''));
  const folders = new Set<string>();
  const [root] = moves.slice(-1);
  for (const [path, file] of moves.slice(0, -1)) if (isOwnPath(path)) move(out, { path, file, folders });
  let deleted = 0;
  for (const path of deletions) if (isOwnPath(path) && removeFile(out, path)) deleted += 1;
  if (root?.[0].startsWith(`${STATE_FOLDER}/`)) move(out, { path: root[0], file: root[1], folders });
  guarded(out, () => rmSync(join(out, FOLDER), { recursive: true, force: true }));
  return deleted;
}

/**
 * Says in the log of an output what is written in it, each path in a line after a plus, or after a minus where it is taken away.
 *
 * A line that a full disk left half written goes: the next one would be the rest of it, and nobody would read its path. The
 * log is as long as there are changes since a build of everything; its end alone is read.
 *
 * @throws FILE_ACCESS, DISK_FULL
 */
export function addToFilesLog(out: string, text: string): void {
  const log = join(out, FILES_LOG);
  guarded(log, () => {
    const file = openSync(log, fsConstants.O_RDWR | fsConstants.O_CREAT, 0o666);
    try {
      const whole = endOfLines(file);
      ftruncateSync(file, whole);
      writeAt(file, Buffer.from(text), whole);
    } finally {
      closeSync(file);
    }
  });
}

/** More than the longest line. */
const TAIL_BYTES = 8192;

/** Behind the last line that is whole. */
function endOfLines(file: number): number {
  const tail = Buffer.alloc(TAIL_BYTES);
  for (let end = fstatSync(file).size; end > 0;) {
    const from = Math.max(0, end - TAIL_BYTES);
    const length = readSync(file, tail, 0, end - from, from);
    const last = tail.subarray(0, length).lastIndexOf(LINE_FEED);
    if (last >= 0) return from + last + 1;
    end = from;
  }
  return 0;
}

/** All of it: a file takes as much at once as the system likes. */
function writeAt(file: number, bytes: Uint8Array, from: number): void {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done, bytes.length - done, from + done);
}

function move(
  out: string,
  { path, file, folders }: { readonly path: string; readonly file: string; readonly folders: Set<string> },
): void {
  const [source, target] = [join(out, FOLDER, file), join(out, path)];
  guarded(target, () => {
    if (!folders.has(dirname(target))) mkdirSync(dirname(target), { recursive: true });
    folders.add(dirname(target));
    if (isThere(source)) renameSync(source, target);
  });
}

function guarded<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw translateFileError(error, path);
  }
}
