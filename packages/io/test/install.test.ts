/** From a spec to a verified entry of the store, against a registry of really packed plugins that may lie. */
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseSpec, type LockEntry } from '@ar-registry/core/install';
import { routes } from '@ar-registry/core/layout';
import { parseManifest } from '@ar-registry/core/manifest';
import { createApiClient } from '@ar-registry/io/api-client';
import { packFolder } from '@ar-registry/io/archive';
import { integrityOf } from '@ar-registry/io/digest';
import {
  candidateOf,
  fetchResolved,
  inParallel,
  resolveSpec,
  restoreLocked,
  type InstallPorts,
} from '@ar-registry/io/install';
import { createInstallStore } from '@ar-registry/io/install-store';
import { SAMPLE_FILES, writeTree } from '@ar-registry/testing/archives';
import { testManifestText, type ManifestOverrides } from '@ar-registry/testing/registry';
import { serveRegistry, type ServedRegistry } from '@ar-registry/testing/served-registry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { codeOf, errorOf } from './support/code-of.ts';
import { noSmallDisk, smallDisk, tempDir } from './support/temp-dir.ts';

const HELLO = '@acme/hello';
let registry: ServedRegistry;

beforeEach(async () => {
  registry = await serveRegistry([
    { manifest: { version: '1.0.0' } },
    { manifest: { version: '1.1.0' } },
    {
      manifest: { version: '2.0.0' },
      status: {
        distTags: { latest: '1.1.0', beta: '2.0.0' },
        yanked: { '2.0.0': 'broken' },
        deprecated: { '1.0.0': 'old' },
      },
    },
    { manifest: { name: '@acme/other', version: '1.0.0' } },
  ]);
});
afterEach(() => registry[Symbol.asyncDispose]());

function portsIn(folder: string, rest: Partial<InstallPorts> = {}): InstallPorts {
  return {
    client: createApiClient({ registryUrl: registry.url, userAgent: 'test', timeoutMs: 2000 }),
    store: createInstallStore({ dataDir: path.join(folder, 'data') }),
    projectDir: folder,
    cwd: folder,
    signal: new AbortController().signal,
    env: process.env,
    scratchDir: path.join(folder, 'scratch'),
    ...rest,
  };
}

/** Resolves, fetches, and gives what the lockfile would hold. */
async function install(spec: string, ports: InstallPorts): Promise<Exclude<LockEntry, { source: 'git' }>> {
  const resolved = await resolveSpec(parseSpec(spec), ports);
  if (resolved.kind === 'checkout') throw new Error(`${spec} is a repository.`);
  await fetchResolved(resolved, ports);
  const { lock } = candidateOf(resolved, ports);
  if (lock.source === 'git') throw new Error(`${spec} is a repository.`);
  return lock;
}

type Document = Record<string, unknown> & { manifest: Record<string, unknown>; dist: Record<string, unknown> };

/** Lets the registry tell another document of 1.1.0, and its hash: a server that lies as well as it can. */
function lie(change: (document: Document) => object): void {
  const route = routes.version(HELLO, '1.1.0');
  const read = (from: string): Document =>
    JSON.parse(Buffer.from(registry.files.get(from) ?? []).toString('utf8')) as Document;
  const document = Buffer.from(JSON.stringify(change(read(route))));
  const plugin = read(routes.plugin(HELLO)) as unknown as { versions: Record<string, unknown>[] };
  for (const version of plugin.versions)
    if (version['version'] === '1.1.0') version['document'] = integrityOf(document);
  registry.files.set(route, document);
  registry.files.set(routes.plugin(HELLO), Buffer.from(JSON.stringify(plugin)));
}

async function pluginFolder(folder: string, manifest: ManifestOverrides = {}): Promise<string> {
  const dir = path.join(folder, 'plugin');
  await writeTree(dir, { ...SAMPLE_FILES, 'ar-plugin.yaml': testManifestText(manifest) });
  return dir;
}

