/** The client of a registry against servers that lie, break, stall and flood. All of them are on loopback. */
import { readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import type http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { routes } from '@ar-registry/core/layout';
import { createApiClient, type ApiClient, type ApiClientOptions } from '@ar-registry/io/api-client';
import { serveRegistry, type ServedRegistry } from '@ar-registry/testing/served-registry';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, errorOf } from './support/code-of.ts';
import { tempDir } from './support/temp-dir.ts';

const HELLO = '@acme/hello';
const { signal } = new AbortController();

let registry: ServedRegistry;

beforeAll(async () => {
  registry = await serveRegistry([
    { manifest: { version: '1.0.0' } },
    { manifest: { version: '1.1.0' } },
    { manifest: { name: '@acme/other', version: '1.0.0' } },
  ]);
});
afterEach(() => {
  registry.intercept = undefined;
});
afterAll(() => registry[Symbol.asyncDispose]());

function client(rest: Partial<ApiClientOptions> = {}): ApiClient {
  return createApiClient({ registryUrl: registry.url, userAgent: 'test', timeoutMs: 2000, ...rest });
}

/** Lets the server answer `route` in another way; `undefined` for every route. */
function answer(
  route: string | undefined,
  how: (request: http.IncomingMessage, response: http.ServerResponse) => void,
): void {
  registry.intercept = (request, response) => {
    if (route !== undefined && decodeURIComponent((request.url ?? '').slice(1)) !== route) return false;
    how(request, response);
    return true;
  };
}

const body =
  (text: string | Uint8Array, headers: http.OutgoingHttpHeaders = {}) =>
  (_request: unknown, response: http.ServerResponse): void => {
    response.writeHead(200, headers).end(text);
  };

/** The document at `route` with changes to it, as JSON. */
function changed(route: string, changes: object): string {
  const document = JSON.parse(Buffer.from(registry.files.get(route) ?? []).toString('utf8')) as object;
  return JSON.stringify({ ...document, ...changes });
}

const configBytes = (): Buffer => Buffer.from(registry.files.get(routes.config) ?? []);

const redirectTo =
  (location: string, status = 302) =>
  (_request: unknown, response: http.ServerResponse): void => {
    response.writeHead(status, { location }).end();
  };

/** Answers the configuration with an ETag, and 304 where it is known. */
function withEtag(etag: string): { full: number; unchanged: number } {
  const counts = { full: 0, unchanged: 0 };
  answer(routes.config, (request, response) => {
    if (request.headers['if-none-match'] === etag) {
      counts.unchanged += 1;
      response.writeHead(304).end();
      return;
    }
    counts.full += 1;
    response.writeHead(200, { etag }).end(registry.files.get(routes.config));
  });
  return counts;
}

const withCredentials = (): string => registry.url.replace('://', '://ada:s3cr3t@');

