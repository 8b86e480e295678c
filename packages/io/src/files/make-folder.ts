import { mkdir, stat } from 'node:fs/promises';
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
  for (const missing of await missingFolders(path.resolve(folder))) {
    try {
      await mkdir(missing, mode);
    } catch (error) {
      // Another process was faster.
      if (!isCode(error, 'EEXIST') || !(await stat(missing)).isDirectory()) throw error;
    }
  }
}

/** From the top down. */
async function missingFolders(folder: string): Promise<readonly string[]> {
  const missing: string[] = [];
  for (let at = folder; !(await exists(at)) && at !== path.dirname(at); at = path.dirname(at)) missing.unshift(at);
  // What is there already may be no folder, which `mkdir` tells.
  return missing.length === 0 && folder !== path.dirname(folder) ? [folder] : missing;
}

async function exists(at: string): Promise<boolean> {
  try {
    await stat(at);
    return true;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return false;
    throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