async function packedIn(folder: string, overrides: ManifestOverrides = {}): Promise<string> {
  const dir = await pluginFolder(folder, overrides);
  const manifestText = testManifestText(overrides);
  const { manifest } = parseManifest(manifestText, 'ar-plugin.yaml');
  if (!manifest) throw new Error('the sample is broken');
  const file = path.join(folder, 'plugin.tgz');
  await writeFile(file, (await packFolder(dir, { manifestText, manifest, files: undefined })).bytes);
  return file;
}

const storeOf = (folder: string): Promise<readonly string[]> =>
  readdir(path.join(folder, 'data/plugins/store')).catch(() => []);

describe('resolveSpec', () => {
  it.each([
    [HELLO, '1.1.0', '^1.1.0'],
    [`${HELLO}@1.0.0`, '1.0.0', '1.0.0'],
    [`${HELLO}@^1`, '1.1.0', '^1'],
    [`${HELLO}@latest`, '1.1.0', '^1.1.0'],
  ])('finds %s: %s, and writes %s down', async (spec, version, range) => {
    await using temp = await tempDir();
    expect(await resolveSpec(parseSpec(spec), portsIn(temp.path))).toMatchObject({
      kind: 'registry',
      manifest: { name: HELLO, version },
      range,
      trust: 'community',
    });
    expect(await readdir(temp.path)).toEqual([]);
  });

  it('hands on that a version is deprecated', async () => {
    await using temp = await tempDir();
    expect(await resolveSpec(parseSpec(`${HELLO}@1.0.0`), portsIn(temp.path))).toMatchObject({ deprecated: 'old' });
    expect(await resolveSpec(parseSpec(HELLO), portsIn(temp.path))).not.toHaveProperty('deprecated');
  });

  it.each([
    ['@acme/ghost', 'PLUGIN_NOT_FOUND'],
    [`${HELLO}@9.0.0`, 'VERSION_NOT_FOUND'],
    [`${HELLO}@^9`, 'VERSION_NOT_FOUND'],
    [`${HELLO}@gamma`, 'VERSION_NOT_FOUND'],
    [`${HELLO}@2.0.0`, 'VERSION_YANKED'],
    [`${HELLO}@beta`, 'VERSION_YANKED'],
    ['./ghost', 'FILE_NOT_FOUND'],
    ['./ghost.tgz', 'FILE_NOT_FOUND'],
    ['./empty', 'SPEC_INVALID'],
    ['./broken', 'SPEC_INVALID'],
    ['./noise.tgz', 'ARCHIVE_INVALID'],
    ['/dev/null', 'SPEC_INVALID'],
  ])('says of %s: %s', async (spec, code) => {
    await using temp = await tempDir();
    await writeTree(temp.path, { 'empty/x': '', 'broken/ar-plugin.yaml': 'name: [', 'noise.tgz': 'noise' });
    expect(await codeOf(resolveSpec(parseSpec(spec), portsIn(temp.path)))).toBe(code);
  });

  it('reads a folder and an archive relative to where the user is, and writes them down relative to the project', async () => {
    await using temp = await tempDir();
    await packedIn(temp.path, { version: '3.0.0' });
    await mkdir(path.join(temp.path, 'project'));
    const ports = portsIn(temp.path, { projectDir: path.join(temp.path, 'project') });
    expect(await resolveSpec(parseSpec('./plugin'), ports)).toMatchObject({
      kind: 'folder',
      path: '../plugin',
      manifest: { version: '3.0.0' },
    });
    expect(await resolveSpec(parseSpec('./plugin.tgz'), ports)).toMatchObject({
      kind: 'archive',
      path: '../plugin.tgz',
    });
    const inside = portsIn(temp.path);
    expect(await resolveSpec(parseSpec(path.join(temp.path, 'plugin')), inside)).toMatchObject({ path: './plugin' });
  });

  it('names line and problem of a broken manifest', async () => {
    await using temp = await tempDir();
    await pluginFolder(temp.path, { license: 'Beerware 2' });
    const error = await errorOf(resolveSpec(parseSpec('./plugin'), portsIn(temp.path)));
    expect(error.facts).toMatchObject({
      spec: './plugin',
      problem: expect.stringMatching(/^ar-plugin\.yaml:\d+: .*Beerware 2/),
    });
  });
});