describe('documents', () => {
  it('are fetched and checked', async () => {
    const api = client();
    expect((await api.config(signal)).apiVersion).toBe('v1');
    expect((await api.plugin(HELLO, signal)).versions.map(({ version }) => version)).toEqual(['1.1.0', '1.0.0']);
    expect((await api.version(HELLO, '1.0.0', signal)).manifest.version).toBe('1.0.0');
    expect(await api.readme(HELLO, signal)).toContain('# Hello');
    expect((await api.searchIndex(signal)).plugins).toHaveLength(2);
    expect((await api.categories(signal)).categories).toBeInstanceOf(Array);
    expect((await api.tags(signal)).tags).toBeInstanceOf(Array);
  });

  it.each([
    ['a web page', '<!doctype html><title>Sign in</title>', 'REGISTRY_RESPONSE_INVALID'],
    ['nothing', '', 'REGISTRY_RESPONSE_INVALID'],
    ['half a document', '{"schemaVersion":1,', 'REGISTRY_RESPONSE_INVALID'],
    ['another document', '{"schemaVersion":1,"tags":[]}', 'REGISTRY_RESPONSE_INVALID'],
    ['a list', '[]', 'REGISTRY_RESPONSE_INVALID'],
    ['null', 'null', 'REGISTRY_RESPONSE_INVALID'],
    ['another name for the format', '{"schemaVersion":"1"}', 'REGISTRY_RESPONSE_INVALID'],
    ['a newer format', '{"schemaVersion":2}', 'REGISTRY_UNSUPPORTED'],
    ['deep nesting', '['.repeat(100_000) + ']'.repeat(100_000), 'REGISTRY_RESPONSE_INVALID'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00]), 'REGISTRY_RESPONSE_INVALID'],
  ])('are refused where the server sends %s', async (...[, sent, code]) => {
    answer(undefined, body(sent));
    expect(await codeOf(client().plugin(HELLO, signal))).toBe(code);
    expect(await codeOf(client().config(signal))).toBe(code);
  });

  it('are refused where they speak of another plugin', async () => {
    answer(routes.plugin(HELLO), body(registry.files.get(routes.plugin('@acme/other')) ?? ''));
    expect(await codeOf(client().plugin(HELLO, signal))).toBe('REGISTRY_RESPONSE_INVALID');
  });

  it('cannot carry a version that breaks comparisons', async () => {
    const document = changed(routes.plugin(HELLO), { version: '99999999999999999999.0.0' });
    answer(routes.plugin(HELLO), body(document));
    expect(await codeOf(client().plugin(HELLO, signal))).toBe('REGISTRY_RESPONSE_INVALID');
  });

  it('pollute nothing', async () => {
    const document = changed(routes.plugin(HELLO), {}).replace(
      '{',
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},',
    );
    answer(routes.plugin(HELLO), body(document));
    await client().plugin(HELLO, signal);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('a version', () => {
  it('that differs from its hash is refused', async () => {
    answer(routes.version(HELLO, '1.0.0'), body(changed(routes.version(HELLO, '1.0.0'), { more: 1 })));
    expect(await codeOf(client().version(HELLO, '1.0.0', signal))).toBe('INTEGRITY_MISMATCH');
  });

  it('whose archive is another than the list says is refused', async () => {
    const plugin = JSON.parse(changed(routes.plugin(HELLO), {})) as { versions: { integrity: string }[] };
    for (const version of plugin.versions) version.integrity = `sha512-${'A'.repeat(86)}==`;
    answer(routes.plugin(HELLO), body(JSON.stringify(plugin)));
    const error = await errorOf(client().version(HELLO, '1.0.0', signal));
    expect([error.code, error.facts]).toMatchObject(['INTEGRITY_MISMATCH', { expected: `sha512-${'A'.repeat(86)}==` }]);
  });

  it.each([
    ['another plugin', routes.version('@acme/other', '1.0.0')],
    ['another version', routes.version(HELLO, '1.1.0')],
  ])('that is %s is refused, though its hash is the one listed', async (_what, route) => {
    const stolen = registry.files.get(route) ?? Buffer.from('');
    const { dist } = JSON.parse(Buffer.from(stolen).toString('utf8')) as { dist: { integrity: string } };
    const { integrityOf } = await import('@ar-registry/io/digest');
    const plugin = JSON.parse(changed(routes.plugin(HELLO), {})) as {
      versions: { version: string; integrity: string; document: string }[];
    };
    for (const version of plugin.versions) {
      version.document = integrityOf(stolen);
      version.integrity = dist.integrity;
    }
    registry.intercept = (request, response) => {
      const asked = decodeURIComponent((request.url ?? '').slice(1));
      if (asked === routes.plugin(HELLO)) response.end(JSON.stringify(plugin));
      else if (asked === routes.version(HELLO, '1.0.0')) response.end(stolen);
      else return false;
      return true;
    };
    expect(await codeOf(client().version(HELLO, '1.0.0', signal))).toBe('REGISTRY_RESPONSE_INVALID');
  });

  it('that is not listed is not found, with those that are', async () => {
    const error = await errorOf(client().version(HELLO, '9.0.0', signal));
    expect([error.code, error.facts]).toEqual([
      'VERSION_NOT_FOUND',
      { plugin: HELLO, wanted: '9.0.0', available: ['1.1.0', '1.0.0'] },
    ]);
  });
});

describe('what is not there', () => {
  it.each([404, 410])('is a plugin that is not found (%d), with the names near to it', async (status) => {
    answer(routes.plugin('@acme/helo'), (_request, response) => void response.writeHead(status).end('gone'));
    const error = await errorOf(client().plugin('@acme/helo', signal));
    expect([error.code, error.facts]).toMatchObject(['PLUGIN_NOT_FOUND', { suggestions: [HELLO] }]);
  });

  it('is suggested in another scope', async () => {
    const error = await errorOf(client().plugin('@nobody/hello', signal));
    expect(error.facts).toMatchObject({ suggestions: [HELLO] });
  });

  it('is still a plugin that is not found where there is no search index', async () => {
    registry.intercept = (request, response) => {
      if (!(request.url ?? '').includes('search')) return false;
      response.writeHead(404).end();
      return true;
    };
    expect(await codeOf(client().plugin('@acme/ghost', signal))).toBe('PLUGIN_NOT_FOUND');
  });

  it('is no registry where not even the configuration is there', async () => {
    answer(undefined, (_request, response) => void response.writeHead(404).end('nothing here'));
    expect(await codeOf(client().plugin(HELLO, signal))).toBe('REGISTRY_STATUS');
  });

  it('is a README, told by its own code', async () => {
    expect(await codeOf(client().readme('@acme/ghost', signal))).toBe('README_NOT_FOUND');
  });

  it.each([
    [401, 'REGISTRY_UNAUTHORIZED'],
    [403, 'REGISTRY_UNAUTHORIZED'],
    [418, 'REGISTRY_STATUS'],
  ])('is told as it is for status %d', async (status, code) => {
    answer(undefined, (_request, response) => void response.writeHead(status).end());
    const error = await errorOf(client().plugin(HELLO, signal));
    expect([error.code, error.facts]).toMatchObject([code, { status }]);
  });
});

describe('a server in trouble', () => {
  it.each([429, 500, 502, 503, 504])('is asked again after %d', async (status) => {
    let asked = 0;
    answer(routes.config, (_request, response) => {
      asked += 1;
      if (asked < 2) response.writeHead(status, { 'retry-after': '0' }).end();
      else response.end(registry.files.get(routes.config));
    });
    expect((await client().config(signal)).apiVersion).toBe('v1');
    expect(asked).toBe(2);
  });

  it.each(['0', '-5', 'soon', 'Wed, 21 Oct 2015 07:28:00 GMT'])(
    'is asked three times at most (Retry-After: %s)',
    async (retryAfter) => {
      let asked = 0;
      answer(routes.config, (_request, response) => {
        asked += 1;
        response.writeHead(503, { 'retry-after': retryAfter }).end();
      });
      const error = await errorOf(client().config(signal));
      expect([error.code, error.facts]).toMatchObject(['REGISTRY_STATUS', { status: 503 }]);
      expect(asked).toBe(3);
    },
  );

  it('is not waited for as long as it likes', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    answer(routes.config, (_request, response) => {
      response.writeHead(503, { 'retry-after': '1e9' }).end();
      setImmediate(() => stop.abort(reason));
    });
    await expect(client().config(stop.signal)).rejects.toBe(reason);
  });

  it('that breaks the connection is asked again, and then reported', async () => {
    let asked = 0;
    answer(routes.config, (request) => {
      asked += 1;
      request.socket.destroy();
    });
    expect(await codeOf(client().config(signal))).toBe('REGISTRY_UNREACHABLE');
    expect(asked).toBe(3);
  });

  it('that is not there is reported', async () => {
    const server = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const error = await errorOf(client({ registryUrl: `http://127.0.0.1:${port}` }).config(signal));
    expect([error.code, error.facts]).toMatchObject(['REGISTRY_UNREACHABLE', { reason: 'the connection was refused' }]);
  });

  it('that has no name is reported', async () => {
    expect(await codeOf(client({ registryUrl: 'http://registry.invalid' }).config(signal))).toBe(
      'REGISTRY_UNREACHABLE',
    );
  });
});

