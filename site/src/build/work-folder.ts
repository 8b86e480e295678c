/** Where a build puts what is not finished. It goes with the build; of one that was killed, with the next. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** `build-<host>-<process>-…`. */
const NAME = /^build-(.+)-(\d+)-[^-]+$/;

/** @returns a new folder below `parent`; absolute */
export function makeWorkFolder(parent: string): string {
  mkdirSync(parent, { recursive: true });
  return mkdtempSync(path.join(parent, `build-${os.hostname()}-${process.pid}-`));
}

/** Deletes those of processes of this machine that are no more. */
export function clearWorkFolders(parent: string): void {
  for (const folder of namesIn(parent)) {
    const [, host, id] = NAME.exec(folder) ?? [];
    if (host === os.hostname() && !isRunning(Number(id)))
      rmSync(path.join(parent, folder), { recursive: true, force: true });
  }
}

function namesIn(parent: string): readonly string[] {
  try {
    return readdirSync(parent);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function isRunning(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
