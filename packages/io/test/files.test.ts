/** Files as a whole: replaced, read, removed. */
import { execFileSync, spawn } from 'node:child_process';
import { chmod, lstat, mkdir, readFile, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readTextIfExists, removeFolder, replaceFile, writeAtomically } from '@ar-registry/io/files';
import { describe, expect, it } from 'vitest';
import { codeOf } from './support/code-of.ts';
import { noSmallDisk, smallDisk, tempDir } from './support/temp-dir.ts';

describe('writeAtomically', () => {
  it('makes the file and the folders above it, and leaves nothing else', async () => {
    await using temp = await tempDir();
    const file = path.join(temp.path, 'a/b/file');
    await writeAtomically(file, 'one');
    await writeAtomically(file, new Uint8Array([0x74, 0x77, 0x6f]));
    expect(await readFile(file, 'utf8')).toBe('two');
    expect(await readdir(path.dirname(file))).toEqual(['file']);
  });

  it('keeps the mode of a file, and a link as a link', async () => {
    await using temp = await tempDir();
    const file = path.join(temp.path, 'file');
    const link = path.join(temp.path, 'link');
    await writeFile(file, 'one');
    await chmod(file, 0o600);
    await symlink('file', link);
    await writeAtomically(link, 'two');
    expect(await readFile(file, 'utf8')).toBe('two');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
  });

  it('does the same without waiting for the disk', async () => {
    await using temp = await tempDir();
    const file = path.join(temp.path, 'file');
    for (const text of ['one', 'two']) await writeAtomically(file, text, { durable: false });
    expect([await readFile(file, 'utf8'), await readdir(temp.path)]).toEqual(['two', ['file']]);
  });

  it('never shows half of it to a reader', async () => {
    await using temp = await tempDir();
    const file = path.join(temp.path, 'file');
    const contents = ['a', 'b', 'c'].map((letter) => letter.repeat(200_000));
    await writeAtomically(file, contents[0] ?? '');
    const writing = Promise.all(
      Array.from({ length: 12 }, (_, index) => writeAtomically(file, contents[index % 3] ?? '')),
    );
    for (let reads = 0; reads < 40; reads += 1) expect(contents).toContain(await readFile(file, 'utf8'));
    await writing;
    expect(await readdir(temp.path)).toEqual(['file']);
  });

  it('says what is in the way', async () => {
    await using temp = await tempDir();
    await mkdir(path.join(temp.path, 'folder/x'), { recursive: true });
    await writeFile(path.join(temp.path, 'file'), '');
    expect(await codeOf(writeAtomically(path.join(temp.path, 'folder'), 'x'))).toBe('FILE_ACCESS');
    expect(await codeOf(writeAtomically(path.join(temp.path, 'file/x'), 'x'))).toBe('FILE_ACCESS');
    expect(await codeOf(writeAtomically(path.join(temp.path, 'n'.repeat(300)), 'x'))).toBe('FILE_ACCESS');
    expect((await readdir(temp.path)).toSorted()).toEqual(['file', 'folder']);
  });
});

describe('replaceFile', () => {
  it('replaces a link, and does not touch what it leads to', async () => {
    await using temp = await tempDir();
    await writeFile(path.join(temp.path, 'secret'), 'one');
    await symlink('secret', path.join(temp.path, 'link'));
    await replaceFile(path.join(temp.path, 'link'), 'two');
    expect(await readFile(path.join(temp.path, 'secret'), 'utf8')).toBe('one');
    expect((await lstat(path.join(temp.path, 'link'))).isSymbolicLink()).toBe(false);
  });
});

describe('readTextIfExists', () => {
  it('reads, or says that there is nothing', async () => {
    await using temp = await tempDir();
    await writeFile(path.join(temp.path, 'file'), 'één');
    expect(await readTextIfExists(path.join(temp.path, 'file'))).toBe('één');
    expect(await readTextIfExists(path.join(temp.path, 'gone'))).toBeUndefined();
  });

  it.skipIf(process.platform === 'win32')(
    'reads a pipe when somebody writes, and holds nothing up until then',
    async () => {
      await using temp = await tempDir();
      const pipe = path.join(temp.path, 'pipe');
      execFileSync('mkfifo', [pipe]);
      const text = readTextIfExists(pipe);
      // Were this process waiting for the pipe, it would never come to this.
      spawn('sh', ['-c', 'printf later > "$0"', pipe], { stdio: 'ignore' });
      expect(await text).toBe('later');
    },
  );

  it('does not take a folder for nothing', async () => {
    await using temp = await tempDir();
    expect(await codeOf(readTextIfExists(temp.path))).toBe('FILE_ACCESS');
  });
});

describe('removeFolder', () => {
  it('removes all, follows no link, and is content where there is nothing', async () => {
    await using temp = await tempDir();
    await mkdir(path.join(temp.path, 'kept'));
    await writeFile(path.join(temp.path, 'kept/file'), '');
    await mkdir(path.join(temp.path, 'gone/deep'), { recursive: true });
    await symlink('../../kept', path.join(temp.path, 'gone/deep/link'));
    await removeFolder(path.join(temp.path, 'gone'));
    await removeFolder(path.join(temp.path, 'gone'));
    expect(await readdir(temp.path)).toEqual(['kept']);
    expect(await readdir(path.join(temp.path, 'kept'))).toEqual(['file']);
  });
});

describe.skipIf(noSmallDisk !== undefined)(`a full disk (${noSmallDisk ?? 'here'})`, () => {
  it('is told, with the old content untouched and nothing left behind', async () => {
    await using disk = await smallDisk(1024);
    const file = path.join(disk.path, 'file');
    await writeAtomically(file, 'old');
    for (const kilobytes of [1024, 2000])
      expect(await codeOf(writeAtomically(file, Buffer.alloc(kilobytes * 1024)))).toBe('DISK_FULL');
    expect(await readFile(file, 'utf8')).toBe('old');
    expect(await readdir(disk.path)).toEqual(['file']);
  });
});
