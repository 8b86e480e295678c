/** What the guide for hosting says, run: its configurations by the servers themselves, its scripts by a shell. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { routes } from '@ar-registry/core/layout';
import { createApiClient } from '@ar-registry/io/api-client';
import { startNginx } from '@ar-registry/testing/nginx';
import { freePort } from '@ar-registry/testing/programs';
import { startCaddy } from '@ar-registry/testing/static-servers';
import { execa } from 'execa';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startServer } from '../src/stages/serve/index.ts';
import { guideCode, guideScript, programFolder } from './guide-code.ts';
import { clientOf, mirrorFixture, type MirrorFixture } from './mirror-fixture.ts';

const AUDIT = '@acme/audit';
const TOKEN = '3f0c9a51d7b24e86';
const LISTEN = '127.0.0.1:8080';
const { signal } = new AbortController();

interface Served extends AsyncDisposable {
  readonly url: string;
}

type Serve = (site: string, isPrivate?: boolean) => Promise<Served>;

/** As the guide has it, but for the port and the folder. */
const SERVERS: Readonly<Record<'nginx' | 'Caddy', Serve>> = {
  nginx: (site, isPrivate = false) => {
    const [main = '', users = '', refusal = ''] = guideCode('hosting.md', 'nginx');
    const own = isPrivate ? users + main.replace('root /srv/registry;', `$&\n${refusal}`) : main;
    return startNginx(own.replace(LISTEN, '127.0.0.1:{{port}}').replaceAll('/srv/registry', site));
  },
  Caddy: async (site, isPrivate = false) => {
    const port = await freePort();
    const [main = '', refusal = ''] = guideCode('hosting.md', 'caddyfile');
    const own = isPrivate ? main.replace('root * ', `${refusal}\nroot * `) : main;
    const sites = own.replace(LISTEN, `127.0.0.1:${port}`).replaceAll('/srv/registry', site);
    return startCaddy({ sites, port, env: { AR_REGISTRY_TOKEN: TOKEN } });
  },
};

async function ask(url: string, route: string, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(`${url}/${route}`, { headers });
  const get = (name: string): string => response.headers.get(name) ?? '';
  await response.arrayBuffer();
  return { status: response.status, caching: get('cache-control'), type: get('content-type'), get };
}

/** What the fixture does not have: one of each that is treated apart. */
const MORE_FILES: ReadonlyMap<string, string> = new Map([
  [routes.readmeHtml(AUDIT), '<p>hello</p>'],
  [routes.readme(AUDIT), '# hello'],
  [routes.readmeImage(AUDIT, `${'0a'.repeat(16)}.png`), 'picture'],
  [routes.npm(AUDIT), '{}'],
  [routes.npmArchive(AUDIT, '1.0.0'), 'archive'],
  [routes.searchFile('0vJx_-9a'), 'words'],
  ['assets/page.B_mxAKGp.css', 'p {}'],
  ['assets/letters.B_mxAKGp.woff2', 'letters'],
  ['llms.txt', 'words'],
  ['feed.atom', '<feed/>'],
  ['t/v1/install', 'ok'],
]);

const COMPARED = [
  'cache-control',
  'content-security-policy',
  'access-control-allow-origin',
  'access-control-expose-headers',
  'x-content-type-options',
] as const;

/**
 * Without how letters are written, which each server adds where it likes. No type means the same as that of mere bytes.
 *
 * @source RFC 9110 §8.3
 */
async function headersOf(url: string, file: string): Promise<Readonly<Record<string, string>>> {
  const { status, type, get } = await ask(url, file);
  const compared = Object.fromEntries(COMPARED.map((name) => [name, get(name)]));
  return { file, status: String(status), type: type.replace(/;.*$/, '') || 'application/octet-stream', ...compared };
}