describe('an answer that does not end as it should', () => {
  it.each([
    [
      'is cut before its length',
      (response: http.ServerResponse) => {
        response.writeHead(200, { 'content-length': configBytes().length + 10 });
        response.write(configBytes(), () => response.socket?.destroy());
      },
    ],
    [
      'is cut between its chunks',
      (response: http.ServerResponse) => {
        response.write(configBytes().subarray(0, 50), () => response.socket?.destroy());
      },
    ],
    [
      'is cut while it is compressed',
      (response: http.ServerResponse) => {
        response.writeHead(200, { 'content-encoding': 'gzip' });
        response.write(gzipSync(configBytes()).subarray(0, 50), () => response.socket?.destroy());
      },
    ],
    [
      'has a length that is no number',
      (response: http.ServerResponse) => {
        response.socket?.end('HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n{}');
      },
    ],
    [
      'has two lengths',
      (response: http.ServerResponse) => {
        response.socket?.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}');
      },
    ],
    [
      'is no HTTP',
      (response: http.ServerResponse) => {
        response.socket?.end('SSH-2.0-OpenSSH_9.0\r\n');
      },
    ],
    [
      'has headers without end',
      (response: http.ServerResponse) => {
        response.socket?.end(`HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(20_000)}\r\n{}`);
      },
    ],
  ])('is reported as a registry that cannot be reached: it %s', async (_what, send) => {
    answer(routes.config, (_request, response) => send(response));
    expect(await codeOf(client().config(signal))).toBe('REGISTRY_UNREACHABLE');
  });

  it.each([
    [
      'is compressed in part',
      (response: http.ServerResponse) => {
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(configBytes()).subarray(0, 50));
      },
    ],
    [
      'is not compressed as it says',
      (response: http.ServerResponse) => {
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(configBytes());
      },
    ],
    [
      'is not compressed as it says, by brotli',
      (response: http.ServerResponse) => {
        response.writeHead(200, { 'content-encoding': 'br' }).end(configBytes());
      },
    ],
    [
      'is compressed by something else',
      (response: http.ServerResponse) => {
        response.writeHead(200, { 'content-encoding': 'zstd' }).end(Buffer.from('x'));
      },
    ],
  ])('is no answer of a registry: it %s', async (_what, send) => {
    answer(routes.config, (_request, response) => send(response));
    expect(await codeOf(client().config(signal))).toBe('REGISTRY_RESPONSE_INVALID');
  });

  it('is refused where it is longer than it says', async () => {
    answer(routes.config, (_request, response) => {
      response.socket?.end(`HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n${configBytes().toString()}`);
    });
    // Whether the rest is seen first, or the part that is no JSON, is up to the network.
    expect(['REGISTRY_UNREACHABLE', 'REGISTRY_RESPONSE_INVALID']).toContain(await codeOf(client().config(signal)));
  });

  it.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['br', brotliCompressSync],
  ])('may be compressed by %s', async (encoding, compress) => {
    answer(routes.config, body(compress(configBytes()), { 'content-encoding': encoding }));
    expect((await client().config(signal)).apiVersion).toBe('v1');
  });

  it.each(['gzip', 'br'])('is stopped where it unpacks to more than it may (%s)', async (encoding) => {
    const bomb = Buffer.alloc(200 * 1024 * 1024);
    const packed = encoding === 'gzip' ? gzipSync(bomb) : brotliCompressSync(bomb.subarray(0, 100 * 1024 * 1024));
    answer(routes.config, body(packed, { 'content-encoding': encoding }));
    expect(await codeOf(client().config(signal))).toBe('REGISTRY_RESPONSE_TOO_LARGE');
  });

  it('is stopped where it never ends', async () => {
    let sent = 0;
    answer(routes.readme(HELLO), (_request, response) => {
      const chunk = Buffer.alloc(64 * 1024, 'a');
      const more = (): void => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length;
      };
      response.on('drain', more);
      more();
    });
    expect(await codeOf(client().readme(HELLO, signal))).toBe('REGISTRY_RESPONSE_TOO_LARGE');
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  it('is not waited for when the server falls silent, before or in the middle', async () => {
    answer(undefined, () => undefined);
    expect(await codeOf(client({ timeoutMs: 60 }).config(signal))).toBe('REGISTRY_UNREACHABLE');
    answer(undefined, (_request, response) => void response.write('{'));
    const error = await errorOf(client({ timeoutMs: 60 }).config(signal));
    expect([error.code, error.facts]).toMatchObject(['REGISTRY_UNREACHABLE', { reason: 'no answer for 60 ms' }]);
  });

  it('is not waited for when it trickles in', async () => {
    answer(undefined, (_request, response) => {
      const timer = setInterval(() => response.write(' '), 5);
      response.on('close', () => clearInterval(timer));
    });
    const error = await errorOf(client({ timeoutMs: 150 }).config(signal));
    expect([error.code, error.facts]).toMatchObject(['REGISTRY_UNREACHABLE', { reason: 'it answers too slowly' }]);
  });
});

