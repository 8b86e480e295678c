import { resolve } from 'node:path';

/** The absolute path of an option that may be left out. */
export function resolveGiven(cwd: string, path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(cwd, path);
}

/** A git remote as it was given: addresses stay, `git@host:path` too; everything else is a path. */
export function resolveRemote(given: string, cwd: string): string {
  return /^(?:[a-z][a-z0-9+.-]*:|[^/\\]+@[^/\\]+:|-)/i.test(given) ? given : resolve(cwd, given);
}
