import { stat } from 'node:fs/promises';
import path from 'node:path';
import { PROJECT_FILE } from '@ar-registry/core/layout';

/** The nearest folder at or above `from` that holds `ar-plugins.yaml`; `from` itself if there is none. */
export async function findProject(from: string): Promise<string> {
  let folder = path.resolve(from);
  for (;;) {
    const found = await stat(path.join(folder, PROJECT_FILE)).catch(() => undefined);
    if (found?.isFile()) return folder;
    const parent = path.dirname(folder);
    if (parent === folder) return path.resolve(from);
    folder = parent;
  }
}
