import { mkdtempDisposable, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SAMPLE_FILES, SAMPLE_MANIFEST, writeTree } from '@ar-registry/testing/archives';
import { describe, expect, test } from 'vitest';
import { listPackageFiles, type PackSelection } from './list-package-files.ts';

const SELECTION: PackSelection = { manifest: SAMPLE_MANIFEST, files: ['dist'] };
const PACKED = ['LICENSE', 'README.md', 'ar-plugin.yaml', 'dist/bin/greet.js', 'dist/index.js', 'package.json'];

async function sampleDir(more: Readonly<Record<string, string>> = {}) {
  const dir = await mkdtempDisposable(join(tmpdir(), 'list-'));
  await writeTree(dir.path, { ...SAMPLE_FILES, ...more });
  return dir;
}

describe('the files of a package', () => {
  test('are those in `files`, and what every package carries, sorted by code unit', async () => {
    await using dir = await sampleDir();
    expect(await listPackageFiles(dir.path, SELECTION)).toEqual(PACKED);
  });

  test('are the same whether the folder has a package.json or not', async () => {
    await using dir = await sampleDir({ 'package.json': '{"files":["src"]}' });
    expect(await listPackageFiles(dir.path, { ...SELECTION, packageJson: { files: ['src'] } })).toEqual(PACKED);
  });

  test('follow the author’s package.json where the manifest has no `files`', async () => {
    await using dir = await sampleDir({ 'package.json': '{}' });
    const listed = await listPackageFiles(dir.path, {
      ...SELECTION,
      files: undefined,
      packageJson: { files: ['src'] },
    });
    expect(listed).toContain('src/index.ts');
    expect(listed).not.toContain('dist/bin/greet.js');
  });

  test.each(['.npmignore', '.gitignore'])('without any `files` follow %s', async (ignore) => {
    await using dir = await sampleDir({ [ignore]: 'src\n' });
    expect(await listPackageFiles(dir.path, { ...SELECTION, files: undefined })).toEqual(PACKED);
  });

  test('hold the manifest, main, types and the schema, whatever is ignored', async () => {
    await using dir = await sampleDir({ '.npmignore': '*\n', 'dist/index.d.ts': '', 'config.json': '{}' });
    const manifest = {
      ...SAMPLE_MANIFEST,
      types: 'dist/index.d.ts',
      config: { ...SAMPLE_MANIFEST.config, schema: './config.json' },
    };
    expect(await listPackageFiles(dir.path, { manifest, files: undefined })).toEqual(
      expect.arrayContaining(['ar-plugin.yaml', 'dist/index.js', 'dist/index.d.ts', 'config.json', 'README.md']),
    );
  });

  test('do not hold a main that does not exist, or is a folder: a rule tells that', async () => {
    await using dir = await sampleDir();
    for (const main of ['./dist/none.js', './dist', './README.md/none.js']) {
      const listed = await listPackageFiles(dir.path, { ...SELECTION, manifest: { ...SAMPLE_MANIFEST, main } });
      expect(listed).toEqual(PACKED);
    }
  });

  test('never hold modules, repositories, secrets or earlier archives, even if asked for', async () => {
    const secrets = {
      'dist/node_modules/a/index.js': '',
      'dist/.git/config': '',
      'dist/.env.local': 'TOKEN=1',
      'dist/id_rsa': '',
      'dist/server.key': '-----BEGIN RSA PRIVATE KEY-----\n',
      'acme-hello-0.9.0.tgz': '',
      '.npmrc': '//registry/:_authToken=1',
    };
    await using dir = await sampleDir(secrets);
    expect(await listPackageFiles(dir.path, { ...SELECTION, files: ['dist', ...Object.keys(secrets)] })).toEqual(
      PACKED,
    );
  });

  test('hold a certificate, which is no secret', async () => {
    await using dir = await sampleDir({ 'dist/ca.pem': '-----BEGIN CERTIFICATE-----\n' });
    expect(await listPackageFiles(dir.path, SELECTION)).toContain('dist/ca.pem');
  });

  test('are the same behind a link to the whole folder', async () => {
    await using dir = await sampleDir();
    await using link = await mkdtempDisposable(join(tmpdir(), 'list-'));
    await symlink(dir.path, join(link.path, 'plugin'));
    expect(await listPackageFiles(join(link.path, 'plugin'), SELECTION)).toEqual(PACKED);
  });
});

describe('a folder that cannot be packed', () => {
  test.each([
    ['a link to a file', '../README.md', 'dist/link.md'],
    ['a link to a folder', '../src', 'dist/src'],
    ['a link to nothing', 'none', 'dist/none'],
    ['a link to the outside', '/etc/passwd', 'dist/passwd'],
  ])('has %s among what is packed', async (_, target, path) => {
    await using dir = await sampleDir();
    await symlink(target, join(dir.path, path));
    await expect(listPackageFiles(dir.path, SELECTION)).rejects.toMatchObject({
      code: 'PACKAGE_FILE_REFUSED',
      facts: { file: path },
    });
  });

  test('is not one with a link that is left out', async () => {
    await using dir = await sampleDir();
    await symlink('/etc/passwd', join(dir.path, 'src/link'));
    await symlink('/usr', join(dir.path, 'node_modules'));
    expect(await listPackageFiles(dir.path, SELECTION)).toEqual(PACKED);
  });

  test('has its main behind a link', async () => {
    await using dir = await sampleDir();
    await symlink('dist', join(dir.path, 'build'));
    const manifest = { ...SAMPLE_MANIFEST, main: './build/index.js' };
    await expect(listPackageFiles(dir.path, { ...SELECTION, manifest })).rejects.toMatchObject({
      code: 'PACKAGE_FILE_REFUSED',
    });
  });

  test('has its main outside', async () => {
    await using dir = await sampleDir({ 'inner/ar-plugin.yaml': '' });
    const manifest = { ...SAMPLE_MANIFEST, main: '../dist/index.js' };
    await expect(listPackageFiles(join(dir.path, 'inner'), { ...SELECTION, manifest })).rejects.toMatchObject({
      code: 'PACKAGE_FILE_REFUSED',
    });
  });

  test('does not exist', async () => {
    await using dir = await sampleDir();
    await expect(listPackageFiles(join(dir.path, 'none'), SELECTION)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });

  test('is a file', async () => {
    await using dir = await sampleDir();
    await expect(listPackageFiles(join(dir.path, 'README.md'), SELECTION)).rejects.toMatchObject({
      code: 'FILE_ACCESS',
    });
  });
});

test('listing ends with the reason of the signal', async () => {
  await using dir = await sampleDir();
  const reason = new Error('enough');
  await expect(listPackageFiles(dir.path, { ...SELECTION, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});
