/** Tokens, mirrors, the cache without a network, folders and proxies: what a registry is reached by, and what it must not get. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { routes } from '@ar-registry/core/layout';
import { createApiClient, type ApiClient, type ApiClientOptions } from '@ar-registry/io/api-client';
import { createProxyAgents, createRoutedClient } from '@ar-registry/io/registries';
import type { ConfigDocument } from '@ar-registry/schemas';
import { serveRegistry, type ServedRegistry } from '@ar-registry/testing/served-registry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { codeOf, errorOf } from './support/code-of.ts';
import { tempDir } from './support/temp-dir.ts';

const HELLO = '@acme/hello';
const { signal } = new AbortController();

let registry: ServedRegistry;
let other: ServedRegistry;

beforeEach(async () => {
  registry = await serveRegistry([{ manifest: { version: '1.0.0' } }]);
  other = await serveRegistry([{ manifest: { version: '1.0.0' } }]);
});
afterEach(async () => {
  await registry[Symbol.asyncDispose]();
  await other[Symbol.asyncDispose]();
});

function client(rest: Partial<ApiClientOptions> = {}): ApiClient {
  return createApiClient({ registryUrl: registry.url, userAgent: 'test', timeoutMs: 2000, ...rest });
}

/** The authorization of every request, in order. */
function authorizations(served: ServedRegistry): (string | undefined)[] {
  const seen: (string | undefined)[] = [];
  const before = served.intercept;
  served.intercept = (request, response) => {
    seen.push(request.headers.authorization);
    return before?.(request, response) ?? false;
  };
  return seen;
}

function redirect(from: ServedRegistry, to: (path: string) => string | undefined): void {
  from.intercept = (request, response) => {
    const location = to(request.url ?? '');
    if (location === undefined) return false;
    response.writeHead(302, { location }).end();
    return true;
  };
}

/** Has the registry answer everything with `status`. */
function outOfOrder(status: number): void {
  registry.intercept = (_request, response) => {
    response.writeHead(status, { 'retry-after': '0' }).end();
    return true;
  };
}

/** Writes the registry to a folder; its address. */
async function built(folder: string): Promise<string> {
  for (const [route, bytes] of registry.files) {
    const file = path.join(folder, route);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, bytes);
  }
  return pathToFileURL(folder).href;
}

async function both(): Promise<{ readonly api: ApiClient; readonly warnings: string[] }> {
  const warnings: string[] = [];
  const own = client({ registryUrl: other.url });
  const api = createRoutedClient({
    fallback: client(),
    scopes: new Map([['acme', own]]),
    onWarn: (text) => void warnings.push(text),
  });
  return { api, warnings };
}

