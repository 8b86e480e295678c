import { ArError, isArError } from '@ar-registry/core/errors';

/** What the codes of the file system mean to a person. */
const REASONS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    EACCES: 'access is denied',
    EPERM: 'access is denied',
    EROFS: 'the file system is read-only',
    ENOENT: 'it does not exist',
    ENOTDIR: 'something else is in its place',
    EISDIR: 'something else is in its place',
    EEXIST: 'something else is in its place',
    ENOTEMPTY: 'something else is in its place',
    EMFILE: 'too many files are open',
    ENFILE: 'too many files are open',
    ENAMETOOLONG: 'its name is too long',
    ELOOP: 'it is a symbolic link, or leads through too many of them',
    EBUSY: 'another program is using it',
    ETXTBSY: 'another program is using it',
    EIO: 'the disk reports an error',
  }),
);

/** Turns an error of `node:fs` into an `ArError` that names `path`. Errors that are none of the file system's pass. */
export function translateFileError(error: unknown, path: string): unknown {
  if (isArError(error) || !(error instanceof Error) || !('code' in error)) return error;
  const code = String(error.code);
  if (code === 'ENOSPC' || code === 'EDQUOT') return new ArError('DISK_FULL', { path }, { cause: error });
  const reason = REASONS.get(code) ?? ('syscall' in error ? `the system says ${code}` : undefined);
  return reason === undefined ? error : new ArError('FILE_ACCESS', { path, reason }, { cause: error });
}
