import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SAMPLE_FILES, SAMPLE_MANIFEST, writeTree } from '@ar-registry/testing/archives';
import { describe, expect, test } from 'vitest';
import { listPackageFiles, packFolder } from '../src/archive/index.ts';

const run = promisify(execFile);
const OPTIONS = { manifest: SAMPLE_MANIFEST, manifestText: 'name: "@acme/hello"\n', files: undefined };

/** A folder with all that npm's rules treat in some special way. */
const RICH_FILES: Readonly<Record<string, string>> = {
  ...SAMPLE_FILES,
  'CHANGELOG.md': '',
  'dist/index.d.ts': '',
  'dist/index.js.orig': '',
  'dist/.DS_Store': '',
  'dist/.hidden.js': '',
  'dist/nested/.npmignore': 'skipped.js\n',
  'dist/nested/skipped.js': '',
  'dist/nested/kept.js': '',
  'dist/@scoped/file.js': '',
  'docs/readme.md': '',
  'package-lock.json': '{}',
  'npm-debug.log': '',
  'test/index.test.js': '',
  'node_modules/dep/index.js': '',
};

async function folder(files: Readonly<Record<string, string>>) {
  const dir = await mkdtempDisposable(join(tmpdir(), 'ar-pack-'));
  await writeTree(dir.path, files);
  return dir;
}

describe('npm', () => {
  test('installs a packed plugin, and Node.js imports it', async () => {
    await using dir = await folder(SAMPLE_FILES);
    await using project = await folder({ 'package.json': '{"private":true}' });
    const archive = join(project.path, 'hello.tgz');
    await writeFile(archive, (await packFolder(dir.path, { ...OPTIONS, files: ['dist'] })).bytes);
    const flags = [
      '--offline',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      `--cache=${join(project.path, 'cache')}`,
    ];
    await run('npm', ['install', ...flags, archive], { cwd: project.path });
    const installed = join(project.path, 'node_modules/@acme/hello');
    expect(await readFile(join(installed, 'ar-plugin.yaml'), 'utf8')).toBe(OPTIONS.manifestText);
    const script = 'console.log((await import("@acme/hello")).default.name)';
    const { stdout } = await run('node', ['--input-type=module', '-e', script], { cwd: project.path });
    expect(stdout.trim()).toBe('@acme/hello');
  });

  const cases: readonly {
    readonly title: string;
    readonly fields?: object;
    readonly ignore?: Record<string, string>;
  }[] = [
    { title: '`files` of folders', fields: { files: ['dist', 'docs/*.md', '!dist/**/*.d.ts'] } },
    { title: '`files` of patterns', fields: { files: ['dist/**/*.js', './CHANGELOG.md'] } },
    { title: '`files` and a `bin`', fields: { files: ['docs'], bin: { greet: './dist/bin/greet.js' } } },
    { title: 'an .npmignore', ignore: { '.npmignore': 'test\nsrc\n*.d.ts\n' } },
    { title: 'a .gitignore that names the folder of main', ignore: { '.gitignore': 'dist\n' } },
    { title: 'neither' },
  ];

  test.each(cases)('would pack the same files, with $title', async ({ fields, ignore }) => {
    const packageJson = { name: '@acme/hello', version: '1.0.0', main: 'dist/index.js', ...fields };
    await using dir = await folder({ ...RICH_FILES, ...ignore, 'package.json': JSON.stringify(packageJson) });
    const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: dir.path });
    const [report] = Object.values(JSON.parse(stdout) as Record<string, { files: readonly { path: string }[] }>);
    // The manifest is packed whatever `files` says.
    const expected = new Set([...(report?.files ?? []).map(({ path }) => path), 'ar-plugin.yaml']);
    const listed = await listPackageFiles(dir.path, { ...OPTIONS, packageJson });
    expect(listed).toEqual([...expected].toSorted());
  });
});

/** Packs the folder that is its argument, in a process of its own, and prints the integrity. */
const PACK_SCRIPT = `
  import { packFolder } from '@ar-registry/io/archive';
  import { SAMPLE_MANIFEST } from '@ar-registry/testing/archives';
  process.umask(Number(process.argv[2]));
  const options = { manifest: SAMPLE_MANIFEST, manifestText: 'x', files: undefined };
  console.log((await packFolder(process.argv[1], options)).integrity);
`;

async function packInProcess(path: string, umask: number, env: Readonly<Record<string, string>>): Promise<string> {
  const flags = ['--conditions=ar-source', '--input-type=module', '-e', PACK_SCRIPT, path, String(umask)];
  const { stdout } = await run('node', flags, { cwd: import.meta.dirname, env: { ...process.env, ...env } });
  return stdout.trim();
}

test('the same bytes come out under another locale, time zone, user mask and folder', async () => {
  await using dir = await folder(RICH_FILES);
  await using elsewhere = await folder({});
  const copy = join(elsewhere.path, 'é', 'copy');
  await mkdir(join(elsewhere.path, 'é'));
  await cp(dir.path, copy, { recursive: true });
  const here = await packInProcess(dir.path, 0o022, { LC_ALL: 'C', TZ: 'UTC' });
  const there = await packInProcess(copy, 0o077, { LC_ALL: 'tr_TR.UTF-8', LANG: 'sv_SE.UTF-8', TZ: 'Asia/Kathmandu' });
  expect(here).toMatch(/^sha512-/);
  expect(there).toBe(here);
});

test('GNU tar reads the archive as we do', async () => {
  await using dir = await folder({ ...SAMPLE_FILES, [`dist/${'long-'.repeat(30)}é.js`]: 'long' });
  const packed = await packFolder(dir.path, { ...OPTIONS, files: ['dist'] });
  const archive = join(dir.path, 'hello.tgz');
  await writeFile(archive, packed.bytes);
  const { stdout } = await run('tar', ['--quoting-style=literal', '-tzf', archive], { cwd: dir.path });
  expect(stdout.trim().split('\n')).toEqual(packed.files.map(({ path }) => `package/${path}`));
});
