/** A client that has kept what it asked for, and comes back: what it asks then, and that it is told nothing that is old. */
import { readFile, readdir, utimes, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { routes } from '@ar-registry/core/layout';
import { createApiClient } from '@ar-registry/io/api-client';
import { createRoutedClient } from '@ar-registry/io/registries';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { codeOf } from './support/code-of.ts';
import { NAMES, deltaRegistry, look, lookWith, withEntityTags, type DeltaRegistry } from './support/delta-registry.ts';
import { tempDir } from './support/temp-dir.ts';

const { signal } = new AbortController();
const PLUGINS = NAMES.map(routes.plugin);
const ALL = [routes.advisories, ...PLUGINS].toSorted();
const CHANGED = NAMES[7] ?? '';
const isDelta = (path: string): boolean => path.startsWith('api/v1/changes/');
/** Of what the head leads to, the files whose names have so many letters. */
const isPart = (letters: number) => (path: string) =>
  isDelta(path) && path.length === routes.changesFile('a'.repeat(letters)).length;

let registry: DeltaRegistry;
let beginning: ReadonlyMap<string, Uint8Array>;

beforeAll(async () => {
  registry = await deltaRegistry();
  registry.restate();
  beginning = registry.snapshot();
});
beforeEach(() => {
  registry.served.intercept = undefined;
  registry.restore(beginning);
});
afterAll(() => registry[Symbol.asyncDispose]());

/** What the registry says of each plugin now. */
function truth(): readonly string[] {
  const { files } = registry.served;
  const textOf = (path: string): string => Buffer.from(files.get(path) ?? '').toString();
  return PLUGINS.map((path) => (JSON.parse(textOf(path)) as { readonly description: string }).description);
}

interface Visited {
  /** Looks again, and expects to be told the truth. */
  readonly again: () => ReturnType<typeof look>;
  readonly cacheDir: string;
}

/** Runs with a client that has everything as it was when it looked for the first time. */
async function visited(run: (client: Visited) => Promise<void>): Promise<void> {
  await using folder = await tempDir();
  const again = async (): ReturnType<typeof look> => {
    const seen = await look(registry.served, { cacheDir: folder.path });
    expect(seen.said).toEqual(truth());
    return seen;
  };
  const first = await again();
  // Nothing was kept, so that there was nothing to ask about.
  expect(first.asked.filter((path) => path !== routes.config).toSorted()).toEqual(ALL);
  await run({ again, cacheDir: folder.path });
}

/** Files of the delta that were asked for, and how many documents. */
function counted({ asked }: { readonly asked: readonly string[] }): readonly [delta: number, documents: number] {
  const delta = asked.filter(isDelta).length;
  return [delta, asked.length - delta];
}

describe('a client that comes back', () => {
  it('asks one thing where nothing has changed', () =>
    visited(async ({ again }) => {
      expect((await again()).asked).toEqual([routes.changesHead]);
      expect((await again()).bytes).toBeLessThan(340);
    }));

  it('asks for those documents alone that have changed', () =>
    visited(async ({ again }) => {
      registry.describe('changed', CHANGED);
      registry.restate();
      expect((await again()).asked).toEqual([routes.changesHead, routes.plugin(CHANGED)]);
      expect((await again()).asked).toEqual([routes.changesHead]);
    }));

  it.each([
    // Other plugins, those of them that changed since, and at most how many files of the delta, of how many bytes.
    { others: 0, changes: 0, files: 1, bytes: 340 },
    { others: 1000, changes: 0, files: 1, bytes: 120 },
    { others: 1000, changes: 1, files: 2, bytes: 11_000 },
    { others: 1000, changes: 100, files: 2, bytes: 11_000 },
    { others: 10_000, changes: 0, files: 1, bytes: 140 },
    { others: 10_000, changes: 10_000, files: 3, bytes: 200_000 },
    { others: 100_000, changes: 0, files: 1, bytes: 140 },
    { others: 100_000, changes: 1, files: 2, bytes: 50_000 },
    { others: 100_000, changes: 100, files: 5, bytes: 51_000 },
    { others: 100_000, changes: 10_000, files: 3, bytes: 920_000 },
  ])(
    'of $others other plugins, of which $changes have changed, asks for $files files at most',
    ({ others, changes, files, bytes }) =>
      visited(async ({ again }) => {
        registry.restate(others);
        const met = await again();
        // Also the first time, when it knows nothing of what is there.
        expect(counted(met)).toEqual([others === 0 ? 1 : 2, 0]);
        expect((await again()).asked).toEqual([routes.changesHead]);
        registry.restate(others, changes);
        const after = await again();
        expect(counted(after)[0]).toBeLessThanOrEqual(files);
        expect(counted(after)[1]).toBe(0);
        expect(after.bytes).toBeLessThan(bytes);
        expect((await again()).asked).toEqual([routes.changesHead]);
      }),
  );

  it('finds what changed among a hundred thousand that did', () =>
    visited(async ({ again }) => {
      registry.restate(100_000);
      await again();
      registry.describe('changed', ...NAMES.slice(3, 6));
      registry.restate(100_000, 100_000);
      const { asked } = await again();
      expect(asked.filter((path) => PLUGINS.includes(path))).toEqual(PLUGINS.slice(3, 6));
      expect((await again()).asked).toEqual([routes.changesHead]);
    }));

  it('has the small body of the head come again where the server knows no entity tags, and none where it does', () =>
    visited(async ({ again }) => {
      registry.restate(1000);
      const counting = withEntityTags(registry.served);
      await again();
      await again();
      counting.sent = 0;
      expect((await again()).asked).toEqual([routes.changesHead]);
      expect(counting.sent).toBe(0);
    }));

  it.each([
    ['was rolled back', () => registry.restore(beginning)],
    ['was made anew with fewer plugins', () => registry.restate(0)],
    ['has grown beyond one list', () => registry.restate(70)],
    ['has grown beyond one index', () => registry.restate(5000)],
  ])('is told what is there now where the registry %s', (_what, happen) =>
    visited(async ({ again }) => {
      registry.describe('newer', ...NAMES.slice(0, 5));
      registry.restate(1000, 500);
      await again();
      await again();
      happen();
      await again();
      expect((await again()).asked).toEqual([routes.changesHead]);
    }),
  );

  it('asks nobody where it is offline', () =>
    visited(async ({ cacheDir }) => {
      const seen = await look(registry.served, { cacheDir, offline: true });
      expect([seen.asked, seen.said]).toEqual([[], truth()]);
    }));

  it('asks for every document that another version of the program has checked', () =>
    visited(async ({ cacheDir }) => {
      const { asked } = await look(registry.served, { cacheDir, userAgent: 'test/2' });
      expect(asked.toSorted()).toEqual(ALL);
    }));

  it('does not ask what has changed where it has kept next to nothing', async () => {
    await using folder = await tempDir();
    const options = { registryUrl: registry.served.url, userAgent: 'test/1', cacheDir: folder.path };
    const first = createApiClient(options);
    await first.plugin(CHANGED, signal);
    await first.advisories(CHANGED, signal);
    const { asked } = await look(registry.served, { cacheDir: folder.path });
    expect(asked.filter(isDelta)).toEqual([]);
  });

  it.each([
    { plugins: 5, others: 0, first: 1, next: 1 },
    { plugins: 5, others: 1000, first: 7, next: 6 },
    { plugins: 7, others: 1000, first: 2, next: 1 },
  ])('asks what is least about $plugins plugins among $others others: $first files, then $next', (given) =>
    visited(async ({ cacheDir }) => {
      registry.restate(given.others);
      const counts: number[] = [];
      for (let times = 0; times < 3; times += 1) {
        registry.served.requests.length = 0;
        const client = createApiClient({ registryUrl: registry.served.url, userAgent: 'test/1', cacheDir });
        await lookWith(client, NAMES.slice(0, given.plugins));
        counts.push(registry.served.requests.length);
      }
      expect(counts).toEqual([given.first, given.next, given.next]);
    }),
  );

  it('is told what is there where its folder cannot be written', async () => {
    await using folder = await tempDir();
    const cacheDir = join(folder.path, 'is-a-file');
    await writeFile(cacheDir, '');
    registry.restate(5000);
    for (const text of ['one', 'two']) {
      registry.describe(text, CHANGED);
      registry.restate(5000);
      expect((await look(registry.served, { cacheDir })).said).toEqual(truth());
    }
  });

  it('asks for bins again of which what it knew is lost or damaged', () =>
    visited(async ({ again, cacheDir }) => {
      registry.restate(5000);
      await again();
      const [kept = ''] = (await readdir(cacheDir)).filter((name) => name.includes('head'));
      const file = join(cacheDir, kept);
      const whole = await readFile(file);
      registry.describe('changed', CHANGED);
      registry.restate(5000);
      for (const bytes of [whole.subarray(0, whole.length / 2), whole.with(400, 0), Buffer.alloc(whole.length)]) {
        await writeFile(file, bytes);
        expect(counted(await again())[0]).toBe(2);
        expect((await again()).asked).toEqual([routes.changesHead]);
      }
    }));

  it('is told what is there while another one asks at the same time', () =>
    visited(async ({ again, cacheDir }) => {
      registry.restate(5000);
      for (const text of ['one', 'two', 'three']) {
        registry.describe(text, CHANGED);
        registry.restate(5000);
        const both = await Promise.all([1, 2].map(() => look(registry.served, { cacheDir })));
        for (const { said } of both) expect(said).toEqual(truth());
      }
      await again();
      expect((await again()).asked).toEqual([routes.changesHead]);
    }));

  it('asks each of several registries once', async () => {
    await using folder = await tempDir();
    await using other = await deltaRegistry();
    other.restate();
    const ask = async (): Promise<unknown> => {
      const [one, two] = [registry.served.url, other.served.url].map((registryUrl) =>
        createApiClient({ registryUrl, userAgent: 'test/1', cacheDir: folder.path }),
      );
      if (!one || !two) throw new Error('no clients');
      const client = createRoutedClient({ fallback: one, scopes: new Map([['acme', two]]), onWarn: () => undefined });
      const names = [...NAMES, '@other/one', '@other/two'];
      await client.prepare(names, signal);
      return lookWith(client);
    };
    await ask();
    other.served.requests.length = 0;
    registry.served.requests.length = 0;
    await ask();
    expect([other.served.requests, registry.served.requests]).toEqual([[routes.changesHead, routes.changesHead], []]);
  });
});

describe('a network of servers that do not have the same files at a time', () => {
  it('gives new documents, though the list of what has changed is old', () =>
    visited(async ({ again }) => {
      await again();
      const old = registry.snapshot();
      registry.describe('new', CHANGED);
      registry.restate();
      registry.restore(old, isDelta);
      // Nobody has said so yet: what is kept is as good as what that server would say.
      const seen = await look(registry.served, {});
      expect(seen.said).toEqual(truth());
      registry.restate();
      await again();
    }));

  it('never has an old document taken for the new one that the list speaks of', () =>
    visited(async ({ again }) => {
      const old = registry.snapshot();
      registry.describe('new', CHANGED);
      registry.restate(5000);
      const now = registry.snapshot();
      registry.restore(old, (path) => !isDelta(path));
      // What is old is asked for until it is not.
      for (let times = 0; times < 3; times += 1) expect((await again()).asked).toContain(routes.plugin(CHANGED));
      registry.restore(now);
      expect((await again()).asked).toContain(routes.plugin(CHANGED));
      expect((await again()).asked).toEqual([routes.changesHead]);
    }));

  it('goes by a mirror that is behind while the registry is out of order, and by the registry once it is not', () =>
    visited(async ({ again, cacheDir }) => {
      await using mirror = await deltaRegistry();
      mirror.restore(beginning);
      registry.describe('new', CHANGED);
      registry.restate();
      await again();
      registry.served.intercept = (_request, response) => {
        response.writeHead(503, { 'retry-after': '0' }).end();
        return true;
      };
      // What a mirror says is kept apart from what the registry said.
      for (const asked of [[...ALL, routes.changesHead], [routes.changesHead]]) {
        mirror.served.requests.length = 0;
        const behind = await look(registry.served, { cacheDir, mirrors: [mirror.served.url] });
        expect(new Set(mirror.served.requests)).toEqual(new Set(asked));
        expect(behind.said).not.toContain('new');
      }
      registry.served.intercept = undefined;
      expect((await again()).asked).toEqual([routes.changesHead]);
    }));

  it.each([70, 5000])(
    'has documents asked for where, of %i others, what the head leads to is not there yet',
    (others) =>
      visited(async ({ again }) => {
        registry.describe('new', CHANGED);
        registry.restate(others);
        const now = registry.snapshot();
        registry.restore(new Map(), isPart(20));
        expect(counted(await again())[1]).toBe(ALL.length);
        registry.restore(now);
        await again();
        expect((await again()).asked).toEqual([routes.changesHead]);
      }),
  );

  it('has a document asked for whose bin is not there yet, and no other', () =>
    visited(async ({ again }) => {
      registry.restate(5000);
      await again();
      registry.describe('new', CHANGED);
      registry.restate(5000);
      const now = registry.snapshot();
      registry.restore(new Map(), isPart(12));
      for (let times = 0; times < 2; times += 1) expect((await again()).asked).toContain(routes.plugin(CHANGED));
      registry.restore(now);
      expect(counted(await again())).toEqual([2, 0]);
      expect((await again()).asked).toEqual([routes.changesHead]);
    }));

  it('does not go by bins of another state than that of the head', () =>
    visited(async ({ again }) => {
      registry.restate(5000);
      await again();
      const old = registry.snapshot();
      registry.describe('new', CHANGED);
      registry.restate(5000);
      await again();
      // A server that has not heard of it yet answers, and then one that has.
      const now = registry.snapshot();
      registry.restore(old, isDelta);
      expect((await again()).asked).toContain(routes.plugin(CHANGED));
      registry.restore(now);
      await again();
      expect((await again()).asked).toEqual([routes.changesHead]);
    }));
});

/** Names of files that some server may make a client ask for. */
const PLAIN =
  /^api\/v1\/(?:advisories|config|changes\/head|changes\/files\/[\w-]{8,20}|plugins\/@acme\/plugin-\d+)\.json$/;

function head(value: object): Buffer {
  return Buffer.from(JSON.stringify({ schemaVersion: 1, documents: 9, ...value }));
}

describe('a server that lies', () => {
  it.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['a web page', Buffer.from('<!doctype html><title>Sign in</title>')],
    ['no JSON', Buffer.from('{"schemaVersion":1,')],
    ['null', Buffer.from('null')],
    ['what is very deep', Buffer.from('['.repeat(60_000))],
    ['what is very long', Buffer.from(`{"schemaVersion":1,"documents":1,"digests":"${'A'.repeat(70_000)}"}`)],
    ['a later format', Buffer.from('{"schemaVersion":2,"documents":1,"index":"AAAAAAAAAAAAAAAAAAAA"}')],
    ['neither digests nor an index', head({})],
    ['both', head({ digests: '', index: 'A'.repeat(20) })],
    ['a number below zero', head({ documents: -1, digests: '' })],
    ['a number beyond all', Buffer.from('{"schemaVersion":1,"documents":1e999,"digests":""}')],
    ['digests that are cut off', head({ digests: 'AAAAAAAABBB' })],
    ['digests of other letters', head({ digests: '../../..' })],
    ['the digest of nothing', head({ digests: '' })],
    ['an index that leads elsewhere', head({ index: '../../../../etc/pass' })],
    ['an index that leads to another server', head({ index: '//evil.example/aaaaa' })],
    ['an index that is not there', head({ index: 'A'.repeat(20) })],
    ['a whole that is not there', head({ index: 'A'.repeat(20), whole: 'B'.repeat(20) })],
    ['a whole that leads elsewhere', head({ index: 'A'.repeat(20), whole: '../../../../etc/pass' })],
  ])('has every document asked for by answering %s', (_what, body) =>
    visited(async ({ again }) => {
      registry.describe('changed', CHANGED);
      registry.served.files.set(routes.changesHead, body);
      const { asked } = await again();
      expect(asked.filter((path) => !isDelta(path)).toSorted()).toEqual(ALL);
      expect(asked.filter((path) => !PLAIN.test(path))).toEqual([]);
    }),
  );

  it.each<[string, (body: Uint8Array) => string]>([
    ['another index', () => '{"schemaVersion":1,"digests":""}\n'],
    ['an index that is cut off', (body) => Buffer.from(body).toString().slice(0, 500)],
    ['what is very long', () => ' '.repeat(5_000_000)],
    ['too few bins', () => '{"schemaVersion":1,"bins":"AAAAAAAA"}\n'],
  ])('has every document asked for by %s under the name of the whole', (_what, change) =>
    visited(async ({ again }) => {
      registry.describe('changed', CHANGED);
      registry.restate(5000);
      const { files } = registry.served;
      for (const [path, bytes] of files)
        if (isDelta(path) && bytes.length > 5000) files.set(path, Buffer.from(change(bytes)));
      expect(counted(await again())).toEqual([2, ALL.length]);
    }),
  );

  it.each([403, 404, 410, 500])('has every document asked for by answering %i', (status) =>
    visited(async ({ again }) => {
      registry.served.intercept = (request, response) => {
        if (!(request.url ?? '').includes('/changes/')) return false;
        response.writeHead(status, { 'retry-after': '0' }).end();
        return true;
      };
      const { asked } = await again();
      expect(asked.filter((path) => !isDelta(path)).toSorted()).toEqual(ALL);
    }),
  );

  it('sends nobody round in circles', () =>
    visited(async ({ again }) => {
      registry.served.intercept = (request, response) => {
        if (!(request.url ?? '').includes('/changes/')) return false;
        response.writeHead(302, { location: `${request.url ?? ''}?more` }).end();
        return true;
      };
      const { asked } = await again();
      expect(asked.length).toBeLessThan(ALL.length + 10);
    }));

  it('is not asked for each plugin where it does not answer at all', () =>
    visited(async ({ cacheDir }) => {
      registry.served.intercept = (request) => {
        request.socket.destroy();
        return true;
      };
      registry.served.requests.length = 0;
      expect(await codeOf(look(registry.served, { cacheDir }))).toBe('REGISTRY_UNREACHABLE');
      expect(new Set(registry.served.requests)).toEqual(new Set([routes.changesHead, routes.advisories]));
    }));

  it('has every document asked for by ending the connection', () =>
    visited(async ({ again }) => {
      registry.describe('changed', CHANGED);
      registry.served.intercept = (request) => {
        if (!(request.url ?? '').includes('/changes/')) return false;
        request.socket.destroy();
        return true;
      };
      const { asked } = await again();
      expect([...new Set(asked)].filter((path) => !isDelta(path)).toSorted()).toEqual(ALL);
    }));
});