describe('fetchResolved', () => {
  it('fills the store with what was published, verified', async () => {
    await using temp = await tempDir();
    const ports = portsIn(temp.path);
    const lock = await install(HELLO, ports);
    expect(lock).toMatchObject({
      source: 'registry',
      version: '1.1.0',
      url: `${registry.url}/${routes.download(HELLO, '1.1.0')}`,
      registry: registry.url,
    });
    if (lock.source === 'folder') throw new Error('not from the registry');
    await ports.store.verify(HELLO, lock);
    const packageDir = ports.store.packageDir(lock.integrity);
    expect(await readFile(path.join(packageDir, 'dist/index.js'), 'utf8')).toBe(SAMPLE_FILES['dist/index.js']);
  });

  it('does not fetch again what is there', async () => {
    await using temp = await tempDir();
    const ports = portsIn(temp.path);
    await install(HELLO, ports);
    registry.requests.length = 0;
    await install(HELLO, ports);
    expect(registry.requests.filter((route) => route.endsWith('/download'))).toEqual([]);
  });

  it('fetches again what was damaged, so that installing mends it', async () => {
    await using temp = await tempDir();
    const ports = portsIn(temp.path);
    const lock = await install(HELLO, ports);
    if (lock.source === 'folder') throw new Error('not from the registry');
    for (const mend of [() => install(HELLO, ports), () => restoreLocked(HELLO, lock, ports)]) {
      await writeFile(path.join(ports.store.packageDir(lock.integrity), 'dist/index.js'), 'evil');
      expect(await codeOf(ports.store.verify(HELLO, lock))).toBe('STORE_DAMAGED');
      await mend();
      await ports.store.verify(HELLO, lock);
    }
  });

  it.each([
    ['another archive', () => registry.files.get(routes.download(HELLO, '1.0.0')), 'INTEGRITY_MISMATCH'],
    ['half of it', () => registry.files.get(routes.download(HELLO, '1.1.0'))?.slice(0, 200), 'INTEGRITY_MISMATCH'],
    [
      'one changed bit',
      () => {
        const bytes = Uint8Array.from(registry.files.get(routes.download(HELLO, '1.1.0')) ?? []);
        bytes[100] = (bytes[100] ?? 0) ^ 1;
        return bytes;
      },
      'INTEGRITY_MISMATCH',
    ],
    ['nothing', () => new Uint8Array(), 'INTEGRITY_MISMATCH'],
    [
      'more than was announced',
      () => Buffer.concat([registry.files.get(routes.download(HELLO, '1.1.0')) ?? Buffer.alloc(0), Buffer.alloc(1)]),
      'REGISTRY_RESPONSE_TOO_LARGE',
    ],
  ])('refuses %s, and stores nothing', async (_what, bytes, code) => {
    await using temp = await tempDir();
    registry.files.set(routes.download(HELLO, '1.1.0'), bytes() ?? new Uint8Array());
    expect(await codeOf(install(HELLO, portsIn(temp.path)))).toBe(code);
    expect(await storeOf(temp.path)).toEqual([]);
  });

  it.each([
    [
      'fewer permissions than the package asks for',
      (document: Document) => ({
        ...document,
        manifest: {
          ...document.manifest,
          permissions: { ...(document.manifest['permissions'] as object), childProcess: ['git'] },
        },
      }),
    ],
    [
      'another entry point',
      (document: Document) => ({ ...document, manifest: { ...document.manifest, main: './dist/bin/greet.js' } }),
    ],
    [
      'other files',
      (document: Document) => ({
        ...document,
        dist: { ...document.dist, files: [{ path: 'x', size: 1, integrity: `sha512-${'A'.repeat(86)}==` }] },
      }),
    ],
  ])('refuses a document that lists %s, whether the archive is there or not', async (_what, change) => {
    await using temp = await tempDir();
    await install(HELLO, portsIn(temp.path));
    lie(change);
    expect(await codeOf(install(HELLO, portsIn(temp.path)))).toBe('PACKAGE_MISMATCH');
    expect(await codeOf(install(HELLO, portsIn(path.join(temp.path, 'other'))))).toBe('PACKAGE_MISMATCH');
  });

  it('does not begin to fetch what is larger than any archive may be', async () => {
    await using temp = await tempDir();
    lie((document) => ({ ...document, dist: { ...document.dist, size: 11 * 1024 * 1024 } }));
    registry.requests.length = 0;
    expect(await codeOf(install(HELLO, portsIn(temp.path)))).toBe('ARCHIVE_TOO_LARGE');
    expect(registry.requests.filter((route) => route.endsWith('/download'))).toEqual([]);
  });

  it('installs an archive of the user, and only points to a folder', async () => {
    await using temp = await tempDir();
    await packedIn(temp.path, { version: '3.0.0' });
    const ports = portsIn(temp.path);
    const lock = await install('./plugin.tgz', ports);
    expect(lock).toMatchObject({ source: 'archive', version: '3.0.0', path: './plugin.tgz' });
    await restoreLocked(HELLO, lock, ports);
    expect(await install('./plugin', ports)).toEqual({
      source: 'folder',
      version: '3.0.0',
      type: 'bridge',
      path: './plugin',
    });
  });

  it('refuses an archive whose dependencies are not locked', async () => {
    await using temp = await tempDir();
    await packedIn(temp.path, { dependencies: { left: '1' } });
    expect(await codeOf(install('./plugin.tgz', portsIn(temp.path)))).toBe('ARCHIVE_INVALID');
    expect(await storeOf(temp.path)).toEqual([]);
  });

  it('stops when it is told to, and stores nothing', async () => {
    await using temp = await tempDir();
    const stop = new AbortController();
    const reason = new Error('enough');
    registry.intercept = (request) => {
      if (request.url?.endsWith('/download')) stop.abort(reason);
      return false;
    };
    await expect(install(HELLO, portsIn(temp.path, { signal: stop.signal }))).rejects.toBe(reason);
    expect(await storeOf(temp.path)).toEqual([]);
  });
});

