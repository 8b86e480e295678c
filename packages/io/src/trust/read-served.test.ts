import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { readFolderFile } from './read-served.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'ar-served-'));
  return () => rmSync(folder, { recursive: true });
});
const at = (name: string): string => path.join(folder, name);

describe('a file of a folder', () => {
  it('is read', async () => {
    writeFileSync(at('file'), 'text');
    expect(Buffer.from((await readFolderFile(at('file'))) ?? []).toString()).toBe('text');
  });

  it('is nothing where there is none', async () => {
    expect(await readFolderFile(at('none'))).toBeUndefined();
  });

  it.skipIf(process.platform === 'win32').each<[string, (file: string) => void]>([
    ['a folder', (file) => mkdirSync(file)],
    ['a link', (file) => symlinkSync('/dev/null', file)],
    ['a named pipe, which nobody writes into', (file) => execFileSync('mkfifo', [file])],
  ])('is refused where %s is in its place', async (_, make) => {
    make(at('file'));
    await expect(readFolderFile(at('file'))).rejects.toMatchObject({ code: 'FILE_ACCESS' });
  });
});
