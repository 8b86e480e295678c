/**
 * Which folder is the project, when nobody says so.
 *
 * Its file decides what is installed and what may be asked of whom, so it is not taken from where others can put one:
 * the search ends at the home folder, at the root of a repository and at the edge of a file system, and a file that
 * belongs to another user is never taken. Windows has no owner that could be compared.
 *
 * @source git-config(1), safe.directory
 */
import { lstatSync, statSync, type Stats } from 'node:fs';
import path from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { PROJECT_FILE } from '@ar-registry/core/layout';

export interface FindOptions {
  readonly home?: string | undefined;
  /** A user that is trusted as oneself is: who called `sudo`. */
  readonly trustedUid?: number | undefined;
  /** Told of a file above that was not taken, because it belongs to another user. */
  readonly onForeign?: ((file: string) => void) | undefined;
}

/**
 * The nearest folder at or above `from` that holds `ar-plugins.yaml`; `from` itself if there is none.
 *
 * @throws PROJECT_FOREIGN where the file in `from` itself belongs to another user
 */
export async function findProject(from: string, options: FindOptions = {}): Promise<string> {
  const start = path.resolve(from);
  const dev = inspect(statSync, start)?.dev;
  for (let folder = start; ; folder = path.dirname(folder)) {
    const file = path.join(folder, PROJECT_FILE);
    const owners = ownersOf(file);
    if (owners) {
      if (owners.every((uid) => isTrusted(uid, options))) return folder;
      if (folder === start) throw new ArError('PROJECT_FOREIGN', { file });
      options.onForeign?.(file);
      return start;
    }
    if (isLast(folder, { dev, home: options.home })) return start;
  }
}

/** Whose the file is, and, if it is a link, whose that is; undefined if there is none. */
function ownersOf(file: string): readonly number[] | undefined {
  const target = inspect(statSync, file);
  if (!target?.isFile()) return undefined;
  const link = inspect(lstatSync, file) ?? target;
  return [target.uid, link.uid];
}

/** What the superuser put there could be changed by him anyway. */
function isTrusted(uid: number, { trustedUid }: FindOptions): boolean {
  const own = process.getuid?.();
  return own === undefined || uid === own || uid === 0 || uid === trustedUid;
}

function isLast(folder: string, { dev, home }: { dev: number | undefined; home: string | undefined }): boolean {
  const parent = path.dirname(folder);
  if (parent === folder || (home !== undefined && folder === path.resolve(home))) return true;
  return inspect(lstatSync, path.join(folder, '.git')) !== undefined || inspect(statSync, parent)?.dev !== dev;
}

/** At once, and not by a promise: to load those of `node:fs`, and to start its threads, takes longer than most commands. */
function inspect(how: (file: string) => Stats, file: string): Stats | undefined {
  try {
    return how(file);
  } catch {
    return undefined;
  }
}