/** A lock whose archive is no longer in the store. */
async function lockedIn(folder: string): Promise<{ lock: LockEntry & { source: 'registry' }; ports: InstallPorts }> {
  const ports = portsIn(folder);
  const lock = await install(HELLO, ports);
  if (lock.source !== 'registry') throw new Error('not from the registry');
  await rm(path.join(folder, 'data'), { recursive: true });
  return { lock, ports };
}

describe('restoreLocked', () => {
  it('fetches exactly what is locked, and only that', async () => {
    await using temp = await tempDir();
    const { lock, ports } = await lockedIn(temp.path);
    registry.requests.length = 0;
    await restoreLocked(HELLO, lock, ports);
    await ports.store.verify(HELLO, lock);
    expect(registry.requests).toEqual([routes.download(HELLO, '1.1.0')]);
    await restoreLocked(HELLO, lock, ports);
    expect(registry.requests).toHaveLength(1);
  });

  it.each([
    ['another digest', { integrity: `sha512-${'A'.repeat(86)}==` }, 'INTEGRITY_MISMATCH'],
    ['other files', { files: `sha512-${'A'.repeat(86)}==` }, 'PACKAGE_MISMATCH'],
    ['another version', { version: '9.0.0' }, 'PACKAGE_MISMATCH'],
    ['a file of the machine', { url: 'file:///etc/passwd' }, 'LOCK_ADDRESS_REFUSED'],
    ['an address that is none', { url: 'http://[' }, 'LOCK_ADDRESS_REFUSED'],
    ['an archive that is gone', { url: 'gone' }, 'REGISTRY_STATUS'],
  ])('refuses a lock with %s, and stores nothing', async (_what, change, code) => {
    await using temp = await tempDir();
    const { lock, ports } = await lockedIn(temp.path);
    const url = 'url' in change && change.url === 'gone' ? { url: `${registry.url}/gone.tgz` } : {};
    expect(await codeOf(restoreLocked(HELLO, { ...lock, ...change, ...url }, ports))).toBe(code);
    expect(await storeOf(temp.path)).toEqual([]);
  });

  it('refuses a lock under another name', async () => {
    await using temp = await tempDir();
    const { lock, ports } = await lockedIn(temp.path);
    expect(await codeOf(restoreLocked('@acme/other', lock, ports))).toBe('PACKAGE_MISMATCH');
  });

  it.each([
    ['is gone', './gone.tgz', 'FILE_NOT_FOUND'],
    ['is a folder', './data', 'FILE_ACCESS'],
    ['is a device', '/dev/zero', 'FILE_ACCESS'],
    ['is too large', './large.tgz', 'ARCHIVE_TOO_LARGE'],
    ['is another', './other.tgz', 'INTEGRITY_MISMATCH'],
  ])('refuses a locked archive that %s', async (_what, relative, code) => {
    await using temp = await tempDir();
    await packedIn(temp.path);
    const ports = portsIn(temp.path);
    const lock = await install('./plugin.tgz', ports);
    await rm(path.join(temp.path, 'data/plugins/store'), { recursive: true });
    await writeTree(temp.path, { 'other.tgz': 'x', 'large.tgz': 'x'.repeat(11 * 1024 * 1024) });
    if (lock.source !== 'archive') throw new Error('not from an archive');
    expect(await codeOf(restoreLocked(HELLO, { ...lock, path: relative }, ports))).toBe(code);
  });

  it('has nothing to do for a folder', async () => {
    await using temp = await tempDir();
    await writeTree(path.join(temp.path, 'own'), { 'ar-plugin.yaml': testManifestText({ name: HELLO }) });
    const linked = { source: 'folder', version: '1.0.0', type: 'hook', path: './own' } as const;
    expect(await restoreLocked(HELLO, linked, portsIn(temp.path))).toBe(false);
    expect(await readdir(temp.path)).toEqual(['own']);
  });

  it('refuses a folder that is gone', async () => {
    await using temp = await tempDir();
    const gone = { source: 'folder', version: '1.0.0', type: 'hook', path: './gone' } as const;
    expect(await codeOf(restoreLocked(HELLO, gone, portsIn(temp.path)))).toBe('LINK_BROKEN');
  });

  it('writes no credentials down, and uses them all the same', async () => {
    await using temp = await tempDir();
    registry.intercept = (request, response) => {
      if (request.headers.authorization === `Basic ${Buffer.from('ada:s3cr3t').toString('base64')}`) return false;
      response.writeHead(401).end();
      return true;
    };
    const registryUrl = registry.url.replace('://', '://ada:s3cr3t@');
    const ports = portsIn(temp.path, { client: createApiClient({ registryUrl, userAgent: 'test' }) });
    const lock = await install(HELLO, ports);
    expect(JSON.stringify(lock)).not.toContain('s3cr3t');
    await rm(path.join(temp.path, 'data'), { recursive: true });
    await restoreLocked(HELLO, lock, ports);
  });
});

