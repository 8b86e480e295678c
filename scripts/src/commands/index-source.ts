import { lstat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { INDEX_FOLDER, REGISTRY_FILE } from '@ar-registry/core/layout';
import type { IndexSource } from '@ar-registry/io/index-store';

/**
 * What `--index` names: a folder that holds an index is taken as it is on disk; anything else is a repository, at its
 * HEAD or at the revision after the last `@`.
 */
export async function parseIndexSource(text: string, cwd: string): Promise<IndexSource> {
  const path = resolve(cwd, text);
  if (await holdsIndex(path)) return { folder: path };
  const at = text.lastIndexOf('@');
  if ((await exists(path)) || at <= 0) return { repository: path, revision: 'HEAD' };
  return { repository: resolve(cwd, text.slice(0, at)), revision: text.slice(at + 1) };
}

async function holdsIndex(folder: string): Promise<boolean> {
  return (await exists(join(folder, REGISTRY_FILE))) || (await exists(join(folder, INDEX_FOLDER, REGISTRY_FILE)));
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
