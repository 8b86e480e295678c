import { mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder } from './index.ts';

let top: string;
beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), 'ar-make-folder-'));
});
afterEach(() => rm(top, { recursive: true, force: true }));

describe('makeFolder', () => {
  it('makes what is missing, with the mode, and is content with what is there', async () => {
    await makeFolder(join(top, 'a/b/c'), 0o700);
    await makeFolder(join(top, 'a/b/c'));
    await makeFolder('/');
    expect((await stat(join(top, 'a/b/c'))).mode & 0o777).toBe(0o700);
  });

  it('makes one folder that many ask for at once', async () => {
    await Promise.all(Array.from({ length: 20 }, () => makeFolder(join(top, 'x/y/z'))));
    expect((await stat(join(top, 'x/y/z'))).isDirectory()).toBe(true);
  });

  it('follows a link to a folder', async () => {
    await makeFolder(join(top, 'real'));
    await symlink('real', join(top, 'link'));
    await makeFolder(join(top, 'link/inner'));
    expect((await stat(join(top, 'real/inner'))).isDirectory()).toBe(true);
  });

  it.each([
    ['file', 'EEXIST'],
    ['file/below', 'ENOTDIR'],
    ['dangling', 'EEXIST|ENOENT'],
  ])('refuses %s', async (name, code) => {
    await writeFile(join(top, 'file'), '');
    await symlink('nowhere', join(top, 'dangling'));
    await expect(makeFolder(join(top, name))).rejects.toMatchObject({ code: expect.stringMatching(code) });
  });

  it.runIf(process.platform === 'linux')('ends where the system has no such folder', async () => {
    await expect(makeFolder('/proc/x/y')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
