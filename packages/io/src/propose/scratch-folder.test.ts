// The linter sees tests outside of a project, where the types of Node are not there by themselves.
/// <reference types="node" />
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, expect, it, vi } from 'vitest';
import { makeScratchFolder } from './scratch-folder.ts';

let parent: string;

beforeEach(() => {
  parent = fs.mkdtempSync(path.join(os.tmpdir(), 'ar-scratch-'));
  vi.stubEnv('TMPDIR', parent).stubEnv('TEMP', parent).stubEnv('TMP', parent);
  return () => {
    vi.unstubAllEnvs();
    fs.rmSync(parent, { recursive: true, force: true });
  };
});

/** A folder with a file, as old as that. */
function left(name: string, minutes: number): void {
  fs.mkdirSync(path.join(parent, name, 'index.git'), { recursive: true });
  fs.writeFileSync(path.join(parent, name, 'index.git', 'HEAD'), '');
  age(path.join(parent, name), minutes);
}

function age(file: string, minutes: number): void {
  const then = new Date(Date.now() - minutes * 60_000);
  fs.lutimesSync(file, then, then);
}

it('is there while it is used, and gone afterwards, also after an error', async () => {
  const failing = async (): Promise<void> => {
    await using folder = await makeScratchFolder();
    expect(path.dirname(folder.path)).toBe(parent);
    expect(fs.readdirSync(folder.path)).toEqual([]);
    throw new Error('no');
  };
  await expect(failing()).rejects.toThrow('no');
  expect(fs.readdirSync(parent)).toEqual([]);
});

it('takes away what killed runs left more than an hour ago, and nothing else', async () => {
  left('ar-publish-old', 61);
  left('ar-publish-running', 59);
  left('ar-other-old', 600);
  fs.symlinkSync(path.join(parent, 'ar-other-old'), path.join(parent, 'ar-publish-link'));
  age(path.join(parent, 'ar-publish-link'), 600);
  await (await makeScratchFolder())[Symbol.asyncDispose]();
  expect(fs.readdirSync(parent).toSorted()).toEqual(['ar-other-old', 'ar-publish-link', 'ar-publish-running']);
  expect(fs.existsSync(path.join(parent, 'ar-other-old/index.git/HEAD'))).toBe(true);
});

it('says what is wrong where no folder can be made', async () => {
  fs.rmSync(parent, { recursive: true });
  await expect(makeScratchFolder()).rejects.toMatchObject({ code: 'FILE_ACCESS' });
});
