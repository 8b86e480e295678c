import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * What a person writes for a registry, as a URL: an address stays as it is, and a path, relative to `dir`, becomes
 * `file:`. What is neither is left for the client to refuse.
 */
export function registryAddress(written: string, dir: string): string {
  const file = /^file:(?!\/)(.*)$/s.exec(written)?.[1];
  if (file !== undefined) return folderUrl(file, dir);
  if (/^[a-z]:[\\/]/i.test(written)) return folderUrl(written, dir);
  if (/^(?:[a-z][a-z0-9+.-]*:|\/\/)/i.test(written)) return written;
  return /^\.{1,2}$|[\\/]/.test(written) || isFolder(path.resolve(dir, written)) ? folderUrl(written, dir) : written;
}

/** Whether what is written is a folder whose place depends on where that is written. */
export function isRelativeFolder(written: string, url: string): boolean {
  return url.startsWith('file:') && !path.isAbsolute(written) && !/^(?:file:\/|[a-z]:[\\/])/i.test(written);
}

function folderUrl(written: string, dir: string): string {
  return pathToFileURL(path.resolve(dir, written)).href;
}

function isFolder(folder: string): boolean {
  return fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
}
