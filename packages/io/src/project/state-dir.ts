import { hash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { dataPaths } from '@ar-registry/core/layout';

/** Folder in the data folder that holds what is known of all projects. */
export function projectsDir(dataDir: string): string {
  return path.join(dataDir, dataPaths.projects);
}

/** Folder in the data folder that holds the lock and the journal of one project. */
export async function projectStateDir(dir: string, dataDir: string): Promise<string> {
  const real = realPathOf(path.resolve(dir));
  const id = hash('sha256', real).slice(0, 16);
  return path.join(projectsDir(dataDir), id);
}

function realPathOf(dir: string): string {
  try {
    return realpathSync.native(dir);
  } catch {
    return dir; // not there yet
  }
}
