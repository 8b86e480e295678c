import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';

/**
 * Makes a folder and those above it that are missing; nothing if it is there.
 *
 * Node's own `mkdir(…, { recursive: true })` never ends where the system answers ENOENT for a folder whose parent
 * exists, as below `/proc`, and cannot be aborted. Here each folder is asked for once.
 *
 * @param mode of the folders that are made
 * @throws what the file system says, untranslated: the caller knows what the folder is for
 */
export async function makeFolder(folder: string, mode?: number): Promise<void> {
  for (const missing of missingFolders(path.resolve(folder))) {
    try {
      mkdirSync(missing, mode);
    } catch (error) {
      // Another process was faster.
      if (!isCode(error, 'EEXIST') || !statSync(missing).isDirectory()) throw error;
    }
  }
}

/** From the top down. */
function missingFolders(folder: string): readonly string[] {
  const missing: string[] = [];
  for (let at = folder; !exists(at) && at !== path.dirname(at); at = path.dirname(at)) missing.unshift(at);
  // What is there already may be no folder, which `mkdir` tells.
  return missing.length === 0 && folder !== path.dirname(folder) ? [folder] : missing;
}

function exists(at: string): boolean {
  return statSync(at, { throwIfNoEntry: false }) !== undefined;
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
