/** A folder that a web server serves, on this machine or mounted. */
import { randomUUID } from 'node:crypto';
import { lstatSync, utimesSync } from 'node:fs';
import { copyFile, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { translateFileError, makeFolder, removeFolder } from '@ar-registry/io/files';
import { folderMarks } from './folder-marks.ts';
import { createMarks } from './marks.ts';
import { readAtOnce, statServed, walkServed } from './site-files.ts';
import { fileOf, type Found, type Place, type PlaceOptions } from './types.ts';

/** On the same file system, and not served. */
const OWN = '.ar-deploy';
/** What folders below it begin with: files are moved to their names as a whole. */
const TEMPORARY = 'files-';

/** @param folder absolute; made with the first file where it is not there */
export function openFolder(folder: string, { signal, pace }: Omit<PlaceOptions, 'now'>): Place {
  const own = path.join(folder, OWN);
  const marks = createMarks({ shown: folder, store: folderMarks(own), signal, pace });
  const at = (name: string): string => path.join(folder, name);
  let writer = createWriter(folder);
  return {
    shown: folder,
    key: folder,
    isFolder: true,
    head: marks.head,
    hold: (head, work) =>
      marks.hold(head, async (hold) => {
        writer = createWriter(folder);
        try {
          return await work(hold);
        } finally {
          await writer.close();
        }
      }),
    list: () => list(folder),
    find: async (names) =>
      new Map(
        names.flatMap((name): [string, Found][] => {
          const file = statServed(folder, name);
          return file ? [[name, { size: file.size }]] : [];
        }),
      ),
    holds: async (file, found) =>
      found.size === file.size && readAtOnce(fileOf(file)).equals(readAtOnce(at(file.path))),
    put: (file) => writer.put(fileOf(file), at(file.path)),
    remove: async (name) => {
      await rm(at(name), { force: true }).catch((error: unknown) => {
        throw translateFileError(error, at(name));
      });
      await removeEmpty(folder, path.dirname(name));
    },
    [Symbol.asyncDispose]: () => writer.close(),
  };
}

interface Writer {
  put(from: string, to: string): Promise<void>;
  close(): Promise<void>;
}

/** Of one deployment: what others leave behind, which had the place before, it takes away. */
function createWriter(folder: string): Writer {
  const own = path.join(folder, OWN);
  const temporaries = path.join(own, `${TEMPORARY}${randomUUID()}`);
  const made = new Set<string>();
  let count = 0;
  let prepared: Promise<void> | undefined;
  const prepare = async (): Promise<void> => {
    await makeFolder(own);
    for (const name of await readdir(own)) if (name.startsWith(TEMPORARY)) await removeFolder(path.join(own, name));
    await makeFolder(temporaries);
  };
  return {
    put: async (from, to) => {
      const temporary = path.join(temporaries, String((count += 1)));
      try {
        await (prepared ??= prepare());
        const parent = path.dirname(to);
        if (!made.has(parent)) await makeFolder(parent);
        made.add(parent);
        await copyFile(from, temporary);
        tellApart(temporary, to);
        await rename(temporary, to);
      } catch (error) {
        throw translateFileError(error, to);
      }
    },
    close: async () => {
      if (prepared) await removeFolder(temporaries);
    },
  };
}

const SECOND = 1000;

/**
 * nginx and Caddy make a file's entity tag of its size and the second it was written in. One that is replaced twice in a
 * second would have the same as before, and who has seen the first would never be told of the second.
 */
function tellApart(fresh: string, old: string): void {
  const before = lstatSync(old, { throwIfNoEntry: false });
  const now = lstatSync(fresh);
  const last = Math.floor((before?.mtimeMs ?? 0) / SECOND);
  // Also where the clock was set back since then.
  if (before?.size === now.size && last >= Math.floor(now.mtimeMs / SECOND)) utimesSync(fresh, last + 1, last + 1);
}

async function* list(folder: string): AsyncGenerator<readonly [string, Found]> {
  const isThere = await stat(folder).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw translateFileError(error, folder);
    },
  );
  if (!isThere) return;
  for await (const { path: name, size } of walkServed(folder)) yield [name, { size }];
}

async function removeEmpty(folder: string, name: string): Promise<void> {
  for (let parent = name; parent !== '.'; parent = path.dirname(parent)) {
    try {
      await rmdir(path.join(folder, parent));
    } catch {
      return; // something is in it
    }
  }
}
