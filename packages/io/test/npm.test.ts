/** Locking of npm dependencies with the real npm, against a registry on loopback. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ErrorCode, isArError } from '@ar-registry/core/errors';
import { lockDependencies } from '@ar-registry/io/npm';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

const INTEGRITY = `sha512-${'A'.repeat(86)}==`;
const { signal } = new AbortController();

interface Published {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly dist?: object;
}

const PACKAGES: Readonly<Record<string, Readonly<Record<string, Published>>>> = {
  left: { '1.0.0': {}, '1.1.0': { dependencies: { right: '~2.0.0' } }, '2.0.0': {} },
  right: { '2.0.5': {}, '2.1.0': {} },
  unpinned: { '1.0.0': { dist: { shasum: undefined, integrity: undefined } } },
  sneaky: { '1.0.0': { dependencies: { other: 'http://127.0.0.1:9/other.tgz' } } },
};

let server: http.Server;

beforeAll(async () => {
  server = http.createServer((request, response) => {
    const name = decodeURIComponent((request.url ?? '').slice(1));
    const versions = PACKAGES[name];
    const status = versions ? 200 : 404;
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(JSON.stringify(versions ? packument(name) : {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('npm_config_registry', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv('npm_config_fetch_retries', '0');
});

afterAll(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});

function packument(name: string): object {
  const versions = Object.entries(PACKAGES[name] ?? {}).map(([version, { dependencies, dist }]) => {
    const own = { integrity: INTEGRITY, tarball: `http://127.0.0.1/${name}-${version}.tgz`, ...dist };
    return [version, { name, version, dependencies, dist: own }] as const;
  });
  return { name, 'dist-tags': { latest: versions.at(-1)?.[0] }, versions: Object.fromEntries(versions) };
}

const lock = (dependencies: Readonly<Record<string, string>>): Promise<string> =>
  lockDependencies({ manifest: { name: '@acme/hello', version: '1.0.0', dependencies }, signal });

async function codeOf(work: Promise<unknown>): Promise<ErrorCode | undefined> {
  return work.then(
    () => undefined,
    (error: unknown) => (isArError(error) ? error.code : undefined),
  );
}

it('pins all that the ranges lead to, and names no registry', async () => {
  const text = await lock({ left: '^1.0.0' });
  expect(JSON.parse(text)).toMatchObject({
    lockfileVersion: 3,
    packages: {
      '': { dependencies: { left: '^1.0.0' } },
      'node_modules/left': { version: '1.1.0', integrity: INTEGRITY },
      'node_modules/right': { version: '2.0.5', integrity: INTEGRITY },
    },
  });
  expect(text).not.toContain('127.0.0.1');
});

it('is the same each time', async () => {
  expect(await lock({ left: '^1.0.0' })).toBe(await lock({ left: '^1.0.0' }));
});

it.each([
  ['is not there', { missing: '^1.0.0' }],
  ['has no such version', { left: '^9.0.0' }],
  ['depends on an address', { sneaky: '^1.0.0' }],
  ['is pinned by nothing', { unpinned: '^1.0.0' }],
])('is refused where a package %s', async (_what, dependencies) => {
  expect(await codeOf(lock(dependencies))).toBe('DEPENDENCY_LOCK_FAILED');
});

it('ends when it is told to', async () => {
  const controller = new AbortController();
  const manifest = { name: '@acme/hello', version: '1.0.0', dependencies: { left: '^1.0.0' } };
  const work = lockDependencies({ manifest, signal: controller.signal });
  controller.abort(new Error('enough'));
  await expect(work).rejects.toThrow('enough');
});
