/**
 * Writing into the folder of an earlier build as one step: what changes is written beside it first, with a journal of what
 * goes where, and only when that is whole is anything of the output touched. Whoever is stopped before leaves the old
 * output; after that, whoever comes next carries the journal out to its end.
 */
import { appendFile, lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { translateFileError } from '@ar-registry/io/files';
import {
  ifAbsent,
  isOwnPath,
  linkOrWrite,
  holds,
  removeFile,
  type OutputCounts,
  type OutputWriter,
} from './output-files.ts';
import { STATE_FOLDER, digestOf } from './state/store.ts';

const FOLDER = '.ar-next';
const JOURNAL = `${FOLDER}/journal.json`;
/** What builds that changed a little have added to the list of files of the last whole build, and taken from it. */
export const FILES_LOG = '.ar-files.log';

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
  await guarded(staging, () => rm(staging, { recursive: true, force: true }));
  await guarded(staging, () => mkdir(staging));
  const paths = new Set<string>();
  const moves = new Map<string, string>();
  const fresh = new Set<string>();
  let unchanged = 0;
  let count = 0;
  const put = async (path: string, bytes: Uint8Array, make: (file: string) => Promise<void>): Promise<void> => {
    paths.add(path);
    if (await holds(join(out, path), bytes)) {
      unchanged += 1;
      return;
    }
    if (!(await lstat(join(out, path)).catch(ifAbsent))) fresh.add(path);
    const file = String((count += 1));
    await guarded(join(staging, file), () => make(join(staging, file)));
    moves.set(path, file);
  };
  return {
    paths,
    write: (path, bytes) => put(path, bytes, (file) => writeFile(file, bytes)),
    link: (path, bytes, source) => put(path, bytes, (file) => linkOrWrite(file, bytes, source)),
    // Of the notes of whole builds none counts here.
    read: async (path) => (path.startsWith('.') ? undefined : readFile(join(out, path)).catch(ifAbsent)),
    keepNote: async () => {},
    discard: (path) => {
      paths.delete(path);
      fresh.delete(path);
      moves.delete(path);
    },
    commit: async (gone, root) => {
      const deletions: string[] = [];
      for (const path of [...new Set(gone)].toSorted())
        if (!paths.has(path) && (await lstat(join(out, path)).catch(ifAbsent))) deletions.push(path);
      const written = moves.size;
      const text = root.text(fresh.size - deletions.length);
      await guarded(staging, () => writeFile(join(staging, 'root'), text));
      const journal: Journal = { schemaVersion: 1, moves: [...moves, [root.path, 'root']], deletions };
      await writeJournal(out, journal);
      const deleted = await replay(out, journal);
      return { written, unchanged, deleted };
    },
  };
}

async function writeJournal(out: string, journal: Journal): Promise<void> {
  const body = JSON.stringify(journal);
  const temporary = join(out, `${JOURNAL}.tmp`);
  await guarded(temporary, async () => {
    await writeFile(temporary, `${body}\n${digestOf(body)}\n`);
    await rename(temporary, join(out, JOURNAL));
  });
}

/**
 * Carries out what an earlier build had decided, and removes what it had not.
 *
 * @throws FILE_ACCESS, DISK_FULL
 */
export async function finishStaged(out: string): Promise<void> {
  const text = await readFile(join(out, JOURNAL), 'utf8').catch(ifAbsent);
  const journal = text === undefined ? undefined : parseJournal(text);
  if (journal) await replay(out, journal);
  else await rm(join(out, FOLDER), { recursive: true, force: true });
}

function parseJournal(text: string): Journal | undefined {
  const [body = '', digest = ''] = text.split('\n');
  return digestOf(body) === digest ? (JSON.parse(body) as Journal) : undefined;
}

/** @returns how many files were deleted. What was carried out already is no matter. */
async function replay(out: string, { moves, deletions }: Journal): Promise<number> {
  const lines = [...moves.map(([path]) => `+${path}\n`), ...deletions.map((path) => `-${path}\n`)];
  await guarded(out, () => appendFile(join(out, FILES_LOG), lines.filter((line) => !line.startsWith('+.')).join('')));
  const folders = new Set<string>();
  const [root] = moves.slice(-1);
  for (const [path, file] of moves.slice(0, -1)) if (isOwnPath(path)) await move(out, { path, file, folders });
  let deleted = 0;
  for (const path of deletions) if (isOwnPath(path) && (await removeFile(out, path))) deleted += 1;
  if (root?.[0].startsWith(`${STATE_FOLDER}/`)) await move(out, { path: root[0], file: root[1], folders });
  await guarded(out, () => rm(join(out, FOLDER), { recursive: true, force: true }));
  return deleted;
}

async function move(
  out: string,
  { path, file, folders }: { readonly path: string; readonly file: string; readonly folders: Set<string> },
): Promise<void> {
  const target = join(out, path);
  await guarded(target, async () => {
    if (!folders.has(dirname(target))) await mkdir(dirname(target), { recursive: true });
    folders.add(dirname(target));
    await rename(join(out, FOLDER, file), target).catch(ifAbsent);
  });
}

async function guarded<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw translateFileError(error, path);
  }
}
