import { randomUUID } from 'node:crypto';
import { readdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { MANIFEST_FILE } from '@ar-registry/core/layout';
import { systemCode } from '../digest/system-code.ts';
import { makeFolder, removeFolder, translateFileError } from '../files/index.ts';

/**
 * Makes a new plugin's folder with all of `files`, or nothing: they are written beside it, and then moved.
 *
 * An empty folder that is there already is filled and not replaced, since a shell may be in it.
 *
 * @param files POSIX paths inside the folder → text
 * @throws FOLDER_NOT_EMPTY, DISK_FULL, FILE_ACCESS
 */
export async function createPluginFolder(dir: string, files: ReadonlyMap<string, string>): Promise<void> {
  try {
    const exists = await assertEmpty(dir);
    const beside = path.join(path.dirname(dir), `.${path.basename(dir)}-${randomUUID()}`);
    await makeFolder(beside);
    try {
      await writeFiles(beside, files);
      await (exists ? moveInto(beside, dir) : rename(beside, dir));
    } finally {
      await removeFolder(beside);
    }
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOTEMPTY' || code === 'EEXIST')
      throw new ArError('FOLDER_NOT_EMPTY', { folder: dir }, { cause: error });
    throw translateFileError(error, dir);
  }
}

/** @returns whether there is such a folder at all */
async function assertEmpty(dir: string): Promise<boolean> {
  try {
    if ((await readdir(dir)).length > 0) throw new ArError('FOLDER_NOT_EMPTY', { folder: dir });
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}

async function writeFiles(dir: string, files: ReadonlyMap<string, string>): Promise<void> {
  for (const [name, text] of files) {
    const file = path.join(dir, ...name.split('/'));
    await makeFolder(path.dirname(file));
    await writeFile(file, text);
  }
}

/** The manifest comes last: what lacks it is no plugin yet. */
async function moveInto(beside: string, dir: string): Promise<void> {
  const names = await readdir(beside);
  const ordered = [
    ...names.filter((name) => name !== MANIFEST_FILE),
    ...names.filter((name) => name === MANIFEST_FILE),
  ];
  for (const name of ordered) await rename(path.join(beside, name), path.join(dir, name));
}