describe('redirects', () => {
  it.each([301, 302, 303, 307, 308])('are followed (%d)', async (status) => {
    registry.files.set('moved.json', registry.files.get(routes.config) ?? Buffer.from(''));
    answer(routes.config, redirectTo('/moved.json', status));
    expect((await client().config(signal)).apiVersion).toBe('v1');
  });

  it.each([
    ['without end', (request: http.IncomingMessage) => request.url ?? ''],
    ['to a file', () => 'file:///etc/passwd'],
    ['to data', () => 'data:application/json,{}'],
    ['to nowhere', () => 'http://['],
  ])('are refused %s', async (_what, location) => {
    answer(routes.config, (request, response) => redirectTo(location(request))(request, response));
    expect(await codeOf(client().config(signal))).toBe('REGISTRY_RESPONSE_INVALID');
  });

  it('without a place to go are a status', async () => {
    answer(routes.config, (_request, response) => void response.writeHead(302).end());
    expect(await codeOf(client().config(signal))).toBe('REGISTRY_STATUS');
  });

  it('do not hand the credentials to another host', async () => {
    const seen: (string | undefined)[] = [];
    await using other = await serveRegistry([]);
    other.intercept = (request, response) => {
      seen.push(request.headers.authorization);
      response.end(registry.files.get(routes.config));
      return true;
    };
    answer(routes.config, redirectTo(`${other.url}/x`));
    await client({ registryUrl: registry.url.replace('://', '://ada:secret@') }).config(signal);
    expect(seen).toEqual([undefined]);
  });
});