/** Forwards plain requests, and opens tunnels; notes what it was asked for. */
async function startProxy(): Promise<{ readonly url: string; readonly asked: string[] } & AsyncDisposable> {
  const asked: string[] = [];
  const server = http.createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers['proxy-authorization'] ?? ''}`.trim());
    const { 'proxy-authorization': _secret, ...headers } = request.headers;
    http.get(request.url ?? '', { headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(response);
    });
  });
  server.on('connect', (request, socket) => {
    asked.push(`CONNECT ${request.url}`);
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe('a token', () => {
  it('is sent with every question to the registry', async () => {
    const seen = authorizations(registry);
    const api = client({ token: 'abc' });
    const document = await api.version(HELLO, '1.0.0', signal);
    await api.download(api.archiveUrl(document), 1e6, signal);
    expect(new Set(seen)).toEqual(new Set(['Bearer abc']));
  });

  it('is not sent to where an archive lies elsewhere', async () => {
    const seen = authorizations(other);
    await client({ token: 'abc' }).download(`${other.url}/${routes.download(HELLO, '1.0.0')}`, 1e6, signal);
    expect(seen).toEqual([undefined]);
  });

  it('does not follow a redirect to another host, and does not come back from there', async () => {
    redirect(other, (url) => `${registry.url}/moved${url}`);
    const there = authorizations(other);
    redirect(registry, (url) => (url.startsWith('/moved') ? undefined : other.url + url));
    const here = authorizations(registry);
    registry.files.set(`moved/${routes.config}`, registry.files.get(routes.config) ?? Buffer.from(''));
    await client({ token: 'abc' }).config(signal);
    expect([here, there]).toEqual([['Bearer abc', undefined], [undefined]]);
  });

  it('follows a redirect within the registry', async () => {
    redirect(registry, (url) => (url.startsWith('/moved') ? undefined : `/moved${url}`));
    const seen = authorizations(registry);
    registry.files.set(`moved/${routes.config}`, registry.files.get(routes.config) ?? Buffer.from(''));
    await client({ token: 'abc' }).config(signal);
    expect(seen).toEqual(['Bearer abc', 'Bearer abc']);
  });

  it('is not sent to a mirror', async () => {
    const seen = authorizations(other);
    const registryUrl = await unusedUrl();
    await client({ registryUrl, token: 'abc', mirrors: [other.url] }).config(signal);
    expect(seen).toEqual([undefined]);
  });

  it.each([
    ['http://registry.example', 'abc'],
    ['http://127.0.0.1.example', 'abc'],
    ['https://registry.example', 'a b'],
    ['https://registry.example', 'abc\r\nx-evil: 1'],
    ['https://registry.example', 'x'.repeat(9000)],
  ])('for %s is refused unless it is one, and encrypted on its way', (...[registryUrl, token]) => {
    expect(() => client({ registryUrl, token, tokenEnv: 'ACME' })).toThrow(
      expect.objectContaining({ code: 'REGISTRY_TOKEN_REFUSED' }),
    );
  });

  it.each([401, 403])('that is not enough is told with its variable (%i), and never shown', async (status) => {
    registry.intercept = (_request, response) => {
      response.writeHead(status).end();
      return true;
    };
    const error = await errorOf(client({ token: 's3cr3t', tokenEnv: 'ACME' }).config(signal));
    expect([error.code, error.facts]).toMatchObject(['REGISTRY_UNAUTHORIZED', { status, tokenEnv: 'ACME' }]);
    expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain('s3cr3t');
  });
});

describe('mirrors', () => {
  it.each([500, 502, 503])('answer for a registry that says %i, documents and archives', async (status) => {
    outOfOrder(status);
    const notes: string[] = [];
    const api = client({ mirrors: [other.url], onNote: (note) => void notes.push(note) });
    const document = await api.version(HELLO, '1.0.0', signal);
    expect((await api.download(api.archiveUrl(document), 1e6, signal)).length).toBe(document.dist.size);
    expect(notes).toEqual([`${registry.url} answered with status ${status}; asking its mirror ${other.url}`]);
    // What is written down names the registry all the same.
    expect(api.archiveUrl(document)).toContain(registry.url);
  });

  it('answer for one that is not there, or falls silent', async () => {
    expect((await client({ registryUrl: await unusedUrl(), mirrors: [other.url] }).config(signal)).apiVersion).toBe(
      'v1',
    );
    registry.intercept = () => true;
    expect((await client({ timeoutMs: 50, mirrors: [other.url] }).config(signal)).apiVersion).toBe('v1');
  });

  it('are asked in their order, each once, and the first that answers is kept to', async () => {
    const notes: string[] = [];
    const dead = [await unusedUrl(), await unusedUrl()];
    const api = client({
      registryUrl: dead[0] ?? '',
      mirrors: [dead[1] ?? '', other.url],
      onNote: (note) => void notes.push(note),
    });
    await api.config(signal);
    await api.tags(signal);
    expect(notes).toHaveLength(2);
  });

  it('are not asked for what the registry does not have, or refuses', async () => {
    registry.files.delete(routes.readme(HELLO));
    expect(await codeOf(client({ mirrors: [other.url] }).readme(HELLO, signal))).toBe('README_NOT_FOUND');
    outOfOrder(401);
    expect(await codeOf(client({ mirrors: [other.url] }).config(signal))).toBe('REGISTRY_UNAUTHORIZED');
    expect(other.requests).toEqual([]);
  });

  it.each([401, 403])('that answer %i are passed over, and never asked with the token', async (status) => {
    await using closed = await serveRegistry([]);
    closed.intercept = (_request, response) => {
      response.writeHead(status).end();
      return true;
    };
    const seen = [authorizations(closed), authorizations(other)];
    outOfOrder(503);
    const api = client({ token: 's3cr3t', tokenEnv: 'ACME', mirrors: [closed.url, other.url] });
    const document = await api.version(HELLO, '1.0.0', signal);
    expect((await api.download(api.archiveUrl(document), 1e6, signal)).length).toBe(document.dist.size);
    expect([closed.requests.length, new Set(seen.flat())]).toEqual([1, new Set([undefined])]);
    const alone = await errorOf(client({ mirrors: [closed.url] }).config(signal));
    expect([alone.code, alone.facts]).toMatchObject(['REGISTRY_STATUS', { status: 503 }]);
  });

  it('that fail later are followed by the registry itself, which may be back', async () => {
    outOfOrder(503);
    const notes: string[] = [];
    const api = client({ mirrors: [other.url], onNote: (note) => void notes.push(note) });
    await api.config(signal);
    registry.intercept = undefined;
    await other[Symbol.asyncDispose]();
    expect((await api.tags(signal)).tags).toBeInstanceOf(Array);
    expect(notes.at(-1)).toMatch(/asking the registry itself$/);
    outOfOrder(401);
    expect(await codeOf(api.categories(signal))).toBe('REGISTRY_UNAUTHORIZED');
  });

  it('that are out of order too leave the registry’s own error', async () => {
    outOfOrder(503);
    const error = await errorOf(client({ mirrors: [await unusedUrl()] }).config(signal));
    expect([error.code, error.facts]).toMatchObject(['REGISTRY_STATUS', { status: 503 }]);
  });

  it('cannot pass another version off as the one that is pinned', async () => {
    const api = client({ mirrors: [other.url] });
    await api.plugin(HELLO, signal);
    outOfOrder(503);
    const route = routes.version(HELLO, '1.0.0');
    other.files.set(route, Buffer.concat([other.files.get(route) ?? Buffer.from(''), Buffer.from(' ')]));
    expect(await codeOf(api.version(HELLO, '1.0.0', signal))).toBe('INTEGRITY_MISMATCH');
  });

  it('that the registry named once are known when it is gone', async () => {
    await using temp = await tempDir();
    list(registry, [other.url]);
    await client({ cacheDir: temp.path }).plugin(HELLO, signal);
    outOfOrder(503);
    expect((await client({ cacheDir: temp.path }).tags(signal)).tags).toBeInstanceOf(Array);
  });

  it.each([
    ['a folder', () => pathToFileURL('/etc').href],
    ['an address with a name', () => other.url.replace('://', '://ada:x@')],
    ['no address', () => 'mirror'],
    ['no text', () => 1],
    ['itself', () => registry.url],
  ])('that are %s are not taken from a registry', async (_what, mirror) => {
    await using temp = await tempDir();
    list(registry, [mirror()]);
    await client({ cacheDir: temp.path }).plugin(HELLO, signal);
    outOfOrder(503);
    expect(await codeOf(client({ cacheDir: temp.path }).tags(signal))).toBe('REGISTRY_STATUS');
    expect(other.requests).toEqual([]);
  });
});

/** Has a registry list mirrors; the document need not be one. */
function list(served: ServedRegistry, mirrors: readonly unknown[]): void {
  const config = JSON.parse(Buffer.from(served.files.get(routes.config) ?? []).toString()) as ConfigDocument;
  served.files.set(routes.config, Buffer.from(JSON.stringify({ ...config, mirrors })));
}

async function unusedUrl(): Promise<string> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}`;
}

