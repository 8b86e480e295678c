/** A folder that a web server serves, on this machine or mounted. */
import { copyFile, rename, rm, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { translateFileError, makeFolder, removeFolder } from '@ar-registry/io/files';
import { listServed, readAtOnce } from './site-files.ts';
import type { Found, Place, SiteFile } from './types.ts';

/** On the same file system, and not served: files are moved to their names as a whole. */
const TEMPORARY = '.ar-deploy';

/** @param folder absolute; made with the first file where it is not there */
export function openFolder(folder: string): Place {
  const temporaries = path.join(folder, TEMPORARY);
  const made = new Set<string>();
  let count = 0;
  let prepared: Promise<void> | undefined;
  const prepare = async (): Promise<void> => {
    await removeFolder(temporaries);
    await makeFolder(temporaries);
  };
  const at = (name: string): string => path.join(folder, name);
  return {
    shown: folder,
    list: () => list(folder),
    holds: async ({ file, path: name, size }, found) =>
      found.size === size && readAtOnce(file).equals(readAtOnce(at(name))),
    put: async ({ file, path: name }: SiteFile) => {
      const temporary = path.join(temporaries, String((count += 1)));
      try {
        await (prepared ??= prepare());
        const parent = path.dirname(at(name));
        if (!made.has(parent)) await makeFolder(parent);
        made.add(parent);
        await copyFile(file, temporary);
        await rename(temporary, at(name));
      } catch (error) {
        throw translateFileError(error, at(name));
      }
    },
    remove: async (name) => {
      await rm(at(name), { force: true }).catch((error: unknown) => {
        throw translateFileError(error, at(name));
      });
      await removeEmpty(folder, path.dirname(name));
    },
    finish: async () => undefined,
    [Symbol.asyncDispose]: async () => {
      if (prepared) await removeFolder(temporaries);
    },
  };
}

async function list(folder: string): Promise<ReadonlyMap<string, Found>> {
  const isThere = await stat(folder).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw translateFileError(error, folder);
    },
  );
  const files = isThere ? await listServed(folder) : [];
  return new Map(files.map(({ path: name, size }) => [name, { size }]));
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
