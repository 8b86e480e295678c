import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { validator as isList } from '@ar-registry/schemas/validators/api/plugin-list';
import { validator as isProblem } from '@ar-registry/schemas/validators/api/problem';
import { createApp } from './app.ts';

const encoder = new TextEncoder();

function entry(name: string, rest: object = {}): object {
  return {
    name,
    version: '1.0.0',
    type: 'bridge',
    description: 'A plugin',
    tags: [],
    trust: 'community',
    license: 'MIT',
    author: 'A',
    publishedAt: '2026-01-01T00:00:00Z',
    updatedAt: '2026-01-01T00:00:00Z',
    downloads: 0,
    ...rest,
  };
}

const FILES: Readonly<Record<string, string>> = {
  'api/v1/config.json': '{"config":true}\n',
  'api/v1/plugins.json': '{"page":1}\n',
  'api/v1/plugins/featured.json': '{"featured":true}\n',
  'api/v1/plugins/@ar/slack-bridge.json': '{"plugin":true}\n',
  'api/v1/plugins/@ar/slack-bridge/1.2.0.json': '{"version":true}\n',
  'api/v1/plugins/@ar/slack-bridge/1.2.0/download': 'archive',
  'api/v1/plugins/@ar/slack-bridge/readme.md': '# Slack\n',
  'api/v1/plugins/@ar/slack-bridge/readme.html': '<h1>Slack</h1>\n',
  'api/v1/categories.json': '{"categories":[]}\n',
  'api/v1/tags.json': JSON.stringify({ tags: Array.from({ length: 200 }, () => 'many') }),
  'assets/text.Ab12Cd34.woff2': 'x'.repeat(4096),
  't/v1/install': 'ok\n',
  'api/v1/search/index.json': JSON.stringify({
    schemaVersion: 1,
    plugins: [entry('@ar/slack-bridge'), entry('@x/slack-hook', { type: 'hook' }), entry('@x/other')],
  }),
  '.ar-build.json': '{}',
};

const app = createApp({
  read: async (path) => {
    const text = Object.hasOwn(FILES, path) ? FILES[path] : undefined;
    return text === undefined ? undefined : { bytes: encoder.encode(text), etag: `"${text.length}"` };
  },
});

const get = (path: string, init: RequestInit = {}): Promise<Response> =>
  Promise.resolve(app.request(`http://localhost${path}`, init));

describe('the addresses of the reference', () => {
  it.each([
    ['/api/v1/plugins/@ar/slack-bridge', '{"plugin":true}\n'],
    ['/api/v1/plugins/%40ar%2Fslack-bridge', '{"plugin":true}\n'],
    ['/api/v1/plugins/@ar/slack-bridge.json', '{"plugin":true}\n'],
    ['/api/v1/plugins/@ar/slack-bridge/1.2.0', '{"version":true}\n'],
    ['/api/v1/plugins/@ar/slack-bridge/1.2.0/download', 'archive'],
    ['/api/v1/plugins/@ar/slack-bridge/readme', '# Slack\n'],
    ['/api/v1/plugins/featured', '{"featured":true}\n'],
    ['/api/v1/categories', '{"categories":[]}\n'],
    ['/api/v1/categories/', '{"categories":[]}\n'],
    ['/api/v1/plugins.json', '{"page":1}\n'],
  ])('%s', async (path, body) => {
    const response = await get(path);
    expect([response.status, await response.text()]).toEqual([200, body]);
  });
});

describe('search', () => {
  it('answers with a list document', async () => {
    const response = await get('/api/v1/plugins?q=slack&type=bridge&limit=20');
    const result = isList(await response.json());
    expect(result.ok && result.value.plugins.map(({ name }) => name)).toEqual(['@ar/slack-bridge']);
  });

  it('lists all without a text, in pages', async () => {
    const response = await get('/api/v1/plugins?sort=name&limit=1&offset=2');
    expect(await response.json()).toMatchObject({ total: 3, page: 3, pages: 3, plugins: [{ name: '@x/slack-hook' }] });
  });

  it.each(['limit=0', 'limit=101', 'limit=ten', 'limit=1e1', 'offset=-1', 'type=car', 'sort=best', 'trust=all'])(
    'refuses %s',
    async (query) => {
      const response = await get(`/api/v1/plugins?${query}`);
      const result = isProblem(await response.json());
      expect([response.status, result.ok && result.value.code]).toEqual([400, 'INVALID_QUERY']);
    },
  );

  it('has an entity tag of its own for each query', async () => {
    const [first, second] = [await get('/api/v1/plugins?q=slack'), await get('/api/v1/plugins?q=other')];
    expect(first.headers.get('etag')).not.toBe(second.headers.get('etag'));
    const headers = { 'if-none-match': first.headers.get('etag') ?? '' };
    expect((await get('/api/v1/plugins?q=slack', { headers })).status).toBe(304);
  });

  it('says that there is no index yet', async () => {
    const empty = createApp({ read: async () => undefined });
    expect((await empty.request('http://localhost/api/v1/plugins')).status).toBe(503);
  });
});

