/** The store of unpacked packages: whole or not there, under `kill -9`, by several processes, on a full disk. */
import { chmod, mkdir, readFile, readdir, rename, rm, symlink, unlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { STORE_ENTRY_FILE } from '@ar-registry/core/layout';
import { integrityOf } from '@ar-registry/io/digest';
import { createInstallStore, type InstallStore, type StorePackage } from '@ar-registry/io/install-store';
import { describe, expect, it } from 'vitest';
import { asNobody } from './support/as-nobody.ts';
import { startChild } from './support/child.ts';
import { codeOf, errorOf } from './support/code-of.ts';
import { PLUGIN, fillPackage, lockOf, samplePackage } from './support/store-package.ts';
import { noSmallDisk, smallDisk, tempDir } from './support/temp-dir.ts';

const FILL_STORE = new URL('support/children/fill-store.ts', import.meta.url);

interface Filled {
  readonly store: InstallStore;
  readonly entry: StorePackage;
  readonly packageDir: string;
  /** Folder of the whole entry. */
  readonly entryDir: string;
  readonly staging: string;
}

async function filled(dataDir: string, rest: Partial<StorePackage> = {}): Promise<Filled> {
  const store = createInstallStore({ dataDir });
  const entry = { ...samplePackage('x'), ...rest };
  await store.put(entry, (folder) => fillPackage(folder, 'x'));
  const packageDir = store.packageDir(entry.integrity);
  return {
    store,
    entry,
    packageDir,
    entryDir: path.dirname(packageDir),
    staging: path.join(dataDir, 'plugins/staging'),
  };
}

const left = (staging: string): Promise<readonly string[]> => readdir(staging).catch(() => []);

describe('put', () => {
  it('makes an entry that is verified and described', async () => {
    await using temp = await tempDir();
    const { store, entry, staging } = await filled(temp.path);
    expect(await store.verify(PLUGIN, lockOf(entry))).toEqual({ schemaVersion: 1, ...entry });
    expect(await store.readEntry(entry.integrity)).toEqual({ schemaVersion: 1, ...entry });
    expect(await left(staging)).toEqual([]);
  });

  it('keeps an entry that is there, without filling it again', async () => {
    await using temp = await tempDir();
    const { store, entry } = await filled(temp.path);
    expect(await store.put(entry, () => Promise.reject(new Error('filled again')))).toBe(false);
    expect(await store.verify(PLUGIN, lockOf(entry))).toBeDefined();
  });

  it('leaves nothing behind where filling fails, and says why', async () => {
    await using temp = await tempDir();
    const store = createInstallStore({ dataDir: temp.path });
    const entry = samplePackage('x');
    const failure = new Error('no');
    const work = store.put(entry, async (folder) => {
      await fillPackage(folder, 'x');
      throw failure;
    });
    await expect(work).rejects.toBe(failure);
    expect(await store.readEntry(entry.integrity)).toBeUndefined();
    expect(await left(path.join(temp.path, 'plugins/staging'))).toEqual([]);
  });

  it('translates what the file system says', async () => {
    await using temp = await tempDir();
    await writeFile(path.join(temp.path, 'plugins'), 'a file');
    const store = createInstallStore({ dataDir: temp.path });
    expect(await codeOf(store.put(samplePackage('x'), () => Promise.resolve()))).toBe('FILE_ACCESS');
  });

  it.each([
    ['a file was changed', (dir: string) => writeFile(path.join(dir, 'package/dist/part-1.js'), 'evil')],
    ['a file is gone', (dir: string) => rm(path.join(dir, 'package/dist/part-1.js'))],
    ['a file was added', (dir: string) => writeFile(path.join(dir, 'package/evil.js'), '')],
    ['its package is gone', (dir: string) => rm(path.join(dir, 'package'), { recursive: true })],
    ['its description is gone', (dir: string) => rm(path.join(dir, STORE_ENTRY_FILE))],
    ['its description is broken', (dir: string) => writeFile(path.join(dir, STORE_ENTRY_FILE), '{')],
    [
      'its description is a folder',
      async (dir: string) => {
        await rm(path.join(dir, STORE_ENTRY_FILE));
        await mkdir(path.join(dir, STORE_ENTRY_FILE));
      },
    ],
    [
      'its description is of another',
      (dir: string) =>
        writeFile(path.join(dir, STORE_ENTRY_FILE), JSON.stringify({ schemaVersion: 1, ...samplePackage('y') })),
    ],
  ])('replaces an entry of which %s', async (_what, damage) => {
    await using temp = await tempDir();
    const { store, entry, entryDir, staging } = await filled(temp.path);
    await damage(entryDir);
    expect(await store.put(entry, (folder) => fillPackage(folder, 'x'))).toBe(true);
    expect(await store.verify(PLUGIN, lockOf(entry))).toBeDefined();
    expect(await left(staging)).toEqual([]);
  });
});

describe('verify', () => {
  it('says that there is no entry', async () => {
    await using temp = await tempDir();
    const store = createInstallStore({ dataDir: temp.path });
    expect(await codeOf(store.verify(PLUGIN, lockOf(samplePackage('x'))))).toBe('NOT_INSTALLED');
  });

  it.each([
    ['a changed file', 'dist/part-3.js', (dir: string) => writeFile(path.join(dir, 'dist/part-3.js'), 'evil')],
    [
      'a changed byte',
      'dist/part-3.js',
      async (dir: string) => {
        const file = path.join(dir, 'dist/part-3.js');
        const bytes = await readFile(file);
        bytes[7] = (bytes[7] ?? 0) ^ 1;
        await writeFile(file, bytes);
      },
    ],
    ['an emptied file', 'ar-plugin.yaml', (dir: string) => writeFile(path.join(dir, 'ar-plugin.yaml'), '')],
    ['a missing file', 'ar-plugin.yaml', (dir: string) => rm(path.join(dir, 'ar-plugin.yaml'))],
    ['an added file', 'evil.js', (dir: string) => writeFile(path.join(dir, 'evil.js'), '')],
    [
      'an added file in a new folder',
      'a/b/evil.js',
      async (dir: string) => {
        await mkdir(path.join(dir, 'a/b'), { recursive: true });
        await writeFile(path.join(dir, 'a/b/evil.js'), '');
      },
    ],
    ['an added link', 'evil', (dir: string) => symlink('/etc/passwd', path.join(dir, 'evil'))],
    ['an added link that leads nowhere', 'evil', (dir: string) => symlink('/nowhere', path.join(dir, 'evil'))],
    ['an added link to a folder', 'evil', (dir: string) => symlink('/etc', path.join(dir, 'evil'))],
    [
      'a file that became a link to the same content',
      'dist/part-3.js',
      async (dir: string) => {
        await rename(path.join(dir, 'dist/part-3.js'), path.join(dir, '../same.js'));
        await symlink('../../same.js', path.join(dir, 'dist/part-3.js'));
      },
    ],
    [
      'a folder that became a link to the same content',
      'dist',
      async (dir: string) => {
        await rename(path.join(dir, 'dist'), path.join(dir, '../dist'));
        await symlink('../dist', path.join(dir, 'dist'));
      },
    ],
    [
      'a file that became a folder',
      'dist/part-3.js',
      async (dir: string) => {
        await unlink(path.join(dir, 'dist/part-3.js'));
        await mkdir(path.join(dir, 'dist/part-3.js'));
      },
    ],
    [
      'node_modules inside of a folder',
      'dist/node_modules/evil.js',
      async (dir: string) => {
        await mkdir(path.join(dir, 'dist/node_modules'));
        await writeFile(path.join(dir, 'dist/node_modules/evil.js'), '');
      },
    ],
    [
      'node_modules of a plugin that has no dependencies',
      'node_modules/evil.js',
      async (dir: string) => {
        await mkdir(path.join(dir, 'node_modules'));
        await writeFile(path.join(dir, 'node_modules/evil.js'), '');
      },
    ],
    ['a broken description', STORE_ENTRY_FILE, (dir: string) => writeFile(path.join(dir, '..', STORE_ENTRY_FILE), 'x')],
    [
      'another description',
      STORE_ENTRY_FILE,
      (dir: string) =>
        writeFile(path.join(dir, '..', STORE_ENTRY_FILE), JSON.stringify({ schemaVersion: 1, ...samplePackage('y') })),
    ],
  ])('finds %s', async (...[, file, damage]) => {
    await using temp = await tempDir();
    const { store, entry, packageDir } = await filled(temp.path);
    await damage(packageDir);
    const error = await errorOf(store.verify(PLUGIN, lockOf(entry)));
    expect([error.code, error.facts]).toEqual(['STORE_DAMAGED', { plugin: PLUGIN, file }]);
  });

  it('finds an entry that is not the one that is locked', async () => {
    await using temp = await tempDir();
    const { store, entry } = await filled(temp.path);
    expect(await codeOf(store.verify('@acme/other', lockOf(entry)))).toBe('STORE_DAMAGED');
    const files = lockOf(samplePackage('y')).files;
    expect(await codeOf(store.verify(PLUGIN, { ...lockOf(entry), files }))).toBe('STORE_DAMAGED');
  });

  it('reads large files to their end', async () => {
    await using temp = await tempDir();
    const content = Buffer.alloc(200_000, 'x');
    const file = { path: 'large.bin', size: content.length, integrity: integrityOf(content) };
    const sample = samplePackage('x');
    const { store, entry, packageDir } = await filled(temp.path, { files: [...sample.files, file] });
    const large = path.join(packageDir, file.path);
    await writeFile(large, content);
    expect(await store.verify(PLUGIN, lockOf(entry))).toBeDefined();
    content[content.length - 1] = 0;
    await writeFile(large, content);
    expect((await errorOf(store.verify(PLUGIN, lockOf(entry)))).facts).toEqual({ plugin: PLUGIN, file: file.path });
    await unlink(large);
    expect((await errorOf(store.verify(PLUGIN, lockOf(entry)))).facts).toEqual({ plugin: PLUGIN, file: file.path });
  });

  it('does not look at the npm dependencies of a plugin that has some', async () => {
    await using temp = await tempDir();
    const { store, entry, packageDir } = await filled(temp.path, { dependencies: true });
    await mkdir(path.join(packageDir, 'node_modules/pg'), { recursive: true });
    await writeFile(path.join(packageDir, 'node_modules/pg/index.js'), '');
    expect(await store.verify(PLUGIN, lockOf(entry))).toBeDefined();
  });
});

describe('sweep', () => {
  it('removes what an interrupted command left an hour ago, and nothing younger', async () => {
    await using temp = await tempDir();
    const { store, entry, staging } = await filled(temp.path);
    const nowMs = Date.parse('2026-06-01T12:00:00Z');
    for (const [name, minutes] of [
      ['old', 61],
      ['young', 59],
    ] as const) {
      await mkdir(path.join(staging, name, 'package'), { recursive: true });
      const then = new Date(nowMs - minutes * 60_000);
      await utimes(path.join(staging, name), then, then);
    }
    await store.sweep(nowMs);
    expect(await left(staging)).toEqual(['young']);
    expect(await store.verify(PLUGIN, lockOf(entry))).toBeDefined();
  });

  it('does nothing where there is no store yet', async () => {
    await using temp = await tempDir();
    await createInstallStore({ dataDir: path.join(temp.path, 'none') }).sweep(0);
    expect(await readdir(temp.path)).toEqual([]);
  });
});

describe('kill -9', () => {
  it('at any of 32 random moments leaves the whole entry or none', { timeout: 240_000 }, async () => {
    await using temp = await tempDir();
    const one = async (index: number): Promise<boolean> => {
      const dataDir = path.join(temp.path, String(index));
      const store = createInstallStore({ dataDir });
      const entry = samplePackage('x');
      await using child = startChild(FILL_STORE, dataDir, 'x');
      expect(await child.line()).toBe('filling');
      await delay(Math.random() * 40);
      await child.kill();
      const there = (await store.readEntry(entry.integrity)) !== undefined;
      if (there) await store.verify(PLUGIN, lockOf(entry));
      await store.put(entry, (folder) => fillPackage(folder, 'x'));
      await store.verify(PLUGIN, lockOf(entry));
      return there;
    };
    let finished = 0;
    for (let round = 0; round < 8; round += 1) {
      const there = await Promise.all(Array.from({ length: 4 }, (_, index) => one(round * 4 + index)));
      finished += there.filter(Boolean).length;
    }
    expect(finished).toBeLessThan(32);
  });
});

describe('several processes', () => {
  it('that put the same entry all succeed, and one of them made it', { timeout: 120_000 }, async () => {
    await using temp = await tempDir();
    const children = Array.from({ length: 4 }, () => startChild(FILL_STORE, temp.path, 'x'));
    expect(await Promise.all(children.map((child) => child.ended))).toEqual([0, 0, 0, 0]);
    const store = createInstallStore({ dataDir: temp.path });
    expect(await store.verify(PLUGIN, lockOf(samplePackage('x')))).toBeDefined();
    expect(await left(path.join(temp.path, 'plugins/staging'))).toEqual([]);
  });

  it('that mend the same damaged entry all succeed', async () => {
    await using temp = await tempDir();
    const { store, entry, packageDir } = await filled(temp.path);
    await rm(path.join(packageDir, 'ar-plugin.yaml'));
    await Promise.all(Array.from({ length: 6 }, () => store.put(entry, (folder) => fillPackage(folder, 'x'))));
    expect(await store.verify(PLUGIN, lockOf(entry))).toBeDefined();
  });
});

describe.skipIf(noSmallDisk !== undefined)(`a full disk (${noSmallDisk ?? 'here'})`, () => {
  it('is told, and nothing is left behind', async () => {
    await using disk = await smallDisk(128);
    const store = createInstallStore({ dataDir: disk.path });
    const entry = samplePackage('x');
    const work = store.put(entry, async (folder) => {
      await fillPackage(folder, 'x');
      await writeFile(path.join(folder, 'big'), Buffer.alloc(1024 * 1024));
    });
    expect(await codeOf(work)).toBe('DISK_FULL');
    expect(await store.readEntry(entry.integrity)).toBeUndefined();
    expect(await left(path.join(disk.path, 'plugins/staging'))).toEqual([]);
  });
});

describe('compare', () => {
  it('calls a folder that it cannot read added, and what is known to be in it missing', async () => {
    await using temp = await tempDir();
    const { store, entry, packageDir } = await filled(temp.path);
    await mkdir(path.join(packageDir, 'hidden'));
    await chmod(path.join(packageDir, 'hidden'), 0o000);
    const found = await asNobody(temp.path, () => store.compare(PLUGIN, lockOf(entry)));
    expect(found).toMatchObject({ changed: [], missing: [], added: ['hidden/'] });
    expect(await asNobody(temp.path, () => codeOf(store.verify(PLUGIN, lockOf(entry))))).toBe('STORE_DAMAGED');
    await chmod(path.join(packageDir, 'dist'), 0o000);
    const inside = await asNobody(temp.path, () => store.compare(PLUGIN, lockOf(entry)));
    expect(inside?.missing).toHaveLength(entry.files.length - 1);
    await asNobody(temp.path, () => store.put(entry, (folder) => fillPackage(folder, 'x')));
    expect(await store.verify(PLUGIN, lockOf(entry))).toBeDefined();
  });

  it('names every file that was changed, is missing or was added', async () => {
    await using temp = await tempDir();
    const { store, entry, packageDir } = await filled(temp.path);
    await writeFile(path.join(packageDir, 'dist/part-1.js'), 'evil');
    await writeFile(path.join(packageDir, 'dist/part-3.js'), 'evil');
    await rm(path.join(packageDir, 'dist/part-2.js'));
    await symlink('/etc', path.join(packageDir, 'etc'));
    expect(await store.compare(PLUGIN, lockOf(entry))).toMatchObject({
      changed: ['dist/part-1.js', 'dist/part-3.js'],
      missing: ['dist/part-2.js'],
      added: ['etc'],
    });
  });

  it('finds a whole entry whole, and no entry where there is none', async () => {
    await using temp = await tempDir();
    const { store, entry, entryDir } = await filled(temp.path);
    expect(await store.compare(PLUGIN, lockOf(entry))).toMatchObject({ changed: [], missing: [], added: [] });
    await rm(path.join(entryDir, STORE_ENTRY_FILE));
    expect(await store.compare(PLUGIN, lockOf(entry))).toBeUndefined();
  });

  it('finds all files missing where the package is gone', async () => {
    await using temp = await tempDir();
    const { store, entry, packageDir } = await filled(temp.path);
    await rm(packageDir, { recursive: true });
    expect((await store.compare(PLUGIN, lockOf(entry)))?.missing).toHaveLength(entry.files.length);
  });
});
