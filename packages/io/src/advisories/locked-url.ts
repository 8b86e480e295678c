import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** The URL of what a lock names: a registry in a folder may be named relative to the project. */
export function lockedUrl(locked: string, projectDir: string): string {
  return /^\.{1,2}(?:\/|$)/.test(locked) ? pathToFileURL(path.resolve(projectDir, locked)).href : locked;
}
