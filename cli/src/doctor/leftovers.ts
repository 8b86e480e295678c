/** What interrupted commands left: changes that were decided and not carried out, and archives that are half unpacked. */
import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { dataPaths } from '@ar-registry/core/layout';
import { translateFileError } from '@ar-registry/io/files';
import { unfinishedChanges } from '@ar-registry/io/project';
import type { Context } from '../context.ts';
import { pass, warn, type Check } from './check.ts';

export const leftovers: Check = {
  id: 'leftovers',
  run: async (context) => {
    const changes = await unfinishedChanges(context.dataDir);
    const [change] = changes;
    if (change) {
      const more = changes.length > 1 ? `, and ${changes.length - 1} more` : '';
      const remedy =
        change.dir === undefined
          ? `The project is gone, so remove ${change.stateDir}`
          : `Reading the project finishes it: ar plugin list --project ${quoted(change.dir)}`;
      return warn(`A change to ${change.dir ?? 'a project'} was interrupted${more}.`, remedy);
    }
    const archives = await abandoned(path.join(context.dataDir, dataPaths.staging), context);
    if (archives === 0) return pass('No interrupted change is left.');
    return warn(`Interruptions left ${archives} half-unpacked archives.`, 'Remove them: ar plugin cache prune');
  },
};

/** As long as `cache prune` and every installation leave it alone: it may be being unpacked right now. */
const ABANDONED_MS = 60 * 60 * 1000;

/** @throws FILE_ACCESS */
async function abandoned(folder: string, { now }: Context): Promise<number> {
  const names = await readdir(folder).catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw translateFileError(error, folder);
  });
  const ages = await Promise.all(
    names.map(async (name) => {
      const info = await lstat(path.join(folder, name)).catch(() => undefined);
      return info === undefined ? 0 : now().getTime() - info.mtimeMs;
    }),
  );
  return ages.filter((ageMs) => ageMs > ABANDONED_MS).length;
}

/** As one word of a command line. */
function quoted(text: string): string {
  if (/^[\w@%+=:,./\\-]+$/.test(text)) return text;
  return process.platform === 'win32' ? `"${text}"` : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
