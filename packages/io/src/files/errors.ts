import { ArError, isArError } from '@ar-registry/core/errors';

/** Turns an error of `node:fs` into an `ArError` that names `path`. Errors that are none of the file system's pass. */
export function translateFileError(error: unknown, path: string): unknown {
  if (isArError(error) || !(error instanceof Error) || !('code' in error)) return error;
  switch (error.code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new ArError('DISK_FULL', { path }, { cause: error });
    case 'EACCES':
    case 'EPERM':
      return new ArError('FILE_ACCESS', { path, reason: 'access is denied' }, { cause: error });
    case 'EROFS':
      return new ArError('FILE_ACCESS', { path, reason: 'the file system is read-only' }, { cause: error });
    case 'ENOENT':
      return new ArError('FILE_ACCESS', { path, reason: 'it does not exist' }, { cause: error });
    case 'ENOTDIR':
    case 'EISDIR':
    case 'EEXIST':
      return new ArError('FILE_ACCESS', { path, reason: 'something else is in its place' }, { cause: error });
    case 'EMFILE':
    case 'ENFILE':
      return new ArError('FILE_ACCESS', { path, reason: 'too many files are open' }, { cause: error });
    default:
      return error;
  }
}
