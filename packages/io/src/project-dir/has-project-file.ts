import { statSync } from 'node:fs';
import path from 'node:path';
import { PROJECT_FILE } from '@ar-registry/core/layout';

/** Whether anything was ever installed in `dir`: without `ar-plugins.yaml` there is nothing to read. */
export async function hasProjectFile(dir: string): Promise<boolean> {
  try {
    // Not by a promise: to load those of `node:fs`, and to start its threads, takes longer than most commands.
    statSync(path.join(dir, PROJECT_FILE));
    return true;
  } catch {
    return false;
  }
}
