import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { hasCode } from '@ar-registry/core/errors';
import { SAMPLE_FILES, SAMPLE_MANIFEST } from '@ar-registry/testing/archives';
import { stringifyRecord } from '@ar-registry/core/yaml';
import { beforeEach, describe, expect, it } from 'vitest';
import { createPluginFolder, inspectFolder, inspectTarget, npmSpecOf, packPlugin } from './index.ts';

let dir: string;
const { signal } = new AbortController();
const options = { nameOf: (file: string) => `p/${file}`, signal };

beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'ar-folder-'));
  return () => fs.rmSync(dir, { recursive: true, force: true });
});

const at = (...names: readonly string[]): string => path.join(dir, ...names);

function writePlugin(changes: Readonly<Record<string, string | undefined>> = {}): void {
  const files = { ...SAMPLE_FILES, 'ar-plugin.yaml': stringifyRecord(SAMPLE_MANIFEST), ...changes };
  for (const [name, text] of Object.entries(files)) {
    if (text === undefined) continue;
    fs.mkdirSync(path.dirname(at(name)), { recursive: true });
    fs.writeFileSync(at(name), text);
  }
}

const codes = async (): Promise<readonly string[]> =>
  (await inspectFolder(dir, options)).findings.map(({ code }) => code);

async function thrownBy(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('inspecting a folder', () => {
  it('gives the manifest and no findings where all is well', async () => {
    writePlugin();
    const { manifest, findings } = await inspectFolder(dir, options);
    expect(manifest).toEqual(SAMPLE_MANIFEST);
    expect(findings).toEqual([]);
  });

  it('tells the real size of a manifest that is too large', async () => {
    writePlugin({ 'ar-plugin.yaml': '#'.repeat(100_000) });
    const sizes = [{ code: 'YAML_TOO_LARGE', facts: { sizeBytes: 100_000 } }];
    expect((await inspectFolder(dir, options)).findings).toMatchObject(sizes);
    expect((await inspectTarget('ar-plugin.yaml', { cwd: dir, signal })).findings).toMatchObject(sizes);
  });

  it('looks at the package though the manifest is not valid', async () => {
    const { license: _license, ...rest } = SAMPLE_MANIFEST;
    writePlugin({ 'ar-plugin.yaml': stringifyRecord(rest), 'README.md': undefined });
    expect((await codes()).toSorted()).toEqual(['MISSING_KEY', 'README_MISSING']);
    expect((await inspectFolder(dir, options)).manifest).toBeUndefined();
  });

  it.each([
    ['text where YAML is expected', 'name: ['],
    ['nothing', ''],
    ['paths that lead outside', 'name: "@a/b"\nmain: ../../etc/passwd\ntypes: /etc/passwd\n'],
    ['values of any other form', 'name: 1\nmain: [x]\nconfig: text\nfiles: 3\n'],
    ['more than is read', `# ${'x'.repeat(70_000)}\n`],
  ])('never throws for a manifest with %s', async (_what, text) => {
    writePlugin({ 'ar-plugin.yaml': text });
    expect((await codes()).length).toBeGreaterThan(0);
  });

  it('refuses links, and says so once', async () => {
    writePlugin();
    fs.symlinkSync('/etc/passwd', at('dist/passwd'));
    expect(await codes()).toEqual(['PACKAGE_REFUSED']);
  });

  it('refuses a package.json that is not JSON, or no object', async () => {
    for (const text of ['{', '[]', 'null']) {
      writePlugin({ 'package.json': text });
      expect(await codes()).toContain('PACKAGE_REFUSED');
    }
  });

  it('needs a manifest, and not a link to one', async () => {
    expect(hasCode(await thrownBy(inspectFolder(dir, options)), 'FILE_NOT_FOUND')).toBe(true);
    fs.writeFileSync(at('elsewhere.yaml'), '');
    fs.symlinkSync(at('elsewhere.yaml'), at('ar-plugin.yaml'));
    expect(hasCode(await thrownBy(inspectFolder(dir, options)), 'FILE_ACCESS')).toBe(true);
  });
});

describe('inspecting a target', () => {
  it('follows a link that the user named', async () => {
    writePlugin();
    fs.symlinkSync(at('ar-plugin.yaml'), at('link.yaml'));
    expect((await inspectTarget('link.yaml', { cwd: dir, signal })).findings).toEqual([]);
    expect((await inspectTarget('.', { cwd: dir, signal })).manifest?.name).toBe('@acme/hello');
  });

  it('tells what is wrong with an archive as a finding', async () => {
    fs.writeFileSync(at('x.tgz'), 'no archive');
    fs.writeFileSync(at('large.tgz'), Buffer.alloc(11 * 1024 * 1024));
    for (const name of ['x.tgz', 'large.tgz']) {
      const { findings } = await inspectTarget(name, { cwd: dir, signal });
      expect(findings).toMatchObject([{ code: 'PACKAGE_REFUSED', at: { file: name } }]);
    }
  });

  it('of which nothing is there is an error', async () => {
    expect(hasCode(await thrownBy(inspectTarget('missing', { cwd: dir, signal })), 'FILE_NOT_FOUND')).toBe(true);
  });
});

describe('packing', () => {
  it('refuses errors with all findings, and lets warnings pass', async () => {
    writePlugin({ LICENSE: undefined, 'README.md': undefined });
    const error = await thrownBy(packPlugin(dir, options));
    expect(hasCode(error, 'FINDINGS') && error.facts).toMatchObject({ subject: '@acme/hello@1.0.0', errors: 2 });
    writePlugin({ 'package.json': '{ "version": "9.9.9" }' });
    const packed = await packPlugin(dir, options);
    expect(packed.findings.map(({ code }) => code)).toEqual(['PACKAGE_JSON_DIFFERS']);
    expect(packed.lock).toBe('none');
  });

  it('keeps a lock that fits, and packs it', async () => {
    const integrity = `sha512-${'A'.repeat(86)}==`;
    const lock = JSON.stringify({
      lockfileVersion: 3,
      packages: { '': { dependencies: { left: '^1.0.0' } }, 'node_modules/left': { version: '1.2.0', integrity } },
    });
    const manifest = stringifyRecord({ ...SAMPLE_MANIFEST, dependencies: { left: '^1.0.0' } });
    writePlugin({ 'ar-plugin.yaml': manifest, 'ar-deps.lock.json': lock });
    const { archive, lock: state } = await packPlugin(dir, options);
    expect(state).toBe('kept');
    expect(archive.files.map((file) => file.path)).toContain('ar-deps.lock.json');
  });
});

describe('a new folder', () => {
  const files = new Map([
    ['ar-plugin.yaml', 'a'],
    ['src/index.ts', 'b'],
  ]);

  it('has all files, also where the folders above it are new', async () => {
    await createPluginFolder(at('a/b/c'), files);
    expect(fs.readFileSync(at('a/b/c/src/index.ts'), 'utf8')).toBe('b');
    expect(fs.readdirSync(at('a/b'))).toEqual(['c']);
  });

  it('is the same one if it was there and empty', async () => {
    fs.mkdirSync(at('empty'));
    const { ino } = fs.statSync(at('empty'));
    await createPluginFolder(at('empty'), files);
    expect(fs.statSync(at('empty')).ino).toBe(ino);
    expect(fs.readdirSync(at('empty')).toSorted()).toEqual(['ar-plugin.yaml', 'src']);
  });

  it('is refused where there is one with files, and nothing is left behind', async () => {
    writePlugin();
    const before = fs.readdirSync(path.dirname(dir));
    expect(hasCode(await thrownBy(createPluginFolder(dir, files)), 'FOLDER_NOT_EMPTY')).toBe(true);
    expect(fs.readdirSync(path.dirname(dir)).filter((name) => name.startsWith(`.${path.basename(dir)}`))).toEqual([]);
    expect(before).toContain(path.basename(dir));
  });

  it('is refused below a file', async () => {
    fs.writeFileSync(at('file'), '');
    expect(hasCode(await thrownBy(createPluginFolder(at('file', 'x'), files)), 'FILE_ACCESS')).toBe(true);
    expect(fs.readdirSync(dir)).toEqual(['file']);
  });
});

describe('how npm is asked for a package', () => {
  it.each([
    ['node_modules/@s/sdk', '^1.2.3'],
    ['packages/sdk', 'file:'],
  ])('in %s: %s', async (folder, spec) => {
    fs.mkdirSync(at(folder, 'dist'), { recursive: true });
    fs.writeFileSync(at(folder, 'dist/index.js'), '');
    fs.writeFileSync(at(folder, 'package.json'), '{ "version": "1.2.3" }');
    const found = await npmSpecOf(at(folder, 'dist/index.js'));
    expect(found).toBe(spec === 'file:' ? `file:${fs.realpathSync(at(folder))}` : spec);
  });
});
