/** Where everything is kept: whether it can be written, has room, and is one's own. Nothing is written to find out. */
import { access, constants, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { ArError, isArError } from '@ar-registry/core/errors';
import { translateFileError } from '@ar-registry/io/files';
import type { Context } from '../context.ts';
import { fail, pass, warn, type Check } from './check.ts';

const MEBIBYTE = 1024 * 1024;
const SCARCE_MIB = 500;
const TOO_LITTLE_MIB = 50;

export const dataFolder: Check = {
  id: 'data-folder',
  run: async ({ dataDir }) => {
    const folder = path.join(dataDir, 'plugins');
    const nearest = await nearestExisting(folder);
    try {
      if (!(await stat(nearest)).isDirectory())
        throw new ArError('FILE_ACCESS', { path: nearest, reason: 'something else is in its place' });
      await access(nearest, constants.W_OK | constants.X_OK);
    } catch (error) {
      const known = translateFileError(error, nearest);
      if (!isArError(known)) throw error;
      return fail(known.message, known.remedy);
    }
    return pass(nearest === folder ? `${folder} can be written.` : `${folder} can be made.`);
  },
};

export const diskSpace: Check = {
  id: 'disk-space',
  run: async ({ dataDir }) => {
    const free = await freeMib(await nearestExisting(dataDir));
    if (isArError(free)) return warn(`How much room there is cannot be told. ${free.message}`, free.remedy);
    // Some file systems, those of other machines above all, do not say.
    if (free === undefined) return pass(`The file system of ${dataDir} does not say how much is free.`);
    const message = `${free} MiB are free for ${dataDir}.`;
    if (free >= SCARCE_MIB) return pass(message);
    const remedy = 'Free some space, or remove what no project uses: ar plugin cache prune';
    return free < TOO_LITTLE_MIB ? fail(message, remedy) : warn(message, remedy);
  },
};

async function freeMib(folder: string): Promise<number | ArError | undefined> {
  try {
    const { blocks, bavail, bsize } = await statfs(folder);
    return blocks === 0 ? undefined : Math.floor((bavail * bsize) / MEBIBYTE);
  } catch (error) {
    const known = translateFileError(error, folder);
    if (isArError(known)) return known;
    throw error;
  }
}

/** What others could read or change. Windows has no such bits. */
export const permissions: Check = {
  id: 'permissions',
  run: async ({ dataDir, configDir }: Context) => {
    const credentials = path.join(configDir, 'credentials.json');
    if (((await bitsOf(credentials)).mode & 0o077) !== 0)
      return fail(`Others can read ${credentials}, which holds a token.`, `Run: chmod 600 ${credentials}`);
    const folders = [dataDir, path.join(dataDir, 'plugins'), path.join(dataDir, 'plugins', 'store'), configDir];
    const found = await Promise.all(folders.map(async (folder) => ({ folder, ...(await bitsOf(folder)) })));
    const open = found.find(({ mode }) => (mode & 0o002) !== 0);
    if (open) return fail(`Everybody can write to ${open.folder}.`, `Run: chmod o-w ${open.folder}`);
    const shared = found.find(({ mode, ownGroup }) => (mode & 0o020) !== 0 && !ownGroup);
    if (shared) return warn(`A group of users can write to ${shared.folder}.`, `Run: chmod g-w ${shared.folder}`);
    return pass('Nobody else can change what is installed.');
  },
};

interface Bits {
  readonly mode: number;
  /**
   * Many systems give every user a group of his own, of the same number, and let it write to what he makes: such a
   * group is nobody else. Who else was put into it later cannot be told from here.
   */
  readonly ownGroup: boolean;
}

/** Mode 0 for what is not there, and where there are no modes. @source Debian Policy §9.2, user private groups */
async function bitsOf(file: string): Promise<Bits> {
  const info = process.platform === 'win32' ? undefined : await stat(file).catch(() => undefined);
  return info ? { mode: info.mode, ownGroup: info.gid === info.uid } : { mode: 0, ownGroup: true };
}

async function nearestExisting(folder: string): Promise<string> {
  if (await stat(folder).catch(() => undefined)) return folder;
  return folder === path.dirname(folder) ? folder : nearestExisting(path.dirname(folder));
}
