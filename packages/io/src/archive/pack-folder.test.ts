import { chmod, cp, mkdtempDisposable, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { archiveLimits } from '@ar-registry/core/archive';
import { SAMPLE_FILES, SAMPLE_MANIFEST, writeTree } from '@ar-registry/testing/archives';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { integrityOf } from '../digest/index.ts';
import { describeFiles } from './describe-files.ts';
import { gzipDeterministic } from './gzip.ts';
import { packFolder, type PackOptions } from './pack-folder.ts';
import { readArchive } from './read-archive.ts';
import { tarBytes } from './tar-bytes.ts';

const OPTIONS: PackOptions = {
  manifest: SAMPLE_MANIFEST,
  manifestText: 'name: "@acme/hello"\nversion: 1.0.0\n',
  files: ['dist'],
};

async function sampleDir(more: Readonly<Record<string, string>> = {}) {
  const dir = await mkdtempDisposable(join(tmpdir(), 'pack-'));
  await writeTree(dir.path, { ...SAMPLE_FILES, ...more });
  return dir;
}

describe('a packed plugin', () => {
  test('is told by size, integrity, and each of its files', async () => {
    await using dir = await sampleDir();
    const packed = await packFolder(dir.path, OPTIONS);
    expect(packed).toMatchObject({ size: packed.bytes.length, integrity: integrityOf(packed.bytes), fileCount: 6 });
    expect(packed.unpackedSize).toBe(packed.files.reduce((sum, { size }) => sum + size, 0));
    expect(packed.files.map(({ path }) => path)).toEqual(packed.files.map(({ path }) => path).toSorted());
  });

  test('is read as what was packed', async () => {
    await using dir = await sampleDir();
    const packed = await packFolder(dir.path, OPTIONS);
    const contents = await readArchive(packed.bytes);
    expect(describeFiles(contents)).toEqual(packed.files);
    expect(contents.manifestText).toBe(OPTIONS.manifestText);
    expect(contents.unpackedBytes).toBe(packed.unpackedSize);
  });

  test('carries the manifest that was validated, not one that was written since', async () => {
    await using dir = await sampleDir({ 'ar-plugin.yaml': 'name: "@evil/other"\n' });
    const { bytes } = await packFolder(dir.path, OPTIONS);
    expect((await readArchive(bytes)).manifestText).toBe(OPTIONS.manifestText);
  });

  test('carries a generated package.json in place of the author’s', async () => {
    await using dir = await sampleDir({ 'package.json': '{"scripts":{"postinstall":"evil"}}' });
    const { bytes } = await packFolder(dir.path, { ...OPTIONS, packageJson: { scripts: { postinstall: 'evil' } } });
    const text = Buffer.from((await readArchive(bytes)).files.get('package.json')?.bytes ?? []).toString();
    expect(JSON.parse(text)).toMatchObject({ name: '@acme/hello', version: '1.0.0' });
    expect(text).not.toContain('postinstall');
  });

  test('carries generated files, also over those of the folder', async () => {
    await using dir = await sampleDir({ 'ar-deps.lock.json': 'stale' });
    const extraFiles = new Map([['ar-deps.lock.json', Buffer.from('fresh')]]);
    const { bytes } = await packFolder(dir.path, { ...OPTIONS, files: ['dist', 'ar-deps.lock.json'], extraFiles });
    expect((await readArchive(bytes)).files.get('ar-deps.lock.json')?.bytes).toEqual(Buffer.from('fresh'));
  });

  test('has as programs what starts with a shebang or is named in `bin`', async () => {
    await using dir = await sampleDir({ 'dist/cli.js': 'no shebang' });
    const { bytes } = await packFolder(dir.path, { ...OPTIONS, packageJson: { bin: { hello: './dist/cli.js' } } });
    const programs = [...(await readArchive(bytes)).files].flatMap(([path, file]) => (file.executable ? [path] : []));
    expect(programs).toEqual(['dist/bin/greet.js', 'dist/cli.js']);
  });
});

describe('the bytes of a packed plugin', () => {
  test('depend neither on times, on modes nor on where the folder is', async () => {
    await using dir = await sampleDir();
    await using copy = await mkdtempDisposable(join(tmpdir(), 'copy-'));
    await cp(dir.path, copy.path, { recursive: true });
    await utimes(join(copy.path, 'dist/index.js'), 0, 0);
    await chmod(join(copy.path, 'dist/index.js'), 0o777);
    await chmod(join(copy.path, 'dist/bin/greet.js'), 0o600);
    const [first, again, copied] = await Promise.all([
      packFolder(dir.path, OPTIONS),
      packFolder(dir.path, OPTIONS),
      packFolder(copy.path, OPTIONS),
    ]);
    expect(again.integrity).toBe(first.integrity);
    expect(copied.integrity).toBe(first.integrity);
  });

  test('change with the content of a file', async () => {
    await using dir = await sampleDir();
    const first = await packFolder(dir.path, OPTIONS);
    await writeFile(join(dir.path, 'dist/index.js'), 'changed');
    expect((await packFolder(dir.path, OPTIONS)).integrity).not.toBe(first.integrity);
  });

  test('tell nothing of the machine: no time, name or system in the gzip header, no owner in the tar', async () => {
    await using dir = await sampleDir();
    const { bytes } = await packFolder(dir.path, OPTIONS);
    expect(Buffer.from(bytes.subarray(0, 10)).toString('hex')).toBe('1f8b08000000000002ff');
  });
});

describe('a plugin that cannot be packed', () => {
  test.each([{ fileBytes: 30 }, { unpackedBytes: 60 }, { fileCount: 5 }, { archiveBytes: 100 }])(
    'is above a limit: %j',
    async (limits) => {
      await using dir = await sampleDir();
      await expect(packFolder(dir.path, { ...OPTIONS, limits: archiveLimits(limits) })).rejects.toMatchObject({
        code: 'ARCHIVE_TOO_LARGE',
        facts: { limit: Object.values(limits)[0] },
      });
    },
  );

  test.each(['dist/aux.js', 'dist/cafe\u0301.js', 'dist/a:b.js', 'dist/INDEX.js'])(
    'has a file that not every system can have: %s',
    async (path) => {
      await using dir = await sampleDir();
      const extraFiles = new Map([[path, Buffer.from('')]]);
      await expect(packFolder(dir.path, { ...OPTIONS, extraFiles })).rejects.toMatchObject({
        code: 'PACKAGE_FILE_REFUSED',
      });
    },
  );

  test('has what npm clients would build at installation', async () => {
    await using dir = await sampleDir({ 'binding.gyp': '{}' });
    await expect(packFolder(dir.path, { ...OPTIONS, files: ['dist', 'binding.gyp'] })).rejects.toMatchObject({
      code: 'PACKAGE_FILE_REFUSED',
    });
    await expect(packFolder(dir.path, OPTIONS)).resolves.toBeDefined();
  });

  test('has a generated file with a path that leaves it', async () => {
    await using dir = await sampleDir();
    const extraFiles = new Map([['../evil', Buffer.from('')]]);
    await expect(packFolder(dir.path, { ...OPTIONS, extraFiles })).rejects.toMatchObject({
      code: 'PACKAGE_FILE_REFUSED',
    });
  });
});

test('packing ends with the reason of the signal', async () => {
  await using dir = await sampleDir();
  const reason = new Error('enough');
  await expect(packFolder(dir.path, { ...OPTIONS, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

test('any files are read as they were written', async () => {
  const name = fc.stringMatching(/^[a-zé日_-]{0,60}x$/u);
  const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => `d/${names.join('/')}.x`);
  const file = fc.record({ path, bytes: fc.uint8Array({ maxLength: 1500 }), executable: fc.boolean() });
  const files = fc.uniqueArray(file, { maxLength: 5, selector: (each) => each.path });
  await fc.assert(
    fc.asyncProperty(files, async (written) => {
      fc.pre(written.every((each) => Buffer.byteLength(each.path) <= 255));
      const manifest = { path: 'ar-plugin.yaml', bytes: Buffer.from('x'), executable: false };
      const contents = await readArchive(await gzipDeterministic(tarBytes([manifest, ...written])));
      for (const { path: each, bytes, executable } of written) {
        expect(contents.files.get(each)?.executable).toBe(executable);
        expect(Buffer.from(contents.files.get(each)?.bytes ?? []).equals(bytes)).toBe(true);
      }
    }),
  );
});
