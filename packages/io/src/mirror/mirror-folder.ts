/**
 * The folder of a mirror. Whoever serves it meanwhile never misses a file that another one names: what is pinned is
 * written at once, what pins it waits in `.ar-mirror/` until all is there, and what nobody names any more goes last.
 *
 * `.ar-mirror.json` says that the folder is a mirror, and of what: everything below `api/v1/` in it is the mirror's own, and
 * below `npm/` where it says so.
 */
import { copyFile, link, mkdir, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { readFolderFile } from '../trust/read-served.ts';
import { replaceFile, translateFileError } from '../files/index.ts';

export interface MirrorNote {
  readonly schemaVersion: 1;
  readonly origin: string;
  /** Fingerprint of the root by which the registry was first trusted. */
  readonly root: string;
  /** Whether there is a view for npm's clients beside it: then `npm/` is the mirror's own, too. */
  readonly npm?: true;
}

export interface MirrorFolder {
  /** Undefined for a folder that no mirror wrote. */
  readonly note: MirrorNote | undefined;
  read(file: string): Promise<Uint8Array | undefined>;
  /** Bytes of a file; undefined where there is none. */
  sizeOf(file: string): Promise<number | undefined>;
  /** Writes what is pinned: nobody looks for it yet. */
  write(file: string, bytes: Uint8Array): Promise<void>;
  /** Makes a file the same as one that is there already, by a hard link where the file system allows it. */
  link(file: string, source: string): Promise<void>;
  /** Keeps what pins others until `publish`. */
  stage(file: string, bytes: Uint8Array): Promise<void>;
  /** What is staged, else what is there. */
  newest(file: string): Promise<Uint8Array | undefined>;
  /** Puts these in their places, in this order. What is not staged is there already. */
  publish(files: readonly string[]): Promise<void>;
  /** Every file of the mirror's own folders. */
  list(): Promise<readonly string[]>;
  remove(files: readonly string[]): Promise<void>;
  mark(note: MirrorNote): Promise<void>;
}

const NOTE = '.ar-mirror.json';
const STAGE = '.ar-mirror';
/** Nobody else writes there: a folder with anything of others in it becomes no mirror. */
const OWN = 'api/v1';
const NPM = 'npm';

/**
 * @param writes without it nothing is written, and what is staged is kept in memory
 * @throws OUTPUT_FOLDER_FOREIGN for one with the files of others, FILE_INVALID, FILE_ACCESS
 */
export async function openMirrorFolder(folder: string, writes: boolean): Promise<MirrorFolder> {
  const note = await readNote(folder);
  if (!note) await assertEmpty(folder);
  const at = (...parts: readonly string[]): string => path.join(folder, ...parts);
  const reading = {
    note,
    read: (file: string) => readFolderFile(at(file)),
    sizeOf: async (file: string) => {
      const info = await stat(at(file)).catch(ifAbsent);
      return info?.isFile() === true ? info.size : undefined;
    },
    list: async () => [...(await listFiles(folder, OWN)), ...(note?.npm === true ? await listFiles(folder, NPM) : [])],
  };
  if (!writes) return { ...reading, ...inMemory(reading.read) };
  // What an interrupted run has staged may be of another state by now.
  await rm(at(STAGE), { recursive: true, force: true });
  const staged = new Set<string>();
  return {
    ...reading,
    // A power failure costs a file that is fetched again: each is compared with its hash, or at least its size.
    write: (file, bytes) => replaceFile(at(file), bytes, { durable: false }),
    link: (file, source) => linkOrCopy(at(source), at(file)),
    stage: async (file, bytes) => {
      await replaceFile(at(STAGE, file), bytes, { durable: false });
      staged.add(file);
    },
    newest: (file) => readFolderFile(staged.has(file) ? at(STAGE, file) : at(file)),
    publish: async (files) => {
      for (const file of files) if (staged.delete(file)) await move(at(STAGE, file), at(file));
      await rm(at(STAGE), { recursive: true, force: true });
    },
    remove: async (files) => {
      for (const file of files) await removeOne(folder, file);
    },
    mark: (next) => replaceFile(at(NOTE), `${JSON.stringify(next)}\n`),
  };
}

async function nothing(): Promise<void> {
  // A dry run.
}

type Writing = Omit<MirrorFolder, 'note' | 'read' | 'sizeOf' | 'list'>;

function inMemory(read: MirrorFolder['read']): Writing {
  const staged = new Map<string, Uint8Array>();
  return {
    write: nothing,
    link: nothing,
    stage: async (file, bytes) => void staged.set(file, bytes),
    newest: async (file) => staged.get(file) ?? read(file),
    publish: nothing,
    remove: nothing,
    mark: nothing,
  };
}

async function readNote(folder: string): Promise<MirrorNote | undefined> {
  const bytes = await readFolderFile(path.join(folder, NOTE));
  if (!bytes) return undefined;
  const file = path.join(folder, NOTE);
  try {
    const note = JSON.parse(Buffer.from(bytes).toString('utf8')) as Partial<MirrorNote>;
    if (typeof note.origin === 'string' && typeof note.root === 'string') {
      const { origin, root, npm } = note;
      return { schemaVersion: 1, origin, root, ...(npm === true ? { npm } : {}) };
    }
  } catch (cause) {
    throw new ArError('FILE_INVALID', { file, problem: 'it is damaged' }, { cause });
  }
  throw new ArError('FILE_INVALID', { file, problem: 'it does not say what the folder is a mirror of' });
}

async function assertEmpty(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (ifAbsent(error) === undefined) return [];
    throw translateFileError(error, folder);
  });
  if (names.some((name) => !name.startsWith(STAGE))) throw new ArError('OUTPUT_FOLDER_FOREIGN', { folder });
}

async function move(from: string, to: string): Promise<void> {
  try {
    await mkdir(path.dirname(to), { recursive: true });
    await rename(from, to);
  } catch (error) {
    throw translateFileError(error, to);
  }
}

async function listFiles(folder: string, own: string): Promise<readonly string[]> {
  const found = await readdir(path.join(folder, own), { recursive: true, withFileTypes: true }).catch(ifAbsent);
  return (found ?? [])
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'));
}

/** As a whole, and again where the source has become another. */
async function linkOrCopy(source: string, target: string): Promise<void> {
  const temporary = `${target}.tmp`;
  try {
    const [from, to] = [await stat(source), await stat(target).catch(ifAbsent)];
    if (to && (to.ino === from.ino || (to.size === from.size && to.mtimeMs >= from.mtimeMs))) return;
    await mkdir(path.dirname(target), { recursive: true });
    await rm(temporary, { force: true });
    // Not every file system has them, and a file has so many at most. What is wrong besides, copying meets as well.
    await link(source, temporary).catch(() => copyFile(source, temporary));
    await rename(temporary, target);
  } catch (error) {
    throw translateFileError(error, target);
  }
}

async function removeOne(folder: string, file: string): Promise<void> {
  try {
    await rm(path.join(folder, file), { force: true });
  } catch (error) {
    throw translateFileError(error, path.join(folder, file));
  }
  for (let above = path.dirname(file); above !== '.'; above = path.dirname(above)) {
    const isGone = await rmdir(path.join(folder, above)).then(
      () => true,
      () => false, // others are in it
    );
    if (!isGone) break;
  }
}

function ifAbsent(error: unknown): undefined {
  if (isAbsent(error)) return undefined;
  throw error;
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
