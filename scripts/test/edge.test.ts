/** The registry's API under the real workerd answers as `ar-registry serve` does, from the same files. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { dirname, join } from 'node:path';
import { routes } from '@ar-registry/core/layout';
import { buildShards } from '@ar-registry/core/search';
import { packSearchFile, toShardedIndex } from '@ar-registry/io/api-client';
import { integrityOf } from '@ar-registry/io/digest';
import type { SearchIndexDocument } from '@ar-registry/schemas';
import { validator as isList } from '@ar-registry/schemas/validators/api/plugin-list';
import { validator as isProblem } from '@ar-registry/schemas/validators/api/problem';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startServer } from '../src/stages/serve/index.ts';
import { buildPublicRegistry } from './support/public-registry.ts';
import { startWorkerd, wranglerConfig } from './support/workerd.ts';

const resources = new AsyncDisposableStack();
let node = '';
let edge = '';
let folder = '';

beforeAll(async () => {
  folder = await buildPublicRegistry(resources);
  await writeFile(join(folder, 'secret'), 'not of the registry');
  const server = await startServer({ dir: folder, host: '127.0.0.1', port: 0 });
  resources.defer(() => server.stop());
  node = server.url;
  edge = resources.use(await startWorkerd(folder)).url;
});

afterAll(() => resources.disposeAsync());

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Of what a client relies on. */
const HEADERS = [
  'content-encoding',
  'etag',
  'cache-control',
  'content-type',
  'content-length',
  'content-disposition',
  'content-security-policy',
  'access-control-allow-origin',
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-expose-headers',
  'x-content-type-options',
  'allow',
  'retry-after',
];

/** Not `fetch`, which resolves dot segments before it asks. */
function ask(base: string, path: string, init: { method?: string; headers?: Record<string, string> }): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(base, { path, method: init.method ?? 'GET', headers: init.headers ?? {} }, (response) => {
      const chunks: Buffer[] = [];
      response
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .once('end', () => {
          const headers = Object.fromEntries(HEADERS.map((name) => [name, response.headers[name]]));
          resolve({ status: response.statusCode ?? 0, headers, body: Buffer.concat(chunks).toString('latin1') });
        });
    });
    asked.once('error', reject).end();
  });
}

async function both(path: string, init: { method?: string; headers?: Record<string, string> } = {}): Promise<Answer> {
  const [served, atTheEdge] = await Promise.all([ask(node, path, init), ask(edge, path, init)]);
  expect(atTheEdge).toEqual(served);
  return atTheEdge;
}

const P = '/api/v1/plugins';

