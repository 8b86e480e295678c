/** The real npm, pnpm, yarn and bun install from the static files of a build, behind real web servers. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { indexPaths, routes } from '@ar-registry/core/layout';
import { stringifyRecord } from '@ar-registry/core/yaml';
import { validator as isPackument } from '@ar-registry/schemas/validators/api/npm-packument';
import { freePort } from '@ar-registry/testing/programs';
import { serveStatically, STATIC_SERVERS } from '@ar-registry/testing/static-servers';
import { execa } from 'execa';
import { describe, expect, it, onTestFinished } from 'vitest';
import { build } from '../src/stages/build/index.ts';
import { testRegistry } from './registry-fixture.ts';

const HELLO = '@acme/hello';
const tools = createRequire(new URL('../../tools/test-dependencies/package.json', import.meta.url));
const binOf = (name: string): string => join(dirname(tools.resolve('npm/package.json')), '..', '.bin', name);

/** 1.0.0 deprecated, 1.1.0, 2.0.0-rc.1 as `next`, 1.2.0 withdrawn. */
async function builtRegistry(baseUrl: string): Promise<string> {
  const registry = await testRegistry();
  const files = new Map<string, Uint8Array | string>();
  for (const version of ['1.0.0', '1.1.0', '1.2.0', '2.0.0-rc.1'])
    for (const [path, content] of await registry.submission(HELLO, version, { first: version === '1.0.0' }))
      files.set(path, content);
  files.set(
    indexPaths.status(HELLO),
    stringifyRecord({
      schemaVersion: 1,
      distTags: { latest: '1.1.0', next: '2.0.0-rc.1' },
      deprecated: { '1.0.0': 'Use 1.1.0.' },
      yanked: { '1.2.0': 'Broken.' },
    }),
  );
  await registry.commit('main', files);
  const out = await temporary();
  await build({ source: { repository: registry.bare, revision: 'main' }, out, baseUrl });
  return out;
}

async function temporary(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ar-npm-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

interface Client {
  readonly add: (spec: string) => readonly string[];
  readonly settings: (registry: string) => Readonly<Record<string, string>>;
}

// A client that tries a broken archive again and again is not waited for.
const NPMRC = (registry: string) => ({ '.npmrc': `@acme:registry=${registry}\nfetch-retries=0\n` });
const CLIENTS: Readonly<Record<string, Client>> = {
  npm: { add: (spec) => ['install', spec, '--no-audit', '--no-fund'], settings: NPMRC },
  pnpm: {
    add: (spec) => ['add', spec],
    settings: (registry) => ({ ...NPMRC(registry), 'pnpm-workspace.yaml': 'fetchRetries: 0\n' }),
  },
  yarn: {
    add: (spec) => ['add', spec],
    settings: (registry) => ({
      'yarn.lock': '',
      '.yarnrc.yml': [
        `npmScopes: { acme: { npmRegistryServer: "${registry}" } }`,
        'unsafeHttpWhitelist: ["127.0.0.1"]',
        'nodeLinker: node-modules',
        'enableTelemetry: false',
        '',
      ].join('\n'),
    }),
  },
  bun: { add: (spec) => ['add', spec], settings: NPMRC },
};

function clientOf(name: string): Client {
  const client = CLIENTS[name];
  if (!client) throw new Error(`There is no ${name}.`);
  return client;
}

/** In a project and a home of its own. */
async function add(client: string, spec: string, url: string): Promise<{ code: number; version: string | undefined }> {
  const folder = await temporary();
  const { add: args, settings } = clientOf(client);
  await mkdir(join(folder, 'project'));
  const texts = { 'package.json': '{"name":"project","private":true}', ...settings(`${url}/npm/`) };
  for (const [name, text] of Object.entries(texts)) await writeFile(join(folder, 'project', name), text);
  // Whoever runs the tests through npm hands on its cache, which would know the archives of other tests.
  const env = {
    HOME: folder,
    npm_config_cache: join(folder, 'npm'),
    XDG_DATA_HOME: folder,
    XDG_CACHE_HOME: folder,
    BUN_INSTALL_CACHE_DIR: join(folder, 'bun'),
  };
  const ended = await execa(binOf(client), args(spec), { cwd: join(folder, 'project'), env, reject: false, all: true });
  const manifest = join(folder, 'project/node_modules', HELLO, 'package.json');
  const installed = existsSync(manifest)
    ? (JSON.parse(await readFile(manifest, 'utf8')) as { version: string })
    : undefined;
  return { code: ended.exitCode ?? 1, version: installed?.version };
}

describe.each(STATIC_SERVERS)('behind %s', (server) => {
  it.each(Object.keys(CLIENTS))(
    '%s installs the latest, a range and a tag, and nothing that was withdrawn',
    async (client) => {
      const port = await freePort();
      const url = `http://127.0.0.1:${port}`;
      await using served = await serveStatically(server, await builtRegistry(url), port);
      expect(served.url).toBe(url);
      expect(await add(client, HELLO, url)).toEqual({ code: 0, version: '1.1.0' });
      expect(await add(client, `${HELLO}@~1.0.0`, url)).toEqual({ code: 0, version: '1.0.0' });
      expect(await add(client, `${HELLO}@next`, url)).toEqual({ code: 0, version: '2.0.0-rc.1' });
      const withdrawn = await add(client, `${HELLO}@1.2.0`, url);
      expect([withdrawn.code === 0, withdrawn.version]).toEqual([false, undefined]);
    },
  );
});

// Not yarn: it compares with its own lock alone, so it takes what it meets first.
it.each(['npm', 'pnpm', 'bun'])('%s refuses an archive that is not what the packument says', async (client) => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const out = await builtRegistry(url);
  await rm(join(out, routes.npmArchive(HELLO, '1.1.0')));
  await writeFile(
    join(out, routes.npmArchive(HELLO, '1.1.0')),
    await readFile(join(out, routes.npmArchive(HELLO, '1.0.0'))),
  );
  await using served = await serveStatically('nginx', out, port);
  expect(served.url).toBe(url);
  const refused = await add(client, HELLO, url);
  expect([refused.code === 0, refused.version]).toEqual([false, undefined]);
});

it('is what its schema says, and is left out where nobody knows the address', async () => {
  const out = await builtRegistry('https://plugins.example.com/registry/');
  const packument: unknown = JSON.parse(await readFile(join(out, routes.npm(HELLO)), 'utf8'));
  expect(isPackument(packument).ok).toBe(true);
  expect(packument).toMatchObject({
    'dist-tags': { latest: '1.1.0', next: '2.0.0-rc.1' },
    versions: {
      '1.0.0': { deprecated: 'Use 1.1.0.' },
      '1.1.0': { dist: { tarball: `https://plugins.example.com/registry/${routes.npmArchive(HELLO, '1.1.0')}` } },
    },
  });
  expect(packument).not.toHaveProperty(['versions', '1.2.0']);
});
