// The linter sees tests outside of a project, where the types of Node are not there by themselves.
/// <reference types="node" />
import { execFile } from 'node:child_process';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A folder of its own for one test, gone at the end of `await using`. */
export interface TempDir extends AsyncDisposable {
  readonly path: string;
}

export async function tempDir(): Promise<TempDir> {
  const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'ar-test-')));
  return { path: folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

/** Why `smallDisk` cannot be had here; `undefined` if it can. */
export const noSmallDisk =
  process.platform === 'linux' && process.getuid?.() === 0 ? undefined : 'mounting a small disk needs root on Linux';

/** A disk of `kilobytes`, empty and mounted for one test. */
export async function smallDisk(kilobytes: number): Promise<TempDir> {
  const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'ar-disk-')));
  await run('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder]);
  return {
    path: folder,
    [Symbol.asyncDispose]: async () => {
      await run('umount', [folder]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