describe('inParallel', () => {
  it('keeps the order, and no more than eight run at a time', async () => {
    let running = 0;
    let most = 0;
    const results = await inParallel(
      Array.from({ length: 30 }, (_, index) => index),
      async (item) => {
        running += 1;
        most = Math.max(most, running);
        await new Promise(setImmediate);
        running -= 1;
        return item * 2;
      },
    );
    expect(results).toEqual(Array.from({ length: 30 }, (_, index) => index * 2));
    expect(most).toBe(8);
  });

  it('fails with the first failure, once all have ended', async () => {
    const ended: number[] = [];
    const failure = new Error('first');
    const work = inParallel([1, 2, 3], async (item) => {
      if (item === 1) throw failure;
      await new Promise(setImmediate);
      ended.push(item);
    });
    await expect(work).rejects.toBe(failure);
    expect(ended).toEqual([2, 3]);
  });
});

describe.skipIf(noSmallDisk !== undefined)(`a full disk (${noSmallDisk ?? 'here'})`, () => {
  it('is told, and the store has nothing of the plugin', async () => {
    await using disk = await smallDisk(64);
    await using temp = await tempDir();
    await writeFile(path.join(disk.path, 'filler'), Buffer.alloc(50 * 1024));
    const ports = portsIn(temp.path, { store: createInstallStore({ dataDir: disk.path }) });
    expect(await codeOf(install(HELLO, ports))).toBe('DISK_FULL');
    expect(await readdir(path.join(disk.path, 'plugins/staging')).catch(() => [])).toEqual([]);
    expect(await readdir(path.join(disk.path, 'plugins')).catch(() => [])).not.toContain('store');
  });
});