describe('both answer the same', () => {
  it.each([
    `${P}?q=hello&type=bridge&limit=20`,
    `${P}/@acme/hello`,
    `${P}/%40acme%2Fhello`,
    `${P}/@acme/hello/1.1.0`,
    `${P}/@acme/hello/1.1.0/download`,
    `${P}/@acme/hello/1.1.0/report`,
    `${P}/@acme/hello/readme`,
    `${P}/@acme/hello/readme.html`,
    `${P}/featured`,
    `${P}/popular`,
    '/api/v1/categories',
    '/api/v1/categories/',
    '/api/v1/tags',
    '/api/v1/openapi.json',
    '/api/v1/config.json',
    '/api/v1/status',
    '/api/v1/changes',
    '/api/v1/advisories',
    '/api/v1/advisories/AR-2026-0001',
    '/api/v1/stats/totals',
    '/api/v1/stats/reviews/@acme/hello',
    '/api/v1/search/index.json',
    '/feed.atom',
    '/npm/@acme/hello',
    '/npm/@acme%2fhello',
  ])('%s', async (path) => {
    const { status, headers, body } = await both(path);
    expect([status, body === '', typeof headers['etag']]).toEqual([200, false, 'string']);
    const again = await both(path, { headers: { 'if-none-match': String(headers['etag']) } });
    expect([again.status, again.body]).toEqual([304, '']);
    const head = await both(path, { method: 'HEAD' });
    expect([head.status, head.body, head.headers['etag']]).toEqual([200, '', headers['etag']]);
  });

  it.each<[string, readonly string[]]>([
    ['', ['@acme/hello', '@acme/other', '@zoo/hook']],
    ['type=hook', ['@zoo/hook']],
    ['category=communication&type=bridge', ['@acme/hello', '@acme/other']],
    ['tag=zoo', ['@zoo/hook']],
    ['q=hook', ['@zoo/hook']],
    ['sort=name&limit=1', ['@acme/hello']],
    ['sort=name&limit=1&offset=2', ['@zoo/hook']],
    ['limit=5&offset=100', []],
    ['q=%F0%9F%A6%8A%20nothing', []],
  ])('a search for “%s”', async (query, names) => {
    const { status, body } = await both(`${P}?${query}`);
    const list = isList(JSON.parse(Buffer.from(body, 'latin1').toString()));
    expect([status, list.ok && list.value.plugins.map(({ name }) => name).toSorted()]).toEqual([200, names]);
  });

  it.each<[number, string, string]>([
    [400, 'INVALID_QUERY', `${P}?limit=101`],
    [400, 'INVALID_QUERY', `${P}?type=car`],
    [400, 'INVALID_QUERY', `${P}?sort=best`],
    [400, 'INVALID_QUERY', `${P}?offset=-1`],
    [404, 'NOT_FOUND', `${P}/@acme/absent`],
    [404, 'NOT_FOUND', `${P}/@acme`],
    [404, 'NOT_FOUND', '/api/v1'],
    [404, 'NOT_FOUND', '/api//v1/config.json'],
    [404, 'NOT_FOUND', '/api/v1/..%2f..%2fsecret'],
    [404, 'NOT_FOUND', '/.ar-build.json'],
    [404, 'NOT_FOUND', '/%ff'],
    [404, 'NOT_FOUND', '/api/v1/config.json%00'],
    [404, 'NOT_FOUND', `/${'a'.repeat(2000)}`],
  ])('%i %s for %s', async (status, code, path) => {
    const answer = await both(path);
    const problem = isProblem(JSON.parse(answer.body));
    expect([answer.status, problem.ok && problem.value.code]).toEqual([status, code]);
    expect(answer.headers['content-type']).toBe('application/problem+json');
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('%s', async (method) => {
    const { status, headers } = await both(P, { method });
    expect([status, headers['allow']]).toEqual([405, 'GET, HEAD']);
  });

  it('a preflight', async () => {
    const headers = { origin: 'https://a.example', 'access-control-request-method': 'GET' };
    const answer = await both(`${P}?q=a`, { method: 'OPTIONS', headers });
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([204, '*']);
  });
});

describe('the worker', () => {
  it('is deployed by the guide’s configuration as one file that answers first, with values that wrangler knows', () => {
    const { main, no_bundle: asItIs, assets } = wranglerConfig();
    expect([main, asItIs, assets['run_worker_first']]).toEqual(['worker.js', true, true]);
    expect(['auto-trailing-slash', 'force-trailing-slash', 'drop-trailing-slash', 'none']).toContain(
      assets['html_handling'],
    );
    expect(['none', '404-page', 'single-page-application']).toContain(assets['not_found_handling']);
  });

  it('searches an index in shards', async () => {
    const whole = await readFile(join(folder, routes.search));
    onTestFinished(() => writeFile(join(folder, routes.search), whole));
    const { plugins } = JSON.parse(whole.toString()) as SearchIndexDocument;
    const making = buildShards(plugins, { hash: integrityOf });
    let step = making.next();
    for (; !step.done; step = making.next()) {
      const file = join(folder, routes.searchFile(step.value.name));
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, await packSearchFile(step.value.body));
    }
    await writeFile(join(folder, routes.search), toShardedIndex(step.value));
    const { status, body } = await both(`${P}?q=hello`);
    expect([status, body.includes('"@acme/hello"')]).toEqual([200, true]);
  });

  it('compresses nothing itself', async () => {
    const { headers, body } = await ask(edge, '/api/v1/openapi.json', { headers: { 'accept-encoding': 'gzip' } });
    expect([headers['content-encoding'], body.startsWith('{')]).toEqual([undefined, true]);
  });

  it('sees at once that a file changed', async () => {
    const before = await both('/api/v1/tags');
    await writeFile(join(folder, routes.tags), '{"schemaVersion":1,"tags":[]}\n');
    const after = await both('/api/v1/tags', { headers: { 'if-none-match': String(before.headers['etag']) } });
    expect([after.status, after.body]).toEqual([200, '{"schemaVersion":1,"tags":[]}\n']);
  });

  it('says that there is no search index yet', async () => {
    await rm(join(folder, routes.search));
    const { status, headers } = await both(P);
    expect([status, headers['retry-after']]).toEqual([503, '10']);
  });
});
