/** npm dependencies of a plugin, with the real npm against a registry on loopback, and once against the real one. */
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { DEPENDENCY_LOCK_FILE } from '@ar-registry/core/layout';
import { installDependencies, readDependencies, type InstalledPackage } from '@ar-registry/io/npm';
import { integrityOf } from '@ar-registry/io/digest';
import { testManifest } from '@ar-registry/testing/registry';
import { execa } from 'execa';
import * as tar from 'tar';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { codeOf, errorOf } from './support/code-of.ts';
import { tempDir } from './support/temp-dir.ts';

const { signal } = new AbortController();
const DEPENDENCIES = { left: '^1.0.0' };
const MANIFEST = testManifest({ dependencies: DEPENDENCIES });

let server: http.Server;
let origin: string;
let archive: Buffer;
let integrity: string;

beforeAll(async () => {
  archive = await packLeft();
  integrity = integrityOf(archive);
  server = http.createServer((request, response) => {
    if (request.url === '/left') response.end(JSON.stringify(packument()));
    else if (request.url === '/left-1.2.0.tgz') response.end(archive);
    else if (request.url !== '/silent') response.writeHead(404).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** A package that would write a file if its install script ran. */
async function packLeft(): Promise<Buffer> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'ar-left-'));
  const scripts = { postinstall: "node -e \"require('fs').writeFileSync('ran', '')\"" };
  await mkdir(path.join(folder, 'package'));
  await writeFile(
    path.join(folder, 'package/package.json'),
    JSON.stringify({ name: 'left', version: '1.2.0', scripts, bin: 'index.js' }),
  );
  await writeFile(path.join(folder, 'package/index.js'), 'module.exports = "left";\n');
  await tar.create({ gzip: true, file: path.join(folder, 'left.tgz'), cwd: folder }, ['package']);
  const bytes = await readFile(path.join(folder, 'left.tgz'));
  await rm(folder, { recursive: true });
  return bytes;
}

function packument(): object {
  const dist = { integrity, tarball: `${origin}/left-1.2.0.tgz` };
  return {
    name: 'left',
    'dist-tags': { latest: '1.2.0' },
    versions: { '1.2.0': { name: 'left', version: '1.2.0', dist, hasInstallScript: true } },
  };
}

function lockText(left: object, rest: object = {}): string {
  const root = { name: MANIFEST.name, version: MANIFEST.version, dependencies: DEPENDENCIES };
  return JSON.stringify({
    name: MANIFEST.name,
    version: MANIFEST.version,
    lockfileVersion: 3,
    requires: true,
    packages: {
      '': root,
      'node_modules/left': { version: '1.2.0', integrity, hasInstallScript: true, ...left },
      ...rest,
    },
  });
}

async function packageWith(folder: string, lock: string | undefined): Promise<string> {
  const packageDir = path.join(folder, 'package');
  await mkdir(packageDir);
  if (lock !== undefined) await writeFile(path.join(packageDir, DEPENDENCY_LOCK_FILE), lock);
  return packageDir;
}

/** Settings of npm that no machine of its user changes. */
async function npmEnvironment(folder: string): Promise<void> {
  await writeFile(path.join(folder, 'npmrc'), '');
  vi.stubEnv('npm_config_registry', origin);
  vi.stubEnv('npm_config_userconfig', path.join(folder, 'npmrc'));
  vi.stubEnv('npm_config_cache', path.join(folder, 'cache'));
  vi.stubEnv('npm_config_fetch_retries', '0');
}

describe('installDependencies', () => {
  it('does nothing for a plugin without dependencies', async () => {
    await using temp = await tempDir();
    vi.stubEnv('PATH', temp.path);
    const packageDir = await packageWith(temp.path, undefined);
    expect(await installDependencies(packageDir, testManifest(), { signal })).toBe(false);
    expect(await readdir(packageDir)).toEqual([]);
  });

  it('fills node_modules, runs no install script, and leaves nothing beside', async () => {
    await using temp = await tempDir();
    await npmEnvironment(temp.path);
    const packageDir = await packageWith(temp.path, lockText({}));
    expect(await installDependencies(packageDir, MANIFEST, { signal })).toBe(true);
    expect((await readdir(path.join(packageDir, 'node_modules/left'))).toSorted()).toEqual([
      'index.js',
      'package.json',
    ]);
    expect((await readdir(temp.path)).toSorted()).toEqual(['cache', 'npmrc', 'package']);
    expect((await readdir(packageDir)).toSorted()).toEqual([DEPENDENCY_LOCK_FILE, 'node_modules']);
  });

  it('makes no links to the programs of packages', async () => {
    await using temp = await tempDir();
    await npmEnvironment(temp.path);
    const packageDir = await packageWith(temp.path, lockText({ bin: { left: 'index.js' } }));
    await installDependencies(packageDir, MANIFEST, { signal });
    expect(await readdir(path.join(packageDir, 'node_modules'))).toEqual(['.package-lock.json', 'left']);
  });

  it('does what it does within the script of another package, too', async () => {
    await using temp = await tempDir();
    await npmEnvironment(temp.path);
    for (const [key, value] of [
      ['workspaces', 'true'],
      ['prefix', temp.path],
      ['global', 'true'],
      ['ignore_scripts', 'false'],
    ] as const)
      vi.stubEnv(`npm_config_${key}`, value);
    const packageDir = await packageWith(temp.path, lockText({}));
    expect(await installDependencies(packageDir, MANIFEST, { signal })).toBe(true);
    expect((await readdir(path.join(packageDir, 'node_modules/left'))).toSorted()).toEqual([
      'index.js',
      'package.json',
    ]);
  });

  it.each([
    ['from git', { resolved: 'git+ssh://git@example.com/left.git#c0ffee' }],
    ['from a file', { resolved: 'file:../../left.tgz' }],
    ['over plain http', { resolved: 'http://example.com/left-1.2.0.tgz' }],
    ['that is a link', { resolved: '../left', link: true }],
    ['without an integrity', { integrity: undefined }],
    ['with an integrity of nothing', { integrity: 'sha512-' }],
    ['that does not fit', { version: '2.0.0' }],
  ])('refuses a lock with a package %s, before npm runs', async (_what, left) => {
    await using temp = await tempDir();
    // Without npm to be found, running it would be another error.
    vi.stubEnv('PATH', temp.path);
    const packageDir = await packageWith(temp.path, lockText(left));
    expect(await codeOf(installDependencies(packageDir, MANIFEST, { signal }))).toBe('ARCHIVE_INVALID');
    expect(await readdir(temp.path)).toEqual(['package']);
  });

  it.each([
    ['is missing', undefined],
    ['is no JSON', '{'],
    ['is of another version', lockText({}).replace('"lockfileVersion":3', '"lockfileVersion":1')],
    ['is for other dependencies', lockText({}).replace('^1.0.0', '*')],
    [
      'puts a package elsewhere',
      lockText({}, { '../../evil': { version: '1.0.0', integrity: `sha512-${'A'.repeat(86)}==` } }),
    ],
  ])('refuses a lock that %s, before npm runs', async (_what, lock) => {
    await using temp = await tempDir();
    vi.stubEnv('PATH', temp.path);
    const packageDir = await packageWith(temp.path, lock);
    expect(await codeOf(installDependencies(packageDir, MANIFEST, { signal }))).toBe('ARCHIVE_INVALID');
  });

  it('says that npm is missing', async () => {
    await using temp = await tempDir();
    vi.stubEnv('PATH', temp.path);
    const packageDir = await packageWith(temp.path, lockText({}));
    const error = await errorOf(installDependencies(packageDir, MANIFEST, { signal }));
    expect([error.code, error.facts]).toEqual(['COMMAND_NOT_FOUND', { command: 'npm' }]);
    expect(await readdir(temp.path)).toEqual(['package']);
  });

  it.each([
    ['has other content than the lock', { integrity: `sha512-${'A'.repeat(86)}==` }],
    ['is not in the registry', { version: '1.3.0' }],
  ])('fails where a package %s, and leaves nothing behind', async (_what, left) => {
    await using temp = await tempDir();
    await npmEnvironment(temp.path);
    const packageDir = await packageWith(temp.path, lockText(left));
    const error = await errorOf(installDependencies(packageDir, MANIFEST, { signal }));
    expect(error.code).toBe('DEPENDENCIES_FAILED');
    expect(error.facts).toMatchObject({ plugin: MANIFEST.name });
    expect(await readdir(packageDir)).toEqual([DEPENDENCY_LOCK_FILE]);
    expect((await readdir(temp.path)).toSorted()).toEqual(['cache', 'npmrc', 'package']);
  });

  it('stops when it is told to, with the reason, and leaves nothing behind', async () => {
    await using temp = await tempDir();
    await npmEnvironment(temp.path);
    const packageDir = await packageWith(temp.path, lockText({}));
    const reason = new Error('enough');
    await expect(installDependencies(packageDir, MANIFEST, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(await readdir(packageDir)).toEqual([DEPENDENCY_LOCK_FILE]);
  });
});

/** Why no package can be had of the registry that npm uses here; `undefined` if one can. */
const noNpm = await execa(
  'npm',
  ['view', 'is-number@7.0.0', 'dist.integrity', '--fetch-retries=0', '--fetch-timeout=5000'],
  {
    reject: false,
    timeout: 15_000,
  },
).then(({ exitCode }) => (exitCode === 0 ? undefined : 'npm does not reach its registry'));

describe.skipIf(noNpm !== undefined)(`the registry of npm (${noNpm ?? 'reachable'})`, () => {
  it('serves what a lock names', { timeout: 120_000 }, async () => {
    await using temp = await tempDir();
    const manifest = testManifest({ dependencies: { 'is-number': '^7.0.0' } });
    const isNumber = {
      version: '7.0.0',
      integrity: 'sha512-41Cifkg6e8TylSpdtTpeLVMqvSBEVzTttHvERD741+pnZ8ANv0004MRL43QKPDlK9cGvNp6NZWZUBlbGXYxxng==',
    };
    const root = { name: manifest.name, version: manifest.version, dependencies: manifest.dependencies };
    const packages = { '': root, 'node_modules/is-number': isNumber };
    const packageDir = await packageWith(temp.path, JSON.stringify({ lockfileVersion: 3, requires: true, packages }));
    expect(await installDependencies(packageDir, manifest, { signal })).toBe(true);
    const installed = await readFile(path.join(packageDir, 'node_modules/is-number/package.json'), 'utf8');
    expect(JSON.parse(installed)).toMatchObject({ name: 'is-number', version: '7.0.0' });
  });
});

async function read(lock: string, manifest = MANIFEST): Promise<readonly InstalledPackage[]> {
  const packages: InstalledPackage[] = [];
  for await (const each of readDependencies({ manifest, lockText: lock }, signal)) packages.push(each);
  return packages;
}

describe('readDependencies', () => {
  it('gives the code of each package, once, without running anything of it', async () => {
    await using temp = await tempDir();
    await npmEnvironment(temp.path);
    vi.stubEnv('TMPDIR', temp.path);
    const packages = await read(lockText({}));
    expect(packages.map(({ name, version, integrity: pinned }) => [name, version, pinned])).toEqual([
      ['left', '1.2.0', integrity],
    ]);
    const files = packages[0]?.files ?? new Map<string, Uint8Array>();
    expect([...files.keys()]).toEqual(['index.js', 'package.json']);
    expect(new TextDecoder().decode(files.get('index.js'))).toBe('module.exports = "left";\n');
    expect((await readdir(temp.path)).filter((name) => name.startsWith('ar-dependencies-'))).toEqual([]);
  });

  it('asks nobody for a plugin without dependencies', async () => {
    vi.stubEnv('PATH', '');
    expect(await read('', testManifest())).toEqual([]);
  });

  it('refuses a lock that pins other bytes', async () => {
    await using temp = await tempDir();
    await npmEnvironment(temp.path);
    expect(await codeOf(read(lockText({ integrity: `sha512-${'A'.repeat(86)}==` })))).toBe('DEPENDENCIES_FAILED');
  });
});
