/** Searching a large registry, whose index is in many files, over HTTP and from a server that lies. */
import fs from 'node:fs';
import path from 'node:path';
import zlib, { gzipSync } from 'node:zlib';
import { routes } from '@ar-registry/core/layout';
import {
  buildShards,
  searchPlugins,
  type SearchEntry,
  type SearchQuery,
  type SearchRoot,
} from '@ar-registry/core/search';
import {
  createApiClient,
  packSearchFile,
  toShardedIndex,
  unpackSearchFile,
  type ApiClient,
} from '@ar-registry/io/api-client';
import { integrityOf } from '@ar-registry/io/digest';
import { createRoutedClient } from '@ar-registry/io/registries';
import { serveRegistry, type ServedRegistry } from '@ar-registry/testing/served-registry';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { codeOf } from './support/code-of.ts';
import { tempDir } from './support/temp-dir.ts';

const { signal } = new AbortController();
const WORDS = ['slack', 'react', 'redis', 'queue', 'bridge', 'storage'];

const ENTRIES = Array.from({ length: 300 }, (_, index): SearchEntry => {
  const of = (step: number): string => WORDS[Math.floor(index / step) % WORDS.length] ?? '';
  return {
    name: `@acme/${of(1)}-${of(7)}-${index}`,
    version: '1.0.0',
    type: index % 3 === 0 ? 'bridge' : 'storage',
    description: `The ${of(2)} for ${of(5)}`,
    tags: [of(3)],
    trust: 'community',
    license: 'MIT',
    author: 'Acme',
    publishedAt: '2026-01-01T00:00:00Z',
    updatedAt: '2026-01-02T00:00:00Z',
    downloads: index * 7,
  };
});
/** So small that there are many shards and long lists. */
const LIMITS = {
  wholeList: 30,
  headLength: 10,
  shardBytes: [4000, 6000],
  documentsInShard: 10,
  numbersInBlock: 64,
} as const;

/** 65 MiB. */
const BOMB = gzipSync(Buffer.alloc(65 * 1024 * 1024), { level: 1 });

let registry: ServedRegistry;
let files: ReadonlyMap<string, Uint8Array>;

beforeAll(async () => {
  registry = await serveRegistry([{}]);
  const making = buildShards(ENTRIES, { hash: integrityOf, limits: LIMITS });
  let step = making.next();
  const made = new Map<string, Uint8Array>();
  for (; !step.done; step = making.next())
    made.set(routes.searchFile(step.value.name), await packSearchFile(step.value.body));
  files = made.set(routes.search, Buffer.from(toShardedIndex(step.value)));
});
beforeEach(() => {
  for (const [route, bytes] of files) registry.files.set(route, bytes);
  registry.requests.length = 0;
  registry.intercept = undefined;
});
afterAll(() => registry[Symbol.asyncDispose]());

interface ClientOptions {
  readonly cacheDir?: string;
  readonly offline?: boolean;
  readonly userAgent?: string;
}

const client = (rest: ClientOptions = {}): ApiClient =>
  createApiClient({ registryUrl: registry.url, userAgent: 'test', timeoutMs: 2000, ...rest });