describe('what is refused', () => {
  it.each([
    '/../package.json',
    '/api/v1/%2e%2e/%2e%2e/package.json',
    '/api/v1/..%2f..%2fpackage.json',
    '/api/v1%5cconfig.json',
    '/.ar-build.json',
    '/api//v1/config.json',
    '/api/v1/config.json%00',
    '/%ff',
    '/api/v1/plugins/@ar/absent',
    '/__proto__',
  ])('%s', async (path) => {
    const response = await get(path);
    const result = isProblem(await response.json());
    expect([response.status, result.ok && result.value.code]).toEqual([404, 'NOT_FOUND']);
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('%s', async (method) => {
    const response = await get('/api/v1/plugins', { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });
});

describe('caching', () => {
  it('keeps nothing of what is asked for to be counted', async () => {
    const response = await get('/t/v1/install?p=@ar/slack-bridge&v=1.2.0');
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store']);
  });

  it('keeps versions for a year and asks again for all else', async () => {
    const immutable = 'public, max-age=31536000, immutable';
    for (const path of ['/api/v1/plugins/@ar/slack-bridge/1.2.0', '/api/v1/plugins/@ar/slack-bridge/1.2.0/download'])
      expect((await get(path)).headers.get('cache-control')).toBe(immutable);
    for (const path of [
      '/api/v1/plugins/@ar/slack-bridge',
      '/api/v1/config.json',
      '/api/v1/plugins/@ar/slack-bridge/readme',
    ])
      expect((await get(path)).headers.get('cache-control')).toBe('no-cache');
  });

  it.each(['"17"', 'W/"17"', '"1", "17"', '*'])('answers 304 for if-none-match %s', async (tag) => {
    const etag = (await get('/api/v1/plugins/@ar/slack-bridge')).headers.get('etag') ?? '';
    const headers = { 'if-none-match': tag.replace('"17"', etag) };
    const response = await get('/api/v1/plugins/@ar/slack-bridge', { headers });
    expect([response.status, await response.text()]).toEqual([304, '']);
  });

  it('answers HEAD with the headers of GET and no body', async () => {
    const response = await get('/api/v1/config.json', { method: 'HEAD' });
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([200, '16', '']);
  });
});

describe('compression', () => {
  const gzip = { headers: { 'accept-encoding': 'gzip, br' } };

  it('is for text, and for who asks for it', async () => {
    const [asked, plain] = [await get('/api/v1/tags.json', gzip), await get('/api/v1/tags.json')];
    expect([asked.headers.get('content-encoding'), plain.headers.get('content-encoding')]).toEqual(['gzip', null]);
    expect([asked.headers.get('vary'), plain.headers.get('vary')]).toEqual(['Accept-Encoding', 'Accept-Encoding']);
    const body = gunzipSync(Buffer.from(await asked.arrayBuffer())).toString();
    expect(body).toBe(await plain.text());
    for (const path of ['/assets/text.Ab12Cd34.woff2', '/api/v1/plugins/@ar/slack-bridge/1.2.0/download'])
      expect((await get(path, gzip)).headers.get('content-encoding')).toBeNull();
  });

  it('has an entity tag that is asked for again', async () => {
    const etag = (await get('/api/v1/tags.json', gzip)).headers.get('etag') ?? '';
    const again = await get('/api/v1/tags.json', { headers: { ...gzip.headers, 'if-none-match': etag } });
    expect([etag.slice(0, 2), again.status, await again.text()]).toEqual(['W/', 304, '']);
  });
});

describe('headers', () => {
  it('lets a browser do nothing with an author’s HTML', async () => {
    const response = await get('/api/v1/plugins/@ar/slack-bridge/readme.html');
    expect(response.headers.get('content-security-policy')).toContain('sandbox');
  });

  it('lets any page read', async () => {
    const response = await get('/api/v1/config.json');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await get('/api/v1/config.json', { method: 'OPTIONS' })).status).toBe(204);
  });

  it('names an archive after its plugin', async () => {
    const response = await get('/api/v1/plugins/@ar/slack-bridge/1.2.0/download');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="ar-slack-bridge-1.2.0.tgz"');
  });
});
