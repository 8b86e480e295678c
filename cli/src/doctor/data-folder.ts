/** Where everything is kept: whether it can be written, has room, is one's own, and is tidy. */
import { randomUUID } from 'node:crypto';
import { readdir, rm, stat, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isArError } from '@ar-registry/core/errors';
import { makeFolder, translateFileError } from '@ar-registry/io/files';
import type { Context } from '../context.ts';
import { fail, pass, warn, type Check } from './check.ts';

const MEBIBYTE = 1024 * 1024;
const SCARCE_MIB = 500;
const TOO_LITTLE_MIB = 50;

export const dataFolder: Check = {
  id: 'data-folder',
  run: async ({ dataDir }) => {
    const folder = path.join(dataDir, 'plugins');
    const probe = path.join(folder, `.doctor-${randomUUID()}`);
    try {
      await makeFolder(folder);
      await writeFile(probe, '');
      return pass(`${folder} can be written.`);
    } catch (error) {
      const known = translateFileError(error, folder);
      if (!isArError(known)) throw error;
      return fail(known.message, known.remedy);
    } finally {
      await rm(probe, { force: true }).catch(() => undefined);
    }
  },
};

export const diskSpace: Check = {
  id: 'disk-space',
  run: async ({ dataDir }) => {
    const found = await statfs(await nearestFolder(dataDir));
    const free = Math.floor((found.bavail * found.bsize) / MEBIBYTE);
    const message = `${free} MiB are free for ${dataDir}.`;
    if (free >= SCARCE_MIB) return pass(message);
    const remedy = 'Free some space, or remove what no project uses: ar plugin cache prune';
    return free < TOO_LITTLE_MIB ? fail(message, remedy) : warn(message, remedy);
  },
};

/** What others could read or change. Windows has no such bits. */
export const permissions: Check = {
  id: 'permissions',
  run: async ({ dataDir, configDir }) => {
    const credentials = path.join(configDir, 'credentials.json');
    if (((await modeOf(credentials)) & 0o077) !== 0)
      return fail(`Others can read ${credentials}, which holds a token.`, `Run: chmod 600 ${credentials}`);
    for (const folder of [dataDir, path.join(dataDir, 'plugins'), path.join(dataDir, 'plugins', 'store'), configDir])
      if (((await modeOf(folder)) & 0o002) !== 0)
        return fail(`Everybody can write to ${folder}.`, `Run: chmod o-w ${folder}`);
    return pass('Nobody else can change what is installed.');
  },
};

/** 0 for what is not there, and where there are no modes. */
async function modeOf(file: string): Promise<number> {
  if (process.platform === 'win32') return 0;
  return (await stat(file).catch(() => undefined))?.mode ?? 0;
}

export const leftovers: Check = {
  id: 'leftovers',
  run: async (context) => {
    const plugins = path.join(context.dataDir, 'plugins');
    const states = await namesIn(path.join(plugins, 'projects'));
    const journals = await Promise.all(states.map((name) => namesIn(path.join(plugins, 'projects', name))));
    const open = journals.filter((names) => names.includes('journal.json')).length;
    const staged = await abandoned(path.join(plugins, 'staging'), context);
    if (open + staged === 0) return pass('No interrupted change is left.');
    const found = [
      ...(open > 0 ? [`${open} unfinished changes`] : []),
      ...(staged > 0 ? [`${staged} half-unpacked archives`] : []),
    ];
    return warn(
      `An interruption left ${found.join(' and ')}.`,
      'Run `ar plugin install` in the project: it finishes or removes them.',
    );
  },
};

/** What is being unpacked right now is no leftover. */
async function abandoned(folder: string, { now }: Context): Promise<number> {
  const names = await namesIn(folder);
  const ages = await Promise.all(
    names.map(async (name) => {
      const info = await stat(path.join(folder, name)).catch(() => undefined);
      return info === undefined ? 0 : now().getTime() - info.mtimeMs;
    }),
  );
  return ages.filter((ageMs) => ageMs > ABANDONED_MS).length;
}

const ABANDONED_MS = 60 * 60 * 1000;

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}

async function nearestFolder(folder: string): Promise<string> {
  if (await stat(folder).catch(() => undefined)) return folder;
  return folder === path.dirname(folder) ? folder : nearestFolder(path.dirname(folder));
}