describe('aborting', () => {
  it.each([
    ['before', () => undefined],
    ['while the server thinks', () => undefined],
    ['in the middle of the answer', (response: http.ServerResponse) => void response.write('{')],
  ])('ends it at once with the reason: %s', async (what, begin) => {
    const stop = new AbortController();
    const reason = new Error('enough');
    if (what === 'before') stop.abort(reason);
    answer(undefined, (_request, response) => {
      begin(response);
      setTimeout(() => stop.abort(reason), 20);
    });
    await expect(client().config(stop.signal)).rejects.toBe(reason);
  });

  it('is possible for many requests at a time, without a warning', async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error): void => void warnings.push(warning);
    process.on('warning', listen);
    const api = client();
    await Promise.all(Array.from({ length: 40 }, () => api.config(new AbortController().signal)));
    const shared = new AbortController();
    await Promise.all(Array.from({ length: 40 }, () => api.config(shared.signal)));
    await new Promise(setImmediate);
    process.off('warning', listen);
    expect(warnings).toEqual([]);
  });
});

describe('the cache', () => {
  it('learns once a day what the registry says of itself, beside what is asked for', async () => {
    await using temp = await tempDir();
    const before = registry.requests.length;
    const asked = (): number => registry.requests.slice(before).filter((route) => route === routes.config).length;
    const fetchAnew = async (): Promise<void> => {
      const files = await readdir(temp.path);
      await Promise.all(files.filter((name) => name.includes('plugins')).map((name) => rm(path.join(temp.path, name))));
      await client({ cacheDir: temp.path }).plugin(HELLO, signal);
    };
    await fetchAnew();
    await fetchAnew();
    expect(asked()).toBe(1);
    const yesterday = Date.now() / 1000 - 86_401;
    for (const name of await readdir(temp.path)) await utimes(path.join(temp.path, name), yesterday, yesterday);
    await fetchAnew();
    expect(asked()).toBe(2);
  });

  it('saves the body where nothing changed', async () => {
    await using temp = await tempDir();
    const counts = withEtag('"1"');
    const first = await client({ cacheDir: temp.path }).config(signal);
    expect(await client({ cacheDir: temp.path }).config(signal)).toEqual(first);
    expect(counts).toEqual({ full: 1, unchanged: 1 });
  });

  it('is as new as its last question: what did not change does not grow old', async () => {
    await using temp = await tempDir();
    withEtag('"1"');
    await client({ cacheDir: temp.path }).config(signal);
    const [name = ''] = await readdir(temp.path);
    const file = path.join(temp.path, name);
    await utimes(file, 0, 0);
    await client({ cacheDir: temp.path, offline: true }).config(signal);
    expect((await stat(file)).mtimeMs).toBe(0);
    await client({ cacheDir: temp.path }).config(signal);
    expect((await stat(file)).mtimeMs).toBeGreaterThan(0);
  });

  it('works with the time of the last change as well', async () => {
    await using temp = await tempDir();
    const lastModified = 'Wed, 21 Oct 2015 07:28:00 GMT';
    const asked: (string | undefined)[] = [];
    answer(routes.config, (request, response) => {
      asked.push(request.headers['if-modified-since']);
      response.writeHead(200, { 'last-modified': lastModified }).end(registry.files.get(routes.config));
    });
    await client({ cacheDir: temp.path }).config(signal);
    await client({ cacheDir: temp.path }).config(signal);
    expect(asked).toEqual([undefined, lastModified]);
  });

  it('keeps no failure, and no archive', async () => {
    await using temp = await tempDir();
    const api = client({ cacheDir: temp.path });
    await codeOf(api.readme('@acme/ghost', signal));
    expect(await readdir(temp.path)).toHaveLength(1);
    answer(undefined, body('archive', { etag: '"1"' }));
    await api.download(`${registry.url}/x.tgz`, 100, signal);
    // The configuration alone, which is remembered for the mirrors in it.
    expect(await readdir(temp.path)).toHaveLength(1);
  });

  it.each([
    ['empty', () => Buffer.alloc(0)],
    ['cut', (bytes: Buffer) => bytes.subarray(0, -20)],
    [
      'changed in one bit',
      (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -30), Buffer.from('!'), bytes.subarray(-29)]),
    ],
    [
      'of another body',
      (bytes: Buffer) => Buffer.concat([bytes.subarray(0, bytes.indexOf(10) + 1), Buffer.from('{}')]),
    ],
    ['without a head', (bytes: Buffer) => bytes.subarray(bytes.indexOf(10) + 1)],
    ['with a head that is null', (bytes: Buffer) => Buffer.concat([Buffer.from('null\n'), bytes])],
    [
      'with an ETag that is no text',
      (bytes: Buffer) => Buffer.from(bytes.toString('utf8').replace('"etag":"\\"1\\""', '"etag":{}')),
    ],
  ])('is mended by itself where a file of it is %s', async (_what, damage) => {
    await using temp = await tempDir();
    withEtag('"1"');
    const first = await client({ cacheDir: temp.path }).config(signal);
    const [name = ''] = await readdir(temp.path);
    const file = path.join(temp.path, name);
    await writeFile(file, damage(await readFile(file)));
    expect(await client({ cacheDir: temp.path }).config(signal)).toEqual(first);
  });

  it('asks once for a plugin in a command, and never again for a version that is pinned', async () => {
    await using temp = await tempDir();
    const asked: string[] = [];
    registry.intercept = (request) => {
      asked.push(decodeURIComponent((request.url ?? '').slice(1)));
      return false;
    };
    const look = async (userAgent: string): Promise<readonly string[]> => {
      const api = client({ cacheDir: temp.path, userAgent });
      await api.plugin(HELLO, signal);
      const version = await api.version(HELLO, '1.0.0', signal);
      expect(version).toMatchObject({ name: HELLO, version: '1.0.0' });
      return asked.splice(0);
    };
    const both = [routes.plugin(HELLO), routes.version(HELLO, '1.0.0')];
    expect((await look('ar/1')).toSorted()).toEqual([routes.config, ...both].toSorted());
    expect(await look('ar/1')).toEqual(both.slice(0, 1));
    // Another client may know better what a document must look like.
    expect(await look('ar/2')).toEqual(both);
  });

  it('keeps no document that is none', async () => {
    await using temp = await tempDir();
    answer(routes.config, body(changed(routes.config, { urls: 1 }), { etag: '"1"' }));
    expect(await codeOf(client({ cacheDir: temp.path }).config(signal))).toBe('REGISTRY_RESPONSE_INVALID');
    expect(await readdir(temp.path)).toEqual([]);
  });

  it('is not needed: one that cannot be written or read is no error', async () => {
    await using temp = await tempDir();
    await writeFile(path.join(temp.path, 'file'), '');
    withEtag('"1"');
    const cacheDir = path.join(temp.path, 'file', 'cache');
    expect((await client({ cacheDir }).config(signal)).apiVersion).toBe('v1');
  });

  it('does not make a document trusted: a version is compared with its hash all the same', async () => {
    await using temp = await tempDir();
    const route = routes.version(HELLO, '1.0.0');
    answer(route, body(changed(route, { more: 1 }), { etag: '"evil"' }));
    expect(await codeOf(client({ cacheDir: temp.path }).version(HELLO, '1.0.0', signal))).toBe('INTEGRITY_MISMATCH');
    expect(await codeOf(client({ cacheDir: temp.path }).version(HELLO, '1.0.0', signal))).toBe('INTEGRITY_MISMATCH');
  });

  it('does not hide that the list names another archive for a version than before', async () => {
    await using temp = await tempDir();
    await client({ cacheDir: temp.path }).version(HELLO, '1.0.0', signal);
    const plugin = JSON.parse(changed(routes.plugin(HELLO), {})) as { versions: { integrity: string }[] };
    for (const version of plugin.versions) version.integrity = `sha512-${'A'.repeat(86)}==`;
    answer(routes.plugin(HELLO), body(JSON.stringify(plugin)));
    for (const userAgent of ['test', 'newer'])
      expect(await codeOf(client({ cacheDir: temp.path, userAgent }).version(HELLO, '1.0.0', signal))).toBe(
        'INTEGRITY_MISMATCH',
      );
  });

  it('is not asked about a version whose list names another document by now', async () => {
    await using temp = await tempDir();
    const route = routes.version(HELLO, '1.0.0');
    const etag = (_request: http.IncomingMessage, response: http.ServerResponse): void =>
      void response.writeHead(200, { etag: '"1"' }).end(registry.files.get(route));
    answer(route, etag);
    await client({ cacheDir: temp.path }).version(HELLO, '1.0.0', signal);
    const document = Buffer.from(changed(route, { more: 1 }));
    const { integrityOf } = await import('@ar-registry/io/digest');
    const plugin = JSON.parse(changed(routes.plugin(HELLO), {})) as {
      versions: { version: string; document: string }[];
    };
    for (const entry of plugin.versions) if (entry.version === '1.0.0') entry.document = integrityOf(document);
    const conditions: (string | undefined)[] = [];
    registry.intercept = (request, response) => {
      const asked = decodeURIComponent((request.url ?? '').slice(1));
      if (asked === routes.plugin(HELLO)) response.end(JSON.stringify(plugin));
      else if (asked === route) {
        conditions.push(request.headers['if-none-match']);
        response.end(document);
      } else return false;
      return true;
    };
    await client({ cacheDir: temp.path }).plugin(HELLO, signal);
    // The list is newer than what is kept of the version: that is not there, and nobody's fault.
    const offline = client({ cacheDir: temp.path, offline: true });
    expect(await codeOf(offline.version(HELLO, '1.0.0', signal))).toBe('OFFLINE_NOT_CACHED');
    expect(await client({ cacheDir: temp.path }).version(HELLO, '1.0.0', signal)).toMatchObject({ more: 1 });
    expect(conditions).toEqual([undefined]);
  });

  it('is not there for a 304 that nobody asked for', async () => {
    answer(routes.config, (_request, response) => void response.writeHead(304).end());
    expect(await codeOf(client().config(signal))).toBe('REGISTRY_STATUS');
  });
});

