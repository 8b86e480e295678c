/** What a lock says of where the archive of a registry is. Locks come with projects: whoever changes one changes all of it. */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseSpec, type LockEntry } from '@ar-registry/core/install';
import { routes } from '@ar-registry/core/layout';
import { createApiClient } from '@ar-registry/io/api-client';
import { integrityOf } from '@ar-registry/io/digest';
import { candidateOf, fetchResolved, resolveSpec, restoreLocked, type InstallPorts } from '@ar-registry/io/install';
import { createInstallStore } from '@ar-registry/io/install-store';
import { serveRegistry, type ServedRegistry } from '@ar-registry/testing/served-registry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { codeOf, errorOf } from './support/code-of.ts';
import { tempDir } from './support/temp-dir.ts';

const HELLO = '@acme/hello';
const DOWNLOAD = routes.download(HELLO, '1.0.0');
let registry: ServedRegistry;
let evil: ServedRegistry;

beforeEach(async () => {
  registry = await serveRegistry([{ manifest: { version: '1.0.0' } }]);
  evil = await serveRegistry([{ manifest: { version: '1.0.0' }, files: { 'dist/index.js': 'steal();\n' } }]);
});
afterEach(async () => {
  await registry[Symbol.asyncDispose]();
  await evil[Symbol.asyncDispose]();
});

function portsIn(folder: string, registryUrl: string, rest: Partial<InstallPorts> = {}): InstallPorts {
  return {
    client: createApiClient({ registryUrl, userAgent: 'test', timeoutMs: 2000 }),
    store: createInstallStore({ dataDir: path.join(folder, 'data') }),
    projectDir: folder,
    cwd: folder,
    signal: new AbortController().signal,
    env: {},
    scratchDir: path.join(folder, 'scratch'),
    ...rest,
  };
}

type RegistryLock = Extract<LockEntry, { source: 'registry' }>;

/** Installs, and empties the store again; what the lock would hold. */
async function lockedIn(folder: string, ports: InstallPorts): Promise<RegistryLock> {
  const resolved = await resolveSpec(parseSpec(HELLO), ports);
  if (resolved.kind !== 'registry') throw new Error('not from the registry');
  await fetchResolved(resolved, ports);
  const { lock } = candidateOf(resolved, ports);
  if (lock.source !== 'registry') throw new Error('not from the registry');
  await rm(path.join(folder, 'data'), { recursive: true });
  return lock;
}

/** Has the registry say that its archive is somewhere else, as some do. */
function moveArchive(tarball: string): void {
  const read = (route: string): { dist: object; versions: { document: string }[] } =>
    JSON.parse(Buffer.from(registry.files.get(route) ?? []).toString());
  const document = read(routes.version(HELLO, '1.0.0'));
  const bytes = Buffer.from(JSON.stringify({ ...document, dist: { ...document.dist, tarball } }));
  registry.files.set(routes.version(HELLO, '1.0.0'), bytes);
  const plugin = read(routes.plugin(HELLO));
  for (const version of plugin.versions) version.document = integrityOf(bytes);
  registry.files.set(routes.plugin(HELLO), Buffer.from(JSON.stringify(plugin)));
}

async function build(folder: string): Promise<void> {
  for (const [route, bytes] of registry.files) {
    const file = path.join(folder, route);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, bytes);
  }
}

describe('the address of a locked archive', () => {
  it('that was changed together with the hashes beside it is refused, and not asked', async () => {
    await using temp = await tempDir();
    const theirs = await lockedIn(temp.path, portsIn(temp.path, evil.url));
    evil.requests.length = 0;
    const lock = { ...theirs, registry: registry.url };
    const error = await errorOf(restoreLocked(HELLO, lock, portsIn(temp.path, registry.url)));
    expect([error.code, error.facts]).toEqual([
      'LOCK_ADDRESS_REFUSED',
      { plugin: `${HELLO}@1.0.0`, url: lock.url, registry: registry.url },
    ]);
    expect(evil.requests).toEqual([]);
  });

  it.each([
    ['out of its registry by `..`', (base: string) => `${base}/team/../../${DOWNLOAD}`],
    ['out of its registry by an escaped `..`', (base: string) => `${base}/team/%2e%2e/x`],
    ['out of its registry by backslashes', (base: string) => `${base}/team/..\\x`],
    ['to a host that begins like it', (base: string) => `${base}.evil.example/x`],
    ['to a name in front of its host', (base: string) => base.replace('://', '://ada:x@')],
    ['nowhere', () => 'http://['],
    ['to a file of the machine', () => 'file:///etc/passwd'],
    ['to a file beside the project', () => '../x.tgz'],
  ])('that leads %s is refused', async (_what, change) => {
    await using temp = await tempDir();
    const ports = portsIn(temp.path, registry.url);
    const lock = await lockedIn(temp.path, ports);
    const error = await errorOf(restoreLocked(HELLO, { ...lock, url: change(registry.url) }, ports));
    expect(error.code).toBe('LOCK_ADDRESS_REFUSED');
    expect(`${error.message} ${JSON.stringify(error)}`).not.toContain('ada');
  });

  it('may be elsewhere where the registry itself says so, and nowhere else', async () => {
    await using temp = await tempDir();
    const bytes = registry.files.get(DOWNLOAD) ?? new Uint8Array();
    for (const name of ['a.tgz', 'b.tgz']) evil.files.set(name, bytes);
    moveArchive(`${evil.url}/a.tgz`);
    const ports = portsIn(temp.path, registry.url);
    const lock = await lockedIn(temp.path, ports);
    expect([lock.url, lock.registry]).toEqual([`${evil.url}/a.tgz`, registry.url]);
    const other = { ...lock, url: `${evil.url}/b.tgz` };
    expect(await codeOf(restoreLocked(HELLO, other, ports))).toBe('LOCK_ADDRESS_REFUSED');
    const digest = { ...lock, integrity: `sha512-${'A'.repeat(86)}==` };
    expect(await codeOf(restoreLocked(HELLO, digest, ports))).toBe('LOCK_ADDRESS_REFUSED');
    // Nobody can be asked about a registry that is not used here.
    expect(await codeOf(restoreLocked(HELLO, lock, portsIn(temp.path, evil.url)))).toBe('LOCK_ADDRESS_REFUSED');
    expect(await restoreLocked(HELLO, lock, ports)).toBe(true);
  });

  it('of a registry that is not used any more is still good', async () => {
    await using temp = await tempDir();
    const lock = await lockedIn(temp.path, portsIn(temp.path, registry.url));
    expect(await restoreLocked(HELLO, lock, portsIn(temp.path, evil.url))).toBe(true);
  });
});

