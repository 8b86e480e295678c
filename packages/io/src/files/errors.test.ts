import { ArError } from '@ar-registry/core/errors';
import { describe, expect, it } from 'vitest';
import { translateFileError } from './index.ts';

const system = (code: string): Error => Object.assign(new Error(code), { code, syscall: 'open' });

describe('translateFileError', () => {
  it.each(['ENOSPC', 'EDQUOT'])('takes %s for a full disk', (code) => {
    const cause = system(code);
    expect(translateFileError(cause, '/data')).toMatchObject({ code: 'DISK_FULL', facts: { path: '/data' }, cause });
  });

  it.each([
    'EACCES',
    'EPERM',
    'EROFS',
    'ENOENT',
    'ENOTDIR',
    'EISDIR',
    'EEXIST',
    'ENOTEMPTY',
    'EMFILE',
    'ENAMETOOLONG',
    'ELOOP',
    'EIO',
    'EXDEV',
    'EUNKNOWN',
  ])('takes %s for a file that cannot be used', (code) => {
    const cause = system(code);
    expect(translateFileError(cause, '/data')).toMatchObject({ code: 'FILE_ACCESS', facts: { path: '/data' }, cause });
  });

  it.each([
    new ArError('FILE_NOT_FOUND', { path: 'x' }),
    new Error('ENOSPC'),
    Object.assign(new Error('x'), { code: 'ERR_INVALID_ARG_TYPE' }),
    Object.assign(new Error('x'), { code: 'Z_DATA_ERROR' }),
    new DOMException('aborted', 'AbortError'),
    'ENOSPC',
    undefined,
  ])('lets pass what is not of the file system: %s', (error) => {
    expect(translateFileError(error, '/data')).toBe(error);
  });
});
