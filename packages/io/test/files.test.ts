/** Files as a whole: replaced, read, removed. */
import { execFile, spawn } from 'node:child_process';
import { chmod, lstat, mkdir, readFile, readdir, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import {
  readTextIfExists,
  readTextOrPipe,
  removeFolder,
  replaceFile,
  stageFiles,
  writeAtomically,
} from '@ar-registry/io/files';
import { describe, expect, it } from 'vitest';
import { codeOf } from './support/code-of.ts';
import { noSmallDisk, smallDisk, tempDir } from './support/temp-dir.ts';

const isWindows = process.platform === 'win32';

async function pipeIn(folder: string): Promise<string> {
  const pipe = path.join(folder, 'pipe');
  await promisify(execFile)('mkfifo', [pipe]);
  return pipe;
}

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

  it.skipIf(isWindows)('makes no file of a pipe, also behind a link', async () => {
    await using temp = await tempDir();
    const [pipe, link] = [await pipeIn(temp.path), path.join(temp.path, 'link')];
    await symlink('pipe', link);
    for (const file of [pipe, link]) expect(await codeOf(writeAtomically(file, 'x'))).toBe('FILE_ACCESS');
    expect([(await lstat(link)).isSymbolicLink(), (await lstat(pipe)).isFIFO()]).toEqual([true, true]);
    expect((await readdir(temp.path)).toSorted()).toEqual(['link', 'pipe']);
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

describe('stageFiles', () => {
  it('changes nothing until each is placed, and then all of each', async () => {
    await using temp = await tempDir();
    const [one, two] = ['one', 'deep/two'].map((name) => path.join(temp.path, name));
    await writeFile(one ?? '', 'before');
    const staged = await stageFiles([one, two].map((file) => ({ path: file ?? '', content: 'after' })));
    expect([await readTextIfExists(one ?? ''), await readTextIfExists(two ?? '')]).toEqual(['before', undefined]);
    staged[0]?.place();
    staged[1]?.discard();
    expect([await readFile(one ?? '', 'utf8'), await readdir(path.join(temp.path, 'deep'))]).toEqual(['after', []]);
    expect((await readdir(temp.path)).toSorted()).toEqual(['deep', 'one']);
  });

  it('leaves nothing of any where one cannot be written', async () => {
    await using temp = await tempDir();
    await writeFile(path.join(temp.path, 'file'), '');
    const files = ['good', 'file/bad', 'fine'].map((name) => ({ path: path.join(temp.path, name), content: 'x' }));
    expect(await codeOf(stageFiles(files))).toBe('FILE_ACCESS');
    expect(await readdir(temp.path)).toEqual(['file']);
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

  it('does not take a folder for nothing', async () => {
    await using temp = await tempDir();
    for (const read of [readTextIfExists, readTextOrPipe]) expect(await codeOf(read(temp.path))).toBe('FILE_ACCESS');
  });

  it('refuses what is larger than any text of ours', async () => {
    await using temp = await tempDir();
    const file = path.join(temp.path, 'file');
    await writeFile(file, '');
    await truncate(file, 2 ** 29);
    expect(await codeOf(readTextIfExists(file))).toBe('FILE_ACCESS');
  });

  it.skipIf(isWindows)('refuses a pipe and a device, which may never come to their end', async () => {
    await using temp = await tempDir();
    for (const special of [await pipeIn(temp.path), '/dev/zero', '/dev/null'])
      expect(await codeOf(readTextIfExists(special))).toBe('FILE_ACCESS');
  });
});

describe.skipIf(isWindows)('readTextOrPipe', () => {
  it('reads a pipe when somebody writes, to its end, and holds nothing up until then', async () => {
    await using temp = await tempDir();
    const pipe = await pipeIn(temp.path);
    const text = readTextOrPipe(pipe);
    // Were this process waiting for the pipe, it would never come to this.
    spawn('sh', ['-c', '(printf la; printf ter) > "$0"', pipe], { stdio: 'ignore' });
    expect(await text).toBe('later');
  });

  it('waits no longer than is wished', async () => {
    await using temp = await tempDir();
    const waiting = new AbortController();
    const text = readTextOrPipe(await pipeIn(temp.path), waiting.signal);
    waiting.abort();
    await expect(text).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('takes a device for an empty file if it is empty, and reads files', async () => {
    await using temp = await tempDir();
    await writeFile(path.join(temp.path, 'file'), 'één');
    expect(await readTextOrPipe('/dev/null')).toBe('');
    expect(await codeOf(readTextOrPipe('/dev/zero'))).toBe('FILE_ACCESS');
    expect(await readTextOrPipe(path.join(temp.path, 'file'))).toBe('één');
    expect(await readTextOrPipe(path.join(temp.path, 'gone'))).toBeUndefined();
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