describe('the version in a lock', () => {
  it('is compared with the manifest of what is in the store, and nobody is asked', async () => {
    await using temp = await tempDir();
    const ports = portsIn(temp.path, registry.url);
    const lock = await lockedIn(temp.path, ports);
    await restoreLocked(HELLO, lock, ports);
    registry.requests.length = 0;
    const error = await errorOf(restoreLocked(HELLO, { ...lock, version: '1.2.0' }, ports));
    expect([error.code, error.facts]).toMatchObject([
      'PACKAGE_MISMATCH',
      { expected: `${HELLO}@1.2.0`, actual: `${HELLO}@1.0.0` },
    ]);
    expect(registry.requests).toEqual([]);
    expect(await restoreLocked(HELLO, lock, ports)).toBe(false);
  });
});

describe('a registry in a folder', () => {
  it('is locked relative to the project it is in, and restored after both have moved', async () => {
    await using temp = await tempDir();
    const here = path.join(temp.path, 'hier', 'project');
    await build(path.join(here, 'ge baut %20', 'ü'));
    const ports = portsIn(here, pathToFileURL(path.join(here, 'ge baut %20', 'ü')).href);
    const lock = await lockedIn(here, ports);
    expect([lock.registry, lock.url]).toEqual(['./ge baut %20/ü', `./ge baut %20/ü/${DOWNLOAD}`]);
    await mkdir(path.join(temp.path, 'dort'));
    const there = path.join(temp.path, 'dort', 'project');
    await rename(here, there);
    expect(await restoreLocked(HELLO, lock, portsIn(there, evil.url))).toBe(true);
    expect(evil.requests).toEqual([]);
  });

  it('beside the project is locked as it was named: relative, or where it is', async () => {
    await using temp = await tempDir();
    const project = path.join(temp.path, 'project');
    const url = pathToFileURL(path.join(temp.path, 'built')).href;
    await build(path.join(temp.path, 'built'));
    const relative = await lockedIn(project, portsIn(project, url, { relativeRegistries: new Set([url]) }));
    expect([relative.registry, relative.url]).toEqual(['../built', `../built/${DOWNLOAD}`]);
    const absolute = await lockedIn(project, portsIn(project, url));
    expect([absolute.registry, absolute.url]).toEqual([url, `${url}/${DOWNLOAD}`]);
    for (const lock of [relative, absolute]) {
      expect(await restoreLocked(HELLO, lock, portsIn(project, registry.url))).toBe(true);
      await rm(path.join(project, 'data'), { recursive: true });
    }
  });

  it('that is the project itself is one too', async () => {
    await using temp = await tempDir();
    await build(temp.path);
    const ports = portsIn(temp.path, pathToFileURL(temp.path).href);
    const lock = await lockedIn(temp.path, ports);
    expect([lock.registry, lock.url]).toEqual(['.', `./${DOWNLOAD}`]);
    expect(await restoreLocked(HELLO, lock, portsIn(temp.path, registry.url))).toBe(true);
  });

  it.each([
    ['out of its folder', '../secret.tgz', 'LOCK_ADDRESS_REFUSED'],
    ['to a file that is no archive', './built/api/v1/config.json', 'INTEGRITY_MISMATCH'],
    ['to nothing', './built/gone', 'REGISTRY_STATUS'],
  ])('cannot be left by a lock: %s', async (...[_what, url, code]) => {
    await using temp = await tempDir();
    await build(path.join(temp.path, 'built'));
    const ports = portsIn(temp.path, pathToFileURL(path.join(temp.path, 'built')).href);
    const lock = await lockedIn(temp.path, ports);
    for (const registryUrl of [ports.client.registryUrl, registry.url])
      expect(await codeOf(restoreLocked(HELLO, { ...lock, url }, portsIn(temp.path, registryUrl)))).toBe(code);
  });

  it('is none on another machine', async () => {
    await using temp = await tempDir();
    const lock = await lockedIn(temp.path, portsIn(temp.path, registry.url));
    const share = { ...lock, registry: 'file://server/share', url: 'file://server/share/x' };
    expect(await codeOf(restoreLocked(HELLO, share, portsIn(temp.path, registry.url)))).toBe('REGISTRY_URL_INVALID');
  });
});
