import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { routes } from '@ar-registry/core/layout';
import { translateFileError } from '@ar-registry/io/files';
import type { SiteFile } from './types.ts';

/** Names with a dot are notes of a build, but for this one. @source RFC 8615 */
const WELL_KNOWN = '.well-known';

/**
 * All files of a built site that are to be served. Links are left out: no build makes any.
 *
 * @param folder absolute
 * @throws FILE_NOT_FOUND, FILE_INVALID for a folder that holds no registry, FILE_ACCESS
 */
export async function readSiteFiles(folder: string): Promise<readonly SiteFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    throw translateFileError(error, folder);
  });
  const files: SiteFile[] = [];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const name = path.relative(folder, file).replaceAll(path.sep, '/');
    if (isServed(name)) files.push({ path: name, file, size: (await stat(file)).size });
  }
  if (!files.some((found) => found.path === routes.config))
    throw new ArError('FILE_INVALID', { file: folder, problem: `it holds no built registry: no ${routes.config}` });
  return files;
}

/** Whether a file of a site is for its readers. @param name with `/` */
export function isServed(name: string): boolean {
  const names = name.split('/');
  return names[0] === WELL_KNOWN || names.every((part) => !part.startsWith('.'));
}
