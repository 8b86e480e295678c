import { mkdir, mkdtempDisposable, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasCode } from '@ar-registry/core/errors';
import { hostileArchives, paxHeader, pluginWith, type RawEntry } from '@ar-registry/testing/archives';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ArchiveFile, readArchive } from './read-archive.ts';
import { unpackArchive, unpackWith } from './unpack-archive.ts';

const tempDir = () => mkdtempDisposable(join(tmpdir(), 'unpack-'));

const CONTENTS = readArchive(
  pluginWith(
    { path: 'package/lib/deep/a.js', body: 'a' },
    { path: 'package/run.sh', body: '#!/bin/sh\n', mode: 0o777 },
  ),
);

async function install(bytes: Uint8Array, into: string): Promise<void> {
  await unpackArchive(await readArchive(bytes), into);
}

describe('unpacking', () => {
  test('writes all files with their content into a folder that it makes', async () => {
    await using dir = await tempDir();
    const into = join(dir.path, 'new');
    await unpackArchive(await CONTENTS, into);
    expect(await readFile(join(into, 'lib/deep/a.js'), 'utf8')).toBe('a');
    expect((await readdir(into)).toSorted()).toEqual(['ar-plugin.yaml', 'index.js', 'lib', 'package.json', 'run.sh']);
  });

  test('writes into a folder that is there and empty', async () => {
    await using dir = await tempDir();
    await unpackArchive(await CONTENTS, dir.path);
    expect(await readdir(dir.path)).toContain('ar-plugin.yaml');
  });

  test.skipIf(process.platform === 'win32')('gives files no rights but to read, to write and to run', async () => {
    await using dir = await tempDir();
    await unpackArchive(await CONTENTS, dir.path);
    const umask = process.umask();
    expect((await stat(join(dir.path, 'index.js'))).mode & 0o7777).toBe(0o644 & ~umask);
    expect((await stat(join(dir.path, 'run.sh'))).mode & 0o7777).toBe(0o755 & ~umask);
  });
});

describe('unpacking that fails', () => {
  test('does not touch a folder with something in it', async () => {
    await using dir = await tempDir();
    await writeFile(join(dir.path, 'mine'), 'mine');
    await expect(unpackArchive(await CONTENTS, dir.path)).rejects.toMatchObject({ code: 'FILE_ACCESS' });
    expect(await readdir(dir.path)).toEqual(['mine']);
  });

  test('does not write over what another program puts in its way', async () => {
    await using dir = await tempDir();
    const into = join(dir.path, 'new');
    await writeFile(join(dir.path, 'victim'), 'untouched');
    const ports = {
      async writeNewFile(path: string, { bytes }: ArchiveFile) {
        await symlink(join(dir.path, 'victim'), path).catch(() => undefined);
        await writeFile(path, bytes, { flag: 'wx' });
      },
    };
    await expect(unpackWith(await CONTENTS, into, ports)).rejects.toMatchObject({ code: 'FILE_ACCESS' });
    expect(await readFile(join(dir.path, 'victim'), 'utf8')).toBe('untouched');
    expect(await readdir(dir.path)).toEqual(['victim']);
  });

  test.each([
    ['ENOSPC', 'DISK_FULL'],
    ['EDQUOT', 'DISK_FULL'],
    ['EACCES', 'FILE_ACCESS'],
  ])('with %s removes the folder that it made and tells %s', async (system, code) => {
    await using dir = await tempDir();
    const ports = { writeNewFile: failingAfter(2, system) };
    await expect(unpackWith(await CONTENTS, join(dir.path, 'new'), ports)).rejects.toMatchObject({ code });
    expect(await readdir(dir.path)).toEqual([]);
  });

  test('empties a folder that it did not make', async () => {
    await using dir = await tempDir();
    const ports = { writeNewFile: failingAfter(2, 'ENOSPC') };
    await expect(unpackWith(await CONTENTS, dir.path, ports)).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(await readdir(dir.path)).toEqual([]);
  });

  test('because its parent is missing makes nothing', async () => {
    await using dir = await tempDir();
    await expect(unpackArchive(await CONTENTS, join(dir.path, 'a/b'))).rejects.toMatchObject({ code: 'FILE_ACCESS' });
    expect(await readdir(dir.path)).toEqual([]);
  });

  test('because it was aborted throws the reason and leaves nothing', async () => {
    await using dir = await tempDir();
    const reason = new Error('enough');
    const controller = new AbortController();
    const ports = {
      signal: controller.signal,
      async writeNewFile(path: string, { bytes }: ArchiveFile) {
        await writeFile(path, bytes);
        controller.abort(reason);
      },
    };
    await expect(unpackWith(await CONTENTS, join(dir.path, 'new'), ports)).rejects.toBe(reason);
    expect(await readdir(dir.path)).toEqual([]);
    await expect(unpackArchive(await CONTENTS, join(dir.path, 'new'), ports)).rejects.toBe(reason);
    expect(await readdir(dir.path)).toEqual([]);
  });
});