describe('credentials in the address', () => {
  it('are used, for documents and for archives of the registry alone', async () => {
    const seen: (string | undefined)[] = [];
    answer(undefined, (request, response) => {
      seen.push(request.headers.authorization);
      response.end(registry.files.get(routes.config));
    });
    const api = client({ registryUrl: withCredentials() });
    await api.config(signal);
    await api.download(`${registry.url}/x`, 1e6, signal);
    await using other = await serveRegistry([]);
    other.intercept = (request, response) => {
      seen.push(request.headers.authorization);
      response.end('x');
      return true;
    };
    await api.download(`${other.url}/x`, 1e6, signal);
    const basic = `Basic ${Buffer.from('ada:s3cr3t').toString('base64')}`;
    expect(seen).toEqual([basic, basic, undefined]);
  });

  it('are never in what is written down: address, archives, cache', async () => {
    await using temp = await tempDir();
    answer(routes.config, body(registry.files.get(routes.config) ?? '', { etag: '"1"' }));
    const api = client({ registryUrl: `${withCredentials()}//`, cacheDir: temp.path });
    await api.config(signal);
    const document = await client().version(HELLO, '1.0.0', signal);
    expect([api.registryUrl, api.archiveUrl(document)]).toEqual([
      registry.url,
      `${registry.url}/${routes.download(HELLO, '1.0.0')}`,
    ]);
    for (const name of await readdir(temp.path))
      expect(await readFile(path.join(temp.path, name), 'utf8')).not.toContain('s3cr3t');
  });

  it.each([
    ['a status', (response: http.ServerResponse) => void response.writeHead(418).end()],
    ['a web page', (response: http.ServerResponse) => void response.end('<html>')],
    ['a broken connection', (response: http.ServerResponse) => void response.socket?.destroy()],
    ['a newer format', (response: http.ServerResponse) => void response.end('{"schemaVersion":2}')],
    [
      'a redirect to nowhere',
      (response: http.ServerResponse) => void response.writeHead(302, { location: 'http://[' }).end(),
    ],
  ])('are never in an error: %s', async (_what, send) => {
    answer(undefined, (_request, response) => send(response));
    for (const registryUrl of [withCredentials(), registry.url.replace('://', '://ada:s3cr3t%40x@')]) {
      const error = await errorOf(client({ registryUrl }).config(signal));
      expect(`${error.message}${error.remedy}${JSON.stringify(error.facts)}`).not.toMatch(/s3cr3t|ada/);
    }
  });

  it.each([
    'ftp://ada:s3cr3t@example.com',
    'ftp:ada:s3cr3t@example.com',
    'http://ada:s3cr3t@[',
    'http://ada:s3/cr3t@x y/',
    'http://ada:s3cr3t/x@example.com:port',
    'ssh://ada:s3cr3t@x/y?z',
  ])('are not in the error for %s, which is no registry', (registryUrl) => {
    const error = catching(() => client({ registryUrl }));
    expect(error).toMatchObject({ code: 'REGISTRY_URL_INVALID' });
    expect(String(error)).not.toMatch(/s3cr3t/);
  });
});