describe.each(Object.entries(SERVERS))('%s, configured as the guide says', (_name, serve) => {
  it('serves a registry whose clients check everything, and caches only what never changes', async () => {
    const fixture: MirrorFixture = await mirrorFixture();
    await writeFile(path.join(fixture.folder, 'site', routes.readmeHtml(AUDIT)), '<p>hello</p>');
    await mkdir(path.join(fixture.folder, 'site/npm/@acme'), { recursive: true });
    await writeFile(path.join(fixture.folder, 'site/npm/@acme/audit'), '{}');
    await using server = await serve(path.join(fixture.folder, 'site'));
    const { url } = server;
    const client = clientOf(fixture, url);
    const document = await client.version(AUDIT, '1.0.0', signal);
    expect((await client.download(client.archiveUrl(document), document.dist.size, signal)).length).toBe(
      document.dist.size,
    );

    const config = await ask(url, routes.config);
    expect(config).toMatchObject({ status: 200, caching: 'no-cache' });
    expect(config.type).toContain('application/json');
    expect(await ask(url, routes.config, { 'if-none-match': config.get('etag') })).toMatchObject({ status: 304 });
    for (const route of [routes.version(AUDIT, '1.0.0'), routes.download(AUDIT, '1.0.0')])
      expect(await ask(url, route)).toMatchObject({ status: 200, caching: expect.stringContaining('immutable') });
    const missing = await ask(url, routes.version(AUDIT, '9.0.0'));
    expect([missing.status, missing.caching.includes('immutable')]).toEqual([404, false]);
    expect(await ask(url, 'api/v1/plugins/%40acme/audit')).toMatchObject({ status: 200, caching: 'no-cache' });
    expect((await ask(url, 'npm/@acme%2faudit')).type).toContain('application/json');
    expect((await ask(url, '.ar-build.json')).status).toBe(404);
    expect((await ask(url, routes.readmeHtml(AUDIT))).get('content-security-policy')).toContain("default-src 'none'");
    const packed = await ask(url, routes.openApi, { 'accept-encoding': 'gzip' });
    expect([packed.get('content-encoding'), packed.get('vary').toLowerCase()]).toEqual(['gzip', 'accept-encoding']);
    const same = { 'accept-encoding': 'gzip', 'if-none-match': packed.get('etag') };
    expect(await ask(url, routes.openApi, same)).toMatchObject({ status: 304 });
  });

  it('sends what `ar-registry serve` sends', async () => {
    const fixture = await mirrorFixture();
    const site = path.join(fixture.folder, 'site');
    for (const [file, content] of MORE_FILES) {
      await mkdir(path.dirname(path.join(site, file)), { recursive: true });
      await writeFile(path.join(site, file), content);
    }
    await using server = await serve(site);
    const own = await startServer({ dir: site, host: '127.0.0.1', port: 0 });
    onTestFinished(() => own.stop());
    const files = [
      ...MORE_FILES.keys(),
      routes.config,
      routes.version(AUDIT, '1.0.0'),
      routes.download(AUDIT, '1.0.0'),
    ];
    for (const file of files) expect(await headersOf(server.url, file)).toEqual(await headersOf(own.url, file));
  });

  it('lets nobody in without the token, letter by letter', async () => {
    const fixture = await mirrorFixture();
    await using server = await serve(path.join(fixture.folder, 'site'), true);
    const { url } = server;
    for (const authorization of ['', 'Bearer ', `Bearer ${TOKEN.toUpperCase()}`, `Bearer ${TOKEN}x`, `Basic ${TOKEN}`])
      expect([authorization, (await ask(url, routes.config, { authorization })).status]).toEqual([authorization, 401]);
    expect((await ask(url, routes.config)).status).toBe(401);
    expect((await ask(url, routes.config, { authorization: `Bearer ${TOKEN}` })).status).toBe(200);
    const options = { registryUrl: url, userAgent: 'test' };
    await expect(createApiClient(options).config(signal)).rejects.toMatchObject({ code: 'REGISTRY_UNAUTHORIZED' });
    const client = createApiClient({ ...options, token: TOKEN });
    const document = await client.version(AUDIT, '1.0.0', signal);
    expect((await client.download(client.archiveUrl(document), document.dist.size, signal)).length).toBeGreaterThan(0);
  });
});

describe('the script for cron', () => {
  it('publishes what is new in the repository, once, and nothing where nothing is new', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'ar-cron-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const bin = await programFolder(folder);
    const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}`, GIT_CONFIG_GLOBAL: '/dev/null', HOME: folder };
    const run = (command: string, ...args: readonly string[]) => execa(command, [...args], { cwd: folder, env });
    await run(
      'ar-registry',
      'init',
      'first',
      '--title',
      'Ours',
      '--owner',
      'ada:4711',
      '--scope',
      'acme',
      '--keys',
      'keys',
    );
    await run('git', 'clone', '--quiet', '--bare', 'first', 'index.git');
    await run('git', 'clone', '--quiet', 'index.git', 'index');
    await writeFile(path.join(folder, 'publish.sh'), guideScript('hosting.md', 'publish.sh', folder));
    await run('sh', 'publish.sh');
    const commitOf = async (): Promise<unknown> => {
      const status = await readFile(path.join(folder, 'site', routes.status), 'utf8');
      return (JSON.parse(status) as { readonly commit: string }).commit;
    };
    const head = async (): Promise<string> => (await run('git', '-C', 'index.git', 'rev-parse', 'main')).stdout;
    const timestamp = () => readFile(path.join(folder, 'site', routes.trust, 'timestamp.json'), 'utf8');
    expect(await commitOf()).toBe(await head());
    const before = await timestamp();
    await run('sh', 'publish.sh');
    expect(await timestamp()).toBe(before);
    await writeFile(
      path.join(folder, 'first/scopes/more.yaml'),
      'schemaVersion: 1\nscope: more\nlevel: community\nowners: [{ login: ada, id: 4711 }]\n',
    );
    await run('git', '-C', 'first', 'add', '--all');
    await run(
      'git',
      '-C',
      'first',
      '-c',
      'user.name=A',
      '-c',
      'user.email=a@example.com',
      'commit',
      '--quiet',
      '-m',
      'A scope',
    );
    await run('git', '-C', 'first', 'push', '--quiet', path.join(folder, 'index.git'), 'main');
    await run('sh', 'publish.sh');
    expect(await commitOf()).toBe(await head());
    expect(await timestamp()).not.toBe(before);
  });
});