test('no hostile archive leaves anything behind', async () => {
  await using dir = await tempDir();
  const into = join(dir.path, 'new');
  for (const { bytes } of hostileArchives()) {
    await expect(install(bytes, into)).rejects.toMatchObject({ code: expect.stringMatching(/^ARCHIVE_/) });
    expect(await readdir(dir.path)).toEqual([]);
  }
});

test('no file ever lands outside, whatever its path', async () => {
  const plain = fc.stringMatching(/^[a-z]{1,3}$/);
  const strange = fc.constantFrom('package', '~', '..a', '.ar', '\u2025', '%2e%2e');
  const hostile = fc.constantFrom('..', '.', '', '\\', '..\\..', 'C:', '/etc', '\0', '.. ', '...', 'con', '.git');
  const part = fc.oneof(
    { weight: 10, arbitrary: fc.oneof(plain, strange) },
    { weight: 2, arbitrary: hostile },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 5 }) },
  );
  const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
  const root = fc.oneof({ weight: 9, arbitrary: fc.constant('package/') }, fc.constant(''));
  const entry = fc.tuple(root, path, fc.boolean());
  let unpacked = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 3 }), async (entries) => {
      await using dir = await tempDir();
      await mkdir(join(dir.path, 'deep/er'), { recursive: true });
      const raw = entries.flatMap(([top, rest, extended]) => rawEntries(top + rest, extended));
      const installed = await tryInstall(pluginWith(...raw), join(dir.path, 'deep/er/new'));
      if (installed) unpacked += 1;
      const found = await readdir(dir.path, { recursive: true });
      const expected = installed ? ['deep', 'deep/er', 'deep/er/new'] : ['deep', 'deep/er'];
      expect(found.filter((each) => !each.startsWith('deep/er/new/')).toSorted()).toEqual(expected);
    }),
    { numRuns: 300 },
  );
  expect(unpacked).toBeGreaterThan(20);
});

/** Whether the archive was unpacked; false if it was refused for what is in it. */
async function tryInstall(bytes: Uint8Array, into: string): Promise<boolean> {
  try {
    await install(bytes, into);
    return true;
  } catch (error) {
    if (!hasCode(error, 'ARCHIVE_INVALID')) throw error;
    return false;
  }
}

function rawEntries(path: string, extended: boolean): readonly RawEntry[] {
  return extended ? [paxHeader({ path }), { path: 'package/x', body: 'x' }] : [{ path, body: 'x' }];
}

function failingAfter(count: number, code: string): (path: string, file: ArchiveFile) => Promise<void> {
  let written = 0;
  return async (path, { bytes }) => {
    written += 1;
    if (written > count) throw Object.assign(new Error(code), { code, syscall: 'write' });
    await writeFile(path, bytes);
  };
}