function catching(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

describe('the address of a registry', () => {
  it.each(['', 'registry.example', 'file://host/srv/registry', 'javascript:alert(1)', 'http://', '//example.com'])(
    'is not %j',
    (registryUrl) => {
      expect(catching(() => client({ registryUrl }))).toMatchObject({ code: 'REGISTRY_URL_INVALID' });
    },
  );

  it.each([
    ['https://r.example', 'https://r.example'],
    ['https://r.example/', 'https://r.example'],
    ['HTTPS://R.example/path//', 'https://r.example/path'],
    ['http://r.example:8080/a/b?x=1#y', 'http://r.example:8080/a/b'],
    ['https://ada:secret@r.example/a', 'https://r.example/a'],
  ])('%s is kept as %s', (given, kept) => {
    expect(client({ registryUrl: given }).registryUrl).toBe(kept);
  });

  it('may have a path', async () => {
    answer(undefined, (request, response) => {
      expect(request.url).toBe('/team/registry/api/v1/config.json');
      response.end(registry.files.get(routes.config));
    });
    expect((await client({ registryUrl: `${registry.url}/team/registry/` }).config(signal)).apiVersion).toBe('v1');
  });
});

describe('download', () => {
  it('gives the bytes, and asks for them as they are', async () => {
    const encodings: (string | undefined)[] = [];
    answer(undefined, (request, response) => {
      encodings.push(request.headers['accept-encoding']?.toString());
      response.end('archive');
    });
    expect(Buffer.from(await client().download(`${registry.url}/x.tgz`, 7, signal)).toString()).toBe('archive');
    expect(encodings).toEqual(['identity']);
  });

  it.each([
    ['by its length', { 'content-length': 8 }],
    ['by its bytes', {}],
  ])('stops at what was announced: %s', async (_what, headers) => {
    answer(undefined, body('archive!', headers));
    expect(await codeOf(client().download(`${registry.url}/x.tgz`, 7, signal))).toBe('REGISTRY_RESPONSE_TOO_LARGE');
  });

  it.each([404, 500])('tells the status %d', async (status) => {
    answer(undefined, (_request, response) => void response.writeHead(status, { 'retry-after': '0' }).end());
    expect(await codeOf(client().download(`${registry.url}/x.tgz`, 7, signal))).toBe('REGISTRY_STATUS');
  });

  it.each(['file:///etc/passwd', 'ftp://x/y', 'http://[', 'http://a%zz:b@127.0.0.1/', 'x', ''])(
    'refuses the address %j',
    async (url) => {
      expect(await codeOf(client().download(url, 7, signal))).toBe('REGISTRY_URL_INVALID');
    },
  );
});
