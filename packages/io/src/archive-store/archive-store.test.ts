import { mkdir, mkdtempDisposable, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { integrityOf } from '../digest/index.ts';
import { createArchiveStore } from './archive-store.ts';

const BYTES = Buffer.from('an archive');
const INTEGRITY = integrityOf(BYTES);

const tempDir = () => mkdtempDisposable(join(tmpdir(), 'store-'));

describe('an archive that was put', () => {
  test('is got again, under its integrity', async () => {
    await using dir = await tempDir();
    const store = createArchiveStore(join(dir.path, 'store'));
    expect(await store.put(BYTES)).toBe(INTEGRITY);
    expect(await store.has(INTEGRITY)).toBe(true);
    expect(await store.get(INTEGRITY, 100)).toEqual(BYTES);
  });

  test('is where the layout says, and nothing else is there', async () => {
    await using dir = await tempDir();
    const store = createArchiveStore(dir.path);
    await store.put(BYTES);
    expect(store.path(INTEGRITY)).toMatch(/^sha512\/[0-9a-f]{2}\/[0-9a-f]{126}\.tgz$/);
    expect(await readFile(join(dir.path, store.path(INTEGRITY)))).toEqual(BYTES);
    expect(await readdir(dirname(join(dir.path, store.path(INTEGRITY))))).toHaveLength(1);
  });

  test('is not written a second time', async () => {
    await using dir = await tempDir();
    const store = createArchiveStore(dir.path);
    await store.put(BYTES);
    const before = await stat(join(dir.path, store.path(INTEGRITY)));
    await store.put(BYTES);
    expect((await stat(join(dir.path, store.path(INTEGRITY)))).ino).toBe(before.ino);
  });

  test('is whole although many put it at once', async () => {
    await using dir = await tempDir();
    const store = createArchiveStore(dir.path);
    await Promise.all(Array.from({ length: 20 }, () => store.put(BYTES)));
    expect(await store.get(INTEGRITY, 100)).toEqual(BYTES);
    expect(await readdir(dirname(join(dir.path, store.path(INTEGRITY))))).toHaveLength(1);
  });

  test('replaces a file that was damaged', async () => {
    await using dir = await tempDir();
    const store = createArchiveStore(dir.path);
    await plant(join(dir.path, store.path(INTEGRITY)), 'damaged');
    await store.put(BYTES);
    expect(await store.get(INTEGRITY, 100)).toEqual(BYTES);
  });

  test('replaces a link and leaves what it points to alone', async () => {
    await using dir = await tempDir();
    const store = createArchiveStore(join(dir.path, 'store'));
    const path = join(dir.path, 'store', store.path(INTEGRITY));
    await plant(join(dir.path, 'victim'), 'untouched');
    await mkdir(dirname(path), { recursive: true });
    await symlink(join(dir.path, 'victim'), path);
    await store.put(BYTES);
    expect(await readFile(join(dir.path, 'victim'), 'utf8')).toBe('untouched');
    expect(await store.get(INTEGRITY, 100)).toEqual(BYTES);
  });
});

describe('an archive that cannot be got', () => {
  test('is not in the store', async () => {
    await using dir = await tempDir();
    const store = createArchiveStore(join(dir.path, 'store'));
    expect(await store.has(INTEGRITY)).toBe(false);
    await expect(store.get(INTEGRITY, 100)).rejects.toMatchObject({
      code: 'ARCHIVE_NOT_IN_STORE',
      facts: { integrity: INTEGRITY },
    });
  });

  test('is not what it was', async () => {
    await using dir = await tempDir();
    const store = createArchiveStore(dir.path);
    await plant(join(dir.path, store.path(INTEGRITY)), 'an archivf');
    await expect(store.get(INTEGRITY, 100)).rejects.toMatchObject({
      code: 'INTEGRITY_MISMATCH',
      facts: { expected: INTEGRITY },
    });
  });

  test('is larger than what the caller expects', async () => {
    await using dir = await tempDir();
    const store = createArchiveStore(dir.path);
    await store.put(BYTES);
    await expect(store.get(INTEGRITY, 9)).rejects.toMatchObject({ code: 'ARCHIVE_TOO_LARGE', facts: { limit: 9 } });
    await expect(store.get(INTEGRITY, 10)).resolves.toEqual(BYTES);
  });

  test('is a link that someone put into the tree', async () => {
    await using dir = await tempDir();
    const store = createArchiveStore(dir.path);
    const path = join(dir.path, store.path(INTEGRITY));
    await mkdir(dirname(path), { recursive: true });
    await symlink('/dev/zero', path);
    expect(await store.has(INTEGRITY)).toBe(false);
    await expect(store.get(INTEGRITY, 100)).rejects.toMatchObject({ code: 'FILE_ACCESS' });
  });
});

test('a store whose folder is a file tells so', async () => {
  await using dir = await tempDir();
  await plant(join(dir.path, 'store'), '');
  await expect(createArchiveStore(join(dir.path, 'store')).put(BYTES)).rejects.toMatchObject({ code: 'FILE_ACCESS' });
});

async function plant(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
