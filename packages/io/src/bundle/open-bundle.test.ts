/** Bundles that nobody wrote who means well: the reader takes one sequence of bytes for a list, and no other. */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtempDisposable, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { isArError } from '@ar-registry/core/errors';
import type { BundleManifest } from '@ar-registry/schemas';
import { entryOf, putTogether, takeApart, type BundleParts } from '@ar-registry/testing/bundles';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { integrityOf } from '../digest/index.ts';
import { openBundle, tarballsIn, writeBundle, type ReadyFile } from './index.ts';

const { signal } = new AbortController();
const CONTENT: Readonly<Record<string, Buffer>> = {
  'npm/left-1.0.0.tgz': Buffer.alloc(700, 'left'),
  'npm/empty-1.0.0.tgz': Buffer.alloc(0),
  [`registries/1/api/v1/${'long/'.repeat(8)}${'x'.repeat(120)}.json`]: Buffer.from('{}'),
  'registries/1/api/v1/config.json': Buffer.alloc(512, ' '),
};

let temp: Awaited<ReturnType<typeof mkdtempDisposable>>;
let genuine: Buffer;
let count = 0;

beforeAll(async () => {
  temp = await mkdtempDisposable(path.join(tmpdir(), 'ar-bundle-'));
  genuine = await readFile(await write('genuine.tar'));
});
afterAll(() => temp.remove());

async function write(name: string, order: (files: readonly ReadyFile[]) => readonly ReadyFile[] = (all) => all) {
  const target = path.join(temp.path, name);
  await mkdir(path.join(temp.path, 'content'), { recursive: true });
  const files = await Promise.all(
    Object.entries(CONTENT).map(async ([file, bytes]): Promise<ReadyFile> => {
      const from = path.join(temp.path, 'content', path.basename(file));
      await writeFile(from, bytes);
      const integrity = integrityOf(bytes);
      const key = file.startsWith('npm/') ? { pin: integrity } : { url: `https://registry.example/${file}` };
      return { path: file, size: bytes.length, integrity, ...key, from };
    }),
  );
  const plugins = [{ name: '@acme/hello', version: '1.0.0', source: 'registry' as const }];
  await writeBundle(target, { plugins, registries: ['https://registry.example'], files: order(files) }, signal);
  return target;
}

async function codeOf(bytes: Uint8Array | ((file: string) => void)): Promise<string | undefined> {
  const file = path.join(temp.path, `${(count += 1)}.tar`);
  if (typeof bytes === 'function') bytes(file);
  else await writeFile(file, bytes);
  try {
    await (await openBundle(file, signal))[Symbol.asyncDispose]();
    return undefined;
  } catch (error) {
    if (isArError(error)) return error.code;
    throw error;
  }
}

function apart(): BundleParts {
  return takeApart(path.join(temp.path, 'genuine.tar'));
}

const withList =
  (change: (manifest: BundleManifest) => object) =>
  (file: string): void =>
    putTogether(file, { files: apart().files, manifest: change(apart().manifest) as BundleManifest });
const firstFile = (change: object) =>
  withList((list) => ({ ...list, files: [{ ...list.files[0], ...change }, ...list.files.slice(1)] }));
const withFiles =
  (change: (files: [string, Buffer][]) => readonly [string, Buffer][]) =>
  (file: string): void =>
    putTogether(file, { manifest: apart().manifest, files: new Map(change([...apart().files])) });