/** How a server answers that keeps its clients waiting; none of it ends in time. */
const SLOW: readonly (readonly [string, string, (response: ServerResponse, bytes: Uint8Array) => void])[] = [
  ['a byte at a time of the head', routes.changesHead, drip],
  ['a byte at a time of what the head leads to', 'changes/files/', drip],
  ['nothing for the head', routes.changesHead, () => undefined],
  ['a head without an end', routes.changesHead, (response, bytes) => response.writeHead(200).write(bytes)],
];

function drip(response: ServerResponse, bytes: Uint8Array): void {
  let at = 0;
  const timer = setInterval(() => response.write(bytes.subarray(at, (at += 1))), 20);
  response.on('close', () => clearInterval(timer));
}

describe('a server that is slow', () => {
  it.each(SLOW)('has every document asked for soon by sending %s', (_what, place, answer) =>
    visited(async ({ cacheDir }) => {
      registry.describe('changed', CHANGED);
      registry.restate(5000);
      let waiting = 0;
      registry.served.intercept = ({ url = '' }, response) => {
        if (!url.includes(place)) return false;
        waiting += 1;
        answer(response, registry.served.files.get(url.slice(1)) ?? Buffer.alloc(0));
        return true;
      };
      const notes: string[] = [];
      const slow = { cacheDir, timeoutMs: 1500, onNote: (text: string) => notes.push(text) };
      const beganMs = performance.now();
      const first = await look(registry.served, slow);
      const tookMs = performance.now() - beganMs;
      expect([first.said, waiting, notes.length]).toEqual([truth(), 1, 1]);
      // A third of the longest silence, and not twenty times of it.
      expect([tookMs >= 490, tookMs < 5000]).toEqual([true, true]);
      // Nor does the next command wait for it.
      const next = await look(registry.served, slow);
      expect([next.said, waiting]).toEqual([truth(), 1]);
      expect(next.asked.toSorted()).toEqual(ALL);
    }),
  );

  it('is asked what has changed again after an hour', () =>
    visited(async ({ again, cacheDir }) => {
      const { intercept } = registry.served;
      registry.served.intercept = ({ url = '' }) => url.includes('/changes/');
      await look(registry.served, { cacheDir, timeoutMs: 300 });
      registry.served.intercept = intercept;
      const hourAgo = new Date(Date.now() - 3_600_001);
      expect((await again()).asked).not.toContain(routes.changesHead);
      for (const name of await readdir(cacheDir)) await utimes(join(cacheDir, name), hourAgo, hourAgo);
      expect((await again()).asked).toEqual([routes.changesHead]);
    }));

  it('is not waited for by who gives up himself', () =>
    visited(async ({ cacheDir }) => {
      registry.served.intercept = () => true;
      const client = createApiClient({ registryUrl: registry.served.url, userAgent: 'test/1', cacheDir });
      await expect(client.prepare(NAMES, AbortSignal.timeout(100))).rejects.toThrow('timeout');
      registry.served.intercept = undefined;
      expect((await look(registry.served, { cacheDir })).asked).toEqual([routes.changesHead]);
    }));
});
