import { resolve } from 'node:path';

/** The absolute path of an option that may be left out. */
export function resolveGiven(cwd: string, path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(cwd, path);
}
