import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { toGitError } from './git-error.ts';

const doing = 'cloning';

describe('a git process that failed', () => {
  it.each([
    'fatal: write error: No space left on device\nfatal: fetch-pack: invalid index-pack output\n',
    "error: copy-fd: write returned: No space left on device\nfatal: cannot copy 'a' to 'b': No space left on device",
    'fatal: cannot mkdir /x: Disk quota exceeded\r\n',
  ])('for want of space says so: %#', (stderr) => {
    expect(toGitError({ doing, folder: '/x', stderr })).toMatchObject({ code: 'DISK_FULL', facts: { path: '/x' } });
    expect(toGitError({ doing, stderr })).toMatchObject({ code: 'DISK_FULL', facts: { path: tmpdir() } });
  });

  it('says so too where it could not even be started', () => {
    expect(toGitError({ doing, stderr: '', code: 'ENOSPC' })).toMatchObject({ code: 'DISK_FULL' });
  });

  it.each([
    'remote: fatal: write error: No space left on device\nfatal: early EOF',
    'fatal: remote error: upload-pack: No space left on device',
    "fatal: repository 'https://example.com/No space left on device/' not found",
    'fatal: unable to access: Could not resolve host',
  ])('for another reason, or for want of space elsewhere, does not: %#', (stderr) => {
    expect(toGitError({ doing, stderr })).toMatchObject({ code: 'GIT_FAILED' });
  });

  it('since it was interrupted says that first', () => {
    const stderr = 'fatal: write error: No space left on device';
    expect(toGitError({ doing, stderr, canceled: true })).toMatchObject({ code: 'ABORTED' });
  });
});
