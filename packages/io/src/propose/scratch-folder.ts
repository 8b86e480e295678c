import { lstat, mkdtemp, readdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { removeFolder, translateFileError } from '../files/index.ts';

const PREFIX = 'ar-publish-';
/** No publish takes that long; what is older was left by one that was killed. */
const LEFT_AFTER_MS = 60 * 60 * 1000;

export interface ScratchFolder extends AsyncDisposable {
  /** Absolute. */
  readonly path: string;
}

/**
 * Makes a new folder in the system's temporary folder; disposing removes it.
 *
 * What killed runs of the same user left there is removed first: else a disk that they filled would stay full.
 *
 * @throws DISK_FULL, FILE_ACCESS
 */
export async function makeScratchFolder(): Promise<ScratchFolder> {
  const parent = os.tmpdir();
  const folder = await mkdtemp(path.join(parent, PREFIX)).catch((error: unknown) => {
    throw translateFileError(error, parent);
  });
  await sweep(parent, folder);
  return { path: folder, [Symbol.asyncDispose]: async () => removeFolder(folder) };
}

/** Age and owner are compared with those of the new folder `own`: the clock of the disk, and whoever runs this. */
async function sweep(parent: string, own: string): Promise<void> {
  const { uid, mtimeMs } = await lstat(own);
  const names = await readdir(parent).catch(() => []);
  for (const name of names.filter((other) => other.startsWith(PREFIX))) {
    const folder = path.join(parent, name);
    const info = await lstat(folder).catch(() => undefined);
    // Anybody may write there: a link is left alone, and so is what others own.
    if (!info?.isDirectory() || info.uid !== uid || mtimeMs - info.mtimeMs < LEFT_AFTER_MS) continue;
    await removeFolder(folder).catch(() => undefined); // another run may be removing it as well
  }
}