describe('offline', () => {
  it('everything comes from the cache, and nobody is asked', async () => {
    await using temp = await tempDir();
    const online = client({ cacheDir: temp.path });
    const version = await online.version(HELLO, '1.0.0', signal);
    const readme = await online.readme(HELLO, signal);
    const index = await online.searchIndex(signal);
    registry.requests.length = 0;
    const api = client({ cacheDir: temp.path, offline: true });
    expect(await api.version(HELLO, '1.0.0', signal)).toEqual(version);
    expect(await api.readme(HELLO, signal)).toBe(readme);
    expect(await api.searchIndex(signal)).toEqual(index);
    // Another version of this program checks again what is there.
    const newer = client({ cacheDir: temp.path, offline: true, userAgent: 'newer' });
    expect(await newer.version(HELLO, '1.0.0', signal)).toEqual(version);
    expect(registry.requests).toEqual([]);
  });

  it('what a mirror gave counts as well', async () => {
    await using temp = await tempDir();
    const options = { cacheDir: temp.path, registryUrl: await unusedUrl(), mirrors: [other.url] };
    await client(options).plugin(HELLO, signal);
    other.requests.length = 0;
    expect((await client({ ...options, offline: true }).plugin(HELLO, signal)).name).toBe(HELLO);
    expect(other.requests).toEqual([]);
  });

  it('what is missing is named', async () => {
    await using temp = await tempDir();
    const api = client({ cacheDir: temp.path, offline: true });
    const archive = `${registry.url}/${routes.download(HELLO, '1.0.0')}`;
    for (const [asked, what] of [
      [() => api.plugin(HELLO, signal), HELLO],
      [() => api.readme(HELLO, signal), `The README of ${HELLO}`],
      [() => api.searchIndex(signal), 'The search index of the registry'],
      [() => api.download(archive, 10, signal), `The archive at ${archive}`],
    ] as const) {
      const error = await errorOf(asked());
      expect([error.code, error.facts]).toEqual(['OFFLINE_NOT_CACHED', { what }]);
    }
    expect(registry.requests).toEqual([]);
  });

  it('a document that was damaged in the cache is not taken', async () => {
    await using temp = await tempDir();
    await client({ cacheDir: temp.path }).config(signal);
    const file = execFileSync('find', [temp.path, '-type', 'f'], { encoding: 'utf8' }).trim();
    await writeFile(file, (await readFile(file, 'utf8')).replace('"v1"', '"v9"'));
    expect(await codeOf(client({ cacheDir: temp.path, offline: true }).config(signal))).toBe('OFFLINE_NOT_CACHED');
  });
});

