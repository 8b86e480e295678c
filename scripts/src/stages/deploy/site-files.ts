import fs from 'node:fs';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
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
  const files = await listServed(folder);
  if (!files.some((found) => found.path === routes.config))
    throw new ArError('FILE_INVALID', { file: folder, problem: `it holds no built registry: no ${routes.config}` });
  return files;
}

/**
 * What is served of a folder, in no order. Without promises for each file: there may be millions.
 *
 * @param folder absolute
 * @throws FILE_NOT_FOUND, FILE_ACCESS
 */
export async function listServed(folder: string): Promise<readonly SiteFile[]> {
  const files: SiteFile[] = [];
  const folders = [''];
  for (let below = folders.pop(); below !== undefined; below = folders.pop()) {
    const at = path.join(folder, below);
    try {
      for (const entry of fs.readdirSync(at, { withFileTypes: true })) {
        const name = `${below}${entry.name}`;
        if (!isServed(name)) continue;
        if (entry.isDirectory()) folders.push(`${name}/`);
        if (entry.isFile()) files.push(fileAt(folder, name));
      }
    } catch (error) {
      throw translateFileError(error, at);
    }
    // So that somebody who interrupts it is heard.
    await setImmediate();
  }
  return files;
}

function fileAt(folder: string, name: string): SiteFile {
  const file = path.join(folder, name);
  const { size, mtimeMs } = fs.statSync(file);
  return { path: name, file, size, modifiedMs: mtimeMs };
}

/** Its bytes, at once: a promise for each would take most of the time. @throws FILE_NOT_FOUND, FILE_ACCESS */
export function readAtOnce(file: string): Buffer {
  try {
    return fs.readFileSync(file);
  } catch (error) {
    throw translateFileError(error, file);
  }
}

/** Whether a file of a site, or a folder of it, is for its readers. @param name with `/` */
function isServed(name: string): boolean {
  const names = name.split('/');
  return names[0] === WELL_KNOWN || names.every((part) => !part.startsWith('.'));
}
