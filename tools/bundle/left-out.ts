/**
 * What stands for packages that `proper-lockfile` would bring, in every bundle. `graceful-fs` copies and wraps all of `node:fs`, so
 * that who opens thousands of files at once waits for others to be closed: a lock is one folder.
 */
export const LEFT_OUT = { 'graceful-fs': 'node:fs' } as const;