describe('a folder', () => {
  it('with a built registry is one, also with spaces and umlauts in its name, and offline', async () => {
    await using temp = await tempDir();
    const registryUrl = await built(path.join(temp.path, 'gebaut für uns #1 %20'));
    for (const offline of [false, true]) {
      const api = client({ registryUrl: `${registryUrl}/`, offline });
      const document = await api.version(HELLO, '1.0.0', signal);
      expect(api.archiveUrl(document)).toBe(`${registryUrl}/${routes.download(HELLO, '1.0.0')}`);
      expect((await api.download(api.archiveUrl(document), 1e6, signal)).length).toBe(document.dist.size);
      expect(await codeOf(api.plugin('@acme/helo', signal))).toBe('PLUGIN_NOT_FOUND');
    }
  });

  it('does not ask its mirrors elsewhere without a network, and another folder all the same', async () => {
    await using temp = await tempDir();
    const mirror = await built(path.join(temp.path, 'mirror'));
    const registryUrl = pathToFileURL(path.join(temp.path, 'gone')).href;
    const offline = { registryUrl, offline: true };
    const api = client({ ...offline, mirrors: [other.url] });
    expect(await codeOf(api.plugin(HELLO, signal))).toBe('REGISTRY_UNREACHABLE');
    expect(await codeOf(api.download(`${registryUrl}/${routes.config}`, 1e6, signal))).toBe('REGISTRY_UNREACHABLE');
    expect(other.requests).toEqual([]);
    expect((await client({ ...offline, mirrors: [other.url, mirror] }).plugin(HELLO, signal)).name).toBe(HELLO);
    expect((await client({ registryUrl, mirrors: [other.url] }).plugin(HELLO, signal)).name).toBe(HELLO);
  });

  it.each(['missing', '.'])('that is none is told (%s)', async (folder) => {
    await using temp = await tempDir();
    const registryUrl = pathToFileURL(path.join(temp.path, folder)).href;
    expect(await codeOf(client({ registryUrl }).config(signal))).toBe('REGISTRY_UNREACHABLE');
  });

  it('is not left: by no link, and by no address', async () => {
    await using temp = await tempDir();
    await writeFile(path.join(temp.path, 'secret.json'), '{}');
    const registryUrl = await built(path.join(temp.path, 'built'));
    const readme = path.join(temp.path, 'built', routes.readme(HELLO));
    await writeFile(readme, '');
    await symlink(path.join(temp.path, 'secret.json'), path.join(temp.path, 'built', 'link'));
    await symlink(temp.path, path.join(temp.path, 'built', 'up'));
    await symlink('api', path.join(temp.path, 'built', 'inside'));
    const api = client({ registryUrl });
    const ask = (route: string): Promise<unknown> => codeOf(api.download(`${registryUrl}/${route}`, 1e6, signal));
    for (const route of ['link', 'up/secret.json', '../secret.json', '%2e%2e/secret.json'])
      expect(await ask(route)).toBe('REGISTRY_RESPONSE_INVALID');
    expect(await ask('..%2fsecret.json')).toBe('REGISTRY_URL_INVALID');
    expect((await api.download(`${registryUrl}/inside/v1/config.json`, 1e6, signal)).length).toBeGreaterThan(10);
    expect(await codeOf(api.download(pathToFileURL(path.join(temp.path, 'secret.json')).href, 10, signal))).toBe(
      'REGISTRY_URL_INVALID',
    );
    expect(await codeOf(client().download(`${registryUrl}/link`, 10, signal))).toBe('REGISTRY_URL_INVALID');
  });

  it('has files and nothing else, and none longer than it may be', async () => {
    await using temp = await tempDir();
    const registryUrl = await built(temp.path);
    execFileSync('mkfifo', [path.join(temp.path, 'pipe')]);
    const api = client({ registryUrl });
    expect(await codeOf(api.download(`${registryUrl}/pipe`, 10, signal))).toBe('REGISTRY_RESPONSE_INVALID');
    expect(await codeOf(api.download(`${registryUrl}/api`, 10, signal))).toBe('REGISTRY_RESPONSE_INVALID');
    expect(await codeOf(api.download(`${registryUrl}/${routes.config}`, 10, signal))).toBe(
      'REGISTRY_RESPONSE_TOO_LARGE',
    );
  });

  it('whose documents lie is found out as a server is', async () => {
    await using temp = await tempDir();
    const registryUrl = await built(temp.path);
    await writeFile(path.join(temp.path, routes.config), '<html>');
    expect(await codeOf(client({ registryUrl }).config(signal))).toBe('REGISTRY_RESPONSE_INVALID');
  });
});

