import { stat } from 'node:fs/promises';
import path from 'node:path';
import { PROJECT_FILE } from '@ar-registry/core/layout';

/** Whether anything was ever installed in `dir`: without `ar-plugins.yaml` there is nothing to read. */
export async function hasProjectFile(dir: string): Promise<boolean> {
  return (await stat(path.join(dir, PROJECT_FILE)).catch(() => undefined)) !== undefined;
}