const asked = (): readonly string[] =>
  registry.requests.map((request) => decodeURIComponent(request).replace(/^\//, ''));

describe('a search of a large registry', () => {
  it.each<SearchQuery>([
    { text: 'slack', limit: 5 },
    { text: 'slack react' },
    { text: 'slack', type: 'bridge', sort: 'updated', limit: 7, offset: 3 },
    { text: 'slak' },
    { text: 'que' },
    { type: 'storage', sort: 'name', limit: 20 },
    { tag: 'redis', limit: 4 },
    {},
  ])('finds %j as the search over all plugins does', async (query) => {
    expect(await client().search(query, signal)).toEqual(searchPlugins(ENTRIES, query));
  });

  it('asks for the index and one more file', async () => {
    await client().search({ text: 'slack', limit: 5 }, signal);
    expect(asked()).toEqual([routes.search, expect.stringMatching(/^api\/v1\/search\/files\//)]);
  });

  it('asks for nothing again that is named by its content, and for nothing at all without a network', async () => {
    await using dir = await tempDir();
    const first = await client({ cacheDir: dir.path }).search({ text: 'slack', limit: 5 }, signal);
    registry.requests.length = 0;
    expect(await client({ cacheDir: dir.path }).search({ text: 'slack', limit: 5 }, signal)).toEqual(first);
    expect(asked()).toEqual([routes.search]);
    expect(await client({ cacheDir: dir.path, offline: true }).search({ text: 'slack', limit: 5 }, signal)).toEqual(
      first,
    );
    expect(asked()).toHaveLength(1);
  });

  it('keeps what it unpacked, and unpacks nothing the next time', async () => {
    await using dir = await tempDir();
    const first = await client({ cacheDir: dir.path }).search({ text: 'slack', limit: 5 }, signal);
    const unpack = vi.spyOn(zlib, 'gunzipSync');
    const offline = client({ cacheDir: dir.path, offline: true });
    expect(await offline.search({ text: 'slack', limit: 5 }, signal)).toEqual(first);
    expect(unpack).not.toHaveBeenCalled();
    unpack.mockRestore();
  });

  it('asks anew for what was kept and is damaged, wherever in the file', async () => {
    await using dir = await tempDir();
    const first = await client({ cacheDir: dir.path }).search({ text: 'slack', limit: 5 }, signal);
    const kept = fs.readdirSync(dir.path).filter((name) => name.includes('files'));
    const [file = ''] = kept.map((name) => path.join(dir.path, name));
    const whole = fs.readFileSync(file);
    const start = whole.indexOf(0x0a) + 1;
    // In what it says of how long the body is, in the body, between the two, and in what was made of it.
    const said = whole.indexOf('"bodyBytes":') + '"bodyBytes":'.length + 1;
    for (const at of [said, start + 10, Math.floor((start + whole.length) / 2), whole.length - 2]) {
      fs.writeFileSync(file, whole.with(at, (whole[at] ?? 0) ^ 1));
      registry.requests.length = 0;
      expect(await client({ cacheDir: dir.path }).search({ text: 'slack', limit: 5 }, signal)).toEqual(first);
      expect(asked()).toEqual([routes.search, expect.stringMatching(/^api\/v1\/search\/files\//)]);
    }
  });

  it('fills no disk with what is small only while it is packed', async () => {
    await using dir = await tempDir();
    const { root } = JSON.parse(Buffer.from(files.get(routes.search) ?? '').toString()) as { readonly root: string };
    const padded = Buffer.concat([zlib.gunzipSync(Buffer.from(root, 'base64')), Buffer.alloc(20 * 1024 * 1024, ' ')]);
    const packed = gzipSync(padded).toString('base64');
    registry.files.set(
      routes.search,
      Buffer.from(JSON.stringify({ schemaVersion: 1, format: 'sharded', root: packed })),
    );
    const query = { text: 'slack', limit: 5 };
    const first = await client({ cacheDir: dir.path }).search(query, signal);
    expect(await client({ cacheDir: dir.path, offline: true }).search(query, signal)).toEqual(first);
    const sizes = fs.readdirSync(dir.path).map((name) => fs.statSync(path.join(dir.path, name)).size);
    expect(Math.max(...sizes)).toBeLessThan(1024 * 1024);
  });

  it('checks what another version of the client kept once, and not in every search', async () => {
    await using dir = await tempDir();
    registry.intercept = (request, response) => {
      const route = decodeURIComponent(request.url ?? '').slice(1);
      const bytes = files.get(route);
      if (!bytes) return false;
      registry.requests.push(request.url ?? '');
      const etag = `"${integrityOf(bytes)}"`;
      const isKnown = request.headers['if-none-match'] === etag;
      response.writeHead(isKnown ? 304 : 200, { etag }).end(isKnown ? undefined : bytes);
      return true;
    };
    const searches = async (userAgent: string): Promise<number> => {
      registry.requests.length = 0;
      await client({ cacheDir: dir.path, userAgent }).search({ text: 'slack', limit: 5 }, signal);
      return asked().filter((route) => route !== routes.search).length;
    };
    const counts = [await searches('old'), await searches('old'), await searches('new'), await searches('new')];
    expect(new Set(counts.slice(1, 2))).toEqual(new Set([0]));
    expect(counts).toEqual([counts[0], 0, counts[0], 0]);
  });

  it('suggests names near to one that is not there', async () => {
    const near = await client().pluginsNear('@acme/slak-slack-0', signal);
    expect(near.map(({ name }) => name)).toContain('@acme/slack-slack-0');
  });

  it('is put together with that of a registry of a scope', async () => {
    await using own = await serveRegistry([{ manifest: { name: '@mine/slack-secret' } }]);
    const mine = createApiClient({ registryUrl: own.url, userAgent: 'test', timeoutMs: 2000 });
    const both = createRoutedClient({ fallback: client(), scopes: new Map([['mine', mine]]), onWarn: () => undefined });
    const { total, plugins } = await both.search({ text: 'slack', sort: 'name', limit: 400 }, signal);
    expect(total).toBe(searchPlugins(ENTRIES, { text: 'slack' }).total + 1);
    expect(plugins.map(({ name }) => name)).toContain('@mine/slack-secret');
  });
});

/** The same files, below a root that says something else. */
function withRoot(change: (root: SearchRoot) => object): void {
  const { root } = JSON.parse(Buffer.from(files.get(routes.search) ?? '').toString()) as { readonly root: string };
  const changed = change(JSON.parse(zlib.gunzipSync(Buffer.from(root, 'base64')).toString()) as SearchRoot);
  registry.files.set(routes.search, Buffer.from(toShardedIndex(changed)));
}

describe('an index that says by which version its texts were cut into words', () => {
  it('is not searched by who does not know that version, also where it is kept', async () => {
    await using dir = await tempDir();
    withRoot((root) => ({ ...root, tokenizer: root.tokenizer + 1 }));
    for (const rest of [{}, { cacheDir: dir.path }, { cacheDir: dir.path }]) {
      const searching = client(rest).search({ text: 'slack', limit: 5 }, signal);
      await expect(searching).rejects.toMatchObject({
        code: 'REGISTRY_UNSUPPORTED',
        facts: { needs: expect.stringContaining('version 2') as string },
        remedy: expect.stringContaining('Update ar') as string,
      });
    }
  });

  it('is refused where it does not say so', async () => {
    withRoot(({ tokenizer: _left, ...root }) => root);
    const searching = client().search({ text: 'slack', limit: 5 }, signal);
    await expect(searching).rejects.toMatchObject({ code: 'REGISTRY_RESPONSE_INVALID' });
  });
});

const isFile = (route: string): boolean => route !== routes.search;
const search = (): Promise<unknown> => client().search({ text: 'slack' }, signal);
const index = (root: unknown): Uint8Array => Buffer.from(JSON.stringify({ schemaVersion: 1, format: 'sharded', root }));

function lie(how: (route: string) => Uint8Array | undefined): void {
  for (const route of files.keys()) {
    const bytes = how(route);
    if (bytes) registry.files.set(route, bytes);
  }
}

describe('a file of an index', () => {
  it('is the same bytes on whatever system it is made', async () => {
    const packed = await packSearchFile('{"schemaVersion":1}');
    // The system that zlib ran on would stand there; this is for any.
    expect(packed[9]).toBe(255);
    expect(unpackSearchFile(packed)?.toString('utf8')).toBe('{"schemaVersion":1}');
  });
});

describe('a server that lies', () => {
  it.each([
    ['another file of the same index', () => [...files.values()][0], 'INTEGRITY_MISMATCH'],
    ['what is not compressed', () => Buffer.from('{}'), 'REGISTRY_RESPONSE_INVALID'],
    ['a bomb', () => BOMB, 'REGISTRY_RESPONSE_INVALID'],
  ])('about a file with %s is told so', async (_what, bytes, code) => {
    lie((route) => (isFile(route) && route !== [...files.keys()][0] ? bytes() : undefined));
    expect(await codeOf(search())).toBe(code);
  });

  it('about what names the files is told so', async () => {
    for (const root of ['', 'AAAA', 'not base64', 7, gzipSync('{"schemaVersion":1}').toString('base64')]) {
      registry.files.set(routes.search, index(root));
      expect(await codeOf(search())).toBe('REGISTRY_RESPONSE_INVALID');
    }
  });

  it('that lacks a file is told so', async () => {
    for (const route of files.keys()) if (isFile(route)) registry.files.delete(route);
    expect(await codeOf(search())).toBe('REGISTRY_STATUS');
  });
});