describe('several registries', () => {
  it('are asked each for its own scopes, and never for others', async () => {
    const { api } = await both();
    const document = await api.version(HELLO, '1.0.0', signal);
    expect([api.registryOf(HELLO), api.registryOf('@else/x')]).toEqual([other.url, registry.url]);
    expect(api.archiveUrl(document).startsWith(other.url)).toBe(true);
    await api.download(api.archiveUrl(document), 1e6, signal);
    await api.readme(HELLO, signal);
    expect(registry.requests).toEqual([]);
    other.files.delete(routes.plugin(HELLO));
    const { api: fresh } = await both();
    expect(await codeOf(fresh.plugin(HELLO, signal))).toBe('PLUGIN_NOT_FOUND');
    expect(registry.requests).toEqual([]);
  });

  it('are searched together, without what only looks like a private plugin', async () => {
    const { api } = await both();
    const index = JSON.parse(Buffer.from(other.files.get(routes.search) ?? []).toString()) as { plugins: object[] };
    const plugins = index.plugins.map((plugin) => ({ ...plugin, description: 'the private one' }));
    const stranger = { ...plugins[0], name: '@else/x' };
    other.files.set(routes.search, Buffer.from(JSON.stringify({ ...index, plugins: [...plugins, stranger] })));
    const found = await api.searchIndex(signal);
    expect(found.plugins.map(({ name, description }) => [name, description])).toEqual([[HELLO, 'the private one']]);
  });

  it('are searched without the one that is out of reach, which is said', async () => {
    const { api, warnings } = await both();
    await other[Symbol.asyncDispose]();
    expect((await api.searchIndex(signal)).plugins).toEqual([]);
    expect(warnings).toHaveLength(1);
  });
});

describe('a proxy', () => {
  it.each(['HTTP_PROXY', 'http_proxy'])('in %s is gone through', async (name) => {
    await using proxy = await startProxy();
    const url = proxy.url.replace('://', '://ada:x@');
    const api = client({ agentFor: createProxyAgents({ [name]: url }) });
    expect((await api.plugin(HELLO, signal)).name).toBe(HELLO);
    const basic = `Basic ${Buffer.from('ada:x').toString('base64')}`;
    expect(proxy.asked).toEqual([`GET ${registry.url}/${encodeURI(routes.plugin(HELLO))} ${basic}`]);
  });

  it.each([
    ['NO_PROXY', '127.0.0.1'],
    ['no_proxy', '*'],
  ])('is gone past where %s says %s', async (name, hosts) => {
    await using proxy = await startProxy();
    await client({ agentFor: createProxyAgents({ HTTP_PROXY: proxy.url, [name]: hosts }) }).config(signal);
    expect(proxy.asked).toEqual([]);
  });

  it.each(['HTTPS_PROXY', 'https_proxy'])('in %s is asked for a tunnel, and its refusal is told', async (name) => {
    await using proxy = await startProxy();
    const agentFor = createProxyAgents({ [name]: proxy.url.replace('://', '://ada:s3cr3t@') });
    const error = await errorOf(client({ registryUrl: 'https://registry.invalid', agentFor }).config(signal));
    expect(error.code).toBe('REGISTRY_UNREACHABLE');
    expect(proxy.asked[0]).toBe('CONNECT registry.invalid:443');
    expect(`${error.message} ${error.remedy}`).not.toContain('s3cr3t');
  });

  it.each(['22.13.0', '22.20.9', '23.11.0', '24.4.1'])('is more than Node.js %s can do', (node) => {
    expect(() => createProxyAgents({}, node)).toThrow(expect.objectContaining({ code: 'PROXY_UNSUPPORTED' }));
  });

  it.each(['22.21.0', '24.5.0', '26.0.0'])('is what Node.js %s can do', (node) => {
    expect(createProxyAgents({}, node)).toBeTypeOf('function');
  });
});