describe('openBundle', () => {
  it('gives back what was written, by its path or in pieces', async () => {
    await using bundle = await openBundle(path.join(temp.path, 'genuine.tar'), signal);
    expect(bundle.manifest.files.map((entry) => entry.path)).toEqual(Object.keys(CONTENT).toSorted());
    for (const entry of bundle.manifest.files) expect(await bundle.read(entry)).toEqual(CONTENT[entry.path]);
  });

  it.each<readonly [string, string, () => Uint8Array | ((file: string) => void)]>([
    ['is empty', 'BUNDLE_INVALID', () => Buffer.alloc(0)],
    ['is zeros', 'BUNDLE_INVALID', () => Buffer.alloc(10_240)],
    ['is compressed', 'BUNDLE_INVALID', () => gzipSync(genuine)],
    ['begins with another file', 'BUNDLE_INVALID', () => Buffer.concat([...entryOf('x', Buffer.alloc(1)), genuine])],
    ['has another mode in its first header', 'BUNDLE_INVALID', () => Buffer.from(genuine).fill('7', 104, 106)],
    ['is cut off in its list', 'BUNDLE_TRUNCATED', () => genuine.subarray(0, 600)],
    ['is cut off in a file', 'BUNDLE_TRUNCATED', () => genuine.subarray(0, -1800)],
    ['has half of its end', 'BUNDLE_TRUNCATED', () => genuine.subarray(0, -512)],
    ['goes on behind its end', 'BUNDLE_INVALID', () => Buffer.concat([genuine, Buffer.alloc(512)])],
    [
      'has an endless list',
      'BUNDLE_TOO_LARGE',
      () => entryOf('ar-bundle.json', Buffer.alloc(17 << 20))[0] ?? Buffer.alloc(0),
    ],
    [
      'lists more than may be',
      'BUNDLE_TOO_LARGE',
      () =>
        withList((list) => ({
          ...list,
          files: Array.from({ length: 17 }, (_, index) => ({
            ...list.files[0],
            path: `npm/${index}`,
            pin: `${index}`,
            size: 536_870_912,
          })),
        })),
    ],
    ['lists a file of more than may be', 'BUNDLE_INVALID', () => firstFile({ size: 536_870_913 })],
    ['lists a negative size', 'BUNDLE_INVALID', () => firstFile({ size: -1 })],
    ['is of a later format', 'BUNDLE_UNSUPPORTED', () => withList((list) => ({ ...list, schemaVersion: 2 }))],
    ['is of a format that is none', 'BUNDLE_INVALID', () => withList((list) => ({ ...list, schemaVersion: '1' }))],
    ['has a list of another kind', 'BUNDLE_INVALID', () => withList((list) => ({ ...list, files: 7 }))],
    [
      'writes to a terminal by its list',
      'BUNDLE_INVALID',
      () => withList((list) => ({ ...list, registries: ['https://x\u001b[2J'] })),
    ],
    ['has a list that is no object', 'BUNDLE_INVALID', () => withList(() => [])],
    [
      'has a file twice in its list',
      'BUNDLE_PATH_REFUSED',
      () => withList((list) => ({ ...list, files: [...list.files, list.files[0]] })),
    ],
    [
      'has a file whose name differs from that of another by its case alone',
      'BUNDLE_PATH_REFUSED',
      () =>
        withList((list) => ({
          ...list,
          files: [...list.files, { ...list.files[0], path: list.files[0]?.path.toUpperCase(), pin: 'another' }],
        })),
    ],
    ['has a name in another normal form', 'BUNDLE_PATH_REFUSED', () => firstFile({ path: 'npm/e\u0301' })],
    [
      'has a list of more files than may be',
      'BUNDLE_INVALID',
      () => withList((list) => ({ ...list, files: Array.from({ length: 20_001 }, () => list.files[0]) })),
    ],
    [
      'has one address twice',
      'BUNDLE_PATH_REFUSED',
      () => withList((list) => ({ ...list, files: [...list.files, { ...list.files.at(-1), path: 'z' }] })),
    ],
    ['calls a file as its list is called', 'BUNDLE_PATH_REFUSED', () => firstFile({ path: 'ar-bundle.json' })],
    ['leads out of its folder', 'BUNDLE_PATH_REFUSED', () => firstFile({ path: '../../x' })],
    ['has an absolute path', 'BUNDLE_PATH_REFUSED', () => firstFile({ path: '/etc/x' })],
    ['has a path for another system', 'BUNDLE_PATH_REFUSED', () => firstFile({ path: 'c:\\x' })],
    [
      'holds one file more',
      'BUNDLE_FILE_UNEXPECTED',
      () => (file: string) => putTogether(file, apart(), entryOf('more', Buffer.from('x'))),
    ],
    [
      'holds a link',
      'BUNDLE_FILE_UNEXPECTED',
      () => (file: string) => putTogether(file, apart(), entryOf('more', Buffer.alloc(0), '2')),
    ],
    ['has files in another order', 'BUNDLE_FILE_UNEXPECTED', () => withFiles((files) => files.toReversed())],
    ['lacks its first file', 'BUNDLE_FILE_MISSING', () => withFiles((files) => files.slice(1))],
    ['lacks its last file', 'BUNDLE_FILE_MISSING', () => withFiles((files) => files.slice(0, -1))],
    [
      'calls a file otherwise',
      'BUNDLE_FILE_UNEXPECTED',
      () => withFiles(([first, ...more]) => [['other', first?.[1] ?? Buffer.alloc(0)], ...more]),
    ],
    ['has a wrong length in its list', 'BUNDLE_FILE_UNEXPECTED', () => firstFile({ size: 7 })],
    [
      'has other content',
      'BUNDLE_FILE_CHANGED',
      () => withFiles((files) => files.map(([name, bytes]) => [name, Buffer.alloc(bytes.length, 1)])),
    ],
  ])('refuses a file that %s: %s', async (_name, code, make) => {
    expect(await codeOf(make())).toBe(code);
  });

  it('refuses a bundle in which any one byte is another', async () => {
    const at = fc.nat({ max: genuine.length - 1 });
    await fc.assert(
      fc.asyncProperty(at, fc.integer({ min: 1, max: 255 }), async (index, by) => {
        const changed = Buffer.from(genuine);
        changed[index] = (changed[index] ?? 0) ^ by;
        const code = await codeOf(changed);
        // In the list, some words could as well be others: what they lead to is verified elsewhere.
        const isInList = index >= 512 && index < 512 + Number.parseInt(genuine.toString('latin1', 124, 135), 8);
        expect(code?.startsWith('BUNDLE_') ?? isInList).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it.each<readonly [string, string, (file: string) => Promise<void>]>([
    ['written over', 'BUNDLE_FILE_CHANGED', (file) => writeFile(file, Buffer.alloc(genuine.length, 1))],
    ['cut off', 'BUNDLE_TRUNCATED', (file) => truncate(file, 600)],
  ])('notices where a file is %s after it was read once: %s', async (_how, code, change) => {
    const file = path.join(temp.path, `changing-${code}.tar`);
    await writeFile(file, genuine);
    await using bundle = await openBundle(file, signal);
    await change(file);
    const filled = bundle.manifest.files.filter(({ size }) => size > 0);
    const read = await Promise.allSettled(filled.map((entry) => bundle.read(entry)));
    expect(read).toMatchObject(filled.map(() => ({ reason: { code } })));
  });

  it.skipIf(process.platform === 'win32')('does not wait for a pipe', async () => {
    const pipe = path.join(temp.path, 'pipe');
    execFileSync('mkfifo', [pipe]);
    await expect(openBundle(pipe, signal)).rejects.toMatchObject({ code: 'FILE_ACCESS' });
  });

  it('is told of what is no file, and of none', async () => {
    await expect(openBundle(temp.path, signal)).rejects.toMatchObject({ code: 'FILE_ACCESS' });
    await expect(openBundle(path.join(temp.path, 'none'), signal)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });

  it('ends when it is told to', async () => {
    const reason = new Error('enough');
    const opened = openBundle(path.join(temp.path, 'genuine.tar'), AbortSignal.abort(reason));
    await expect(opened).rejects.toBe(reason);
  });
});

describe('writeBundle', () => {
  it('gives the same bytes in whatever order it gets the files', async () => {
    expect(await readFile(await write('again.tar', (files) => files.toReversed()))).toEqual(genuine);
  });

  it('leaves nothing where it is interrupted', async () => {
    const folder = path.join(temp.path, 'interrupted');
    const from = path.join(temp.path, 'content/config.json');
    const files = [{ path: 'x', size: 512, integrity: integrityOf(await readFile(from)), from }];
    const plugins = [{ name: '@acme/hello', version: '1.0.0', source: 'registry' as const }];
    const reason = new Error('enough');
    const written = writeBundle(
      path.join(folder, 'a.tar'),
      { plugins, registries: [], files },
      AbortSignal.abort(reason),
    );
    await expect(written).rejects.toBe(reason);
    expect(await readdir(folder)).toEqual([]);
  });

  it('leaves what was there where it cannot go on, and nothing beside', async () => {
    const folder = path.join(temp.path, 'kept');
    await mkdir(folder);
    await writeFile(path.join(folder, 'a.tar'), 'before');
    const gone = { path: 'x', size: 1, integrity: integrityOf(Buffer.from('x')), from: path.join(folder, 'gone') };
    const plugins = [{ name: '@acme/hello', version: '1.0.0', source: 'registry' as const }];
    const content = { plugins, registries: [], files: [gone] };
    await expect(writeBundle(path.join(folder, 'a.tar'), content, signal)).rejects.toMatchObject({
      code: 'FILE_ACCESS',
    });
    expect([await readdir(folder), await readFile(path.join(folder, 'a.tar'), 'utf8')]).toEqual([['a.tar'], 'before']);
  });
});

describe('tarballsIn', () => {
  it('compares a package with what the lock pins, whatever the list calls it', async () => {
    const pin = integrityOf(Buffer.from('another'));
    const file = path.join(temp.path, 'called.tar');
    putTogether(file, {
      files: apart().files,
      manifest: {
        ...apart().manifest,
        files: apart().manifest.files.map((one) => (one.path.includes('left') ? { ...one, pin } : one)),
      },
    });
    await using bundle = await openBundle(file, signal);
    const written = tarballsIn(bundle).write(pin, path.join(temp.path, 'left.tgz'), 'left@1.0.0');
    await expect(written).rejects.toMatchObject({ code: 'INTEGRITY_MISMATCH' });
    const absent = tarballsIn(bundle).write(integrityOf(Buffer.from('x')), path.join(temp.path, 'x.tgz'), 'x@1.0.0');
    await expect(absent).rejects.toMatchObject({ code: 'BUNDLE_LACKS' });
  });
});
