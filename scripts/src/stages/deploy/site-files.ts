import fs from 'node:fs';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { ArError } from '@ar-registry/core/errors';
import { routes } from '@ar-registry/core/layout';
import { translateFileError } from '@ar-registry/io/files';
import type { SiteFile } from './types.ts';

/** Names with a dot are notes of a build, but for this one. @source RFC 8615 */
const WELL_KNOWN = '.well-known';

/** @throws FILE_INVALID for a folder that holds no registry, FILE_NOT_FOUND for none, FILE_ACCESS */
export function assertRegistry(folder: string): void {
  if (statServed(folder, routes.config)) return;
  readFolder(folder);
  throw new ArError('FILE_INVALID', { file: folder, problem: `it holds no built registry: no ${routes.config}` });
}

export interface WalkOptions {
  /** Files, and folders that are not gone into, by their paths; those of folders end with a slash. */
  readonly isLeftOut?: (name: string) => boolean;
}

/**
 * What is served of a folder, in the order of paths, and one at a time: there may be millions. Links are left out: no build
 * makes any. So is what goes meanwhile.
 *
 * @param folder absolute
 * @throws FILE_NOT_FOUND, FILE_ACCESS
 */
export async function* walkServed(
  folder: string,
  { isLeftOut = () => false }: WalkOptions = {},
): AsyncGenerator<SiteFile> {
  const left: string[] = namesIn(folder, '').toReversed();
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    if (isLeftOut(name)) continue;
    if (!name.endsWith('/')) {
      const file = statServed(folder, name);
      if (file) yield file;
    } else {
      // So that somebody who interrupts it is heard.
      await setImmediate();
      for (const below of namesIn(folder, name).toReversed()) left.push(below);
    }
  }
}

/** Of folders with a slash at their end, as they stand in paths: that is the order. */
function namesIn(folder: string, below: string): string[] {
  const names: string[] = [];
  for (const entry of readFolder(path.join(folder, below))) {
    const name = `${below}${entry.name}`;
    if (!isServed(name)) continue;
    if (entry.isDirectory()) names.push(`${name}/`);
    if (entry.isFile()) names.push(name);
  }
  return names.toSorted((a, b) => (a < b ? -1 : 1));
}

function readFolder(at: string): fs.Dirent[] {
  try {
    return fs.readdirSync(at, { withFileTypes: true });
  } catch (error) {
    throw translateFileError(error, at);
  }
}

/** @returns undefined where there is no such file @throws FILE_ACCESS */
export function statServed(folder: string, name: string): SiteFile | undefined {
  const file = path.join(folder, name);
  try {
    const info = fs.lstatSync(file, { throwIfNoEntry: false });
    if (info?.isFile() !== true) return undefined;
    return { path: name, folder, size: info.size, modifiedMs: info.mtimeMs, inode: info.ino };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw translateFileError(error, file);
  }
}

/** Its bytes, at once: a promise for each would take most of the time. @throws FILE_NOT_FOUND, FILE_ACCESS */
export function readAtOnce(file: string): Buffer {
  try {
    return fs.readFileSync(file);
  } catch (error) {
    throw translateFileError(error, file);
  }
}

/** Whether a file of a site, or a folder of it, is for its readers, and lies in it. @param name with `/` */
export function isServed(name: string): boolean {
  const names = name.split('/');
  if (names.some((part) => part === '' || part === '.' || part === '..')) return false;
  return names[0] === WELL_KNOWN || names.every((part) => !part.startsWith('.'));
}
