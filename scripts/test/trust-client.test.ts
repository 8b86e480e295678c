/** The client of the CLI against a signed registry, and against one that is attacked. */
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createApiClient, type ApiClient } from '@ar-registry/io/api-client';
import { describe, expect, it } from 'vitest';
import { DAY_MS, NOW_MS, crypto, newest, trustFixture, type Fixture } from './trust-fixture.ts';

const TAGS = 'tags.json';
const { signal } = new AbortController();
const tagsText = (...tags: readonly string[]): string =>
  JSON.stringify({ schemaVersion: 1, tags: tags.map((id) => ({ id, count: 1 })) });

interface Options {
  readonly root?: string;
  readonly nowMs?: number;
  readonly freshWillDo?: boolean;
  readonly allowStale?: boolean;
  readonly offline?: boolean;
  readonly cache?: string;
}

/** A client as each command makes it: what is kept is all that they share. */
function clientOf(
  fixture: Fixture,
  { root, nowMs = NOW_MS, freshWillDo = false, allowStale = false, offline = false, cache = 'cache' }: Options = {},
) {
  const met: string[] = [];
  const client: ApiClient = createApiClient({
    registryUrl: fixture.url,
    userAgent: 'test',
    cacheDir: path.join(fixture.folder, cache),
    offline,
    trust: {
      folder: path.join(fixture.folder, 'trusted'),
      writes: true,
      root,
      nowMs: () => nowMs,
      freshWillDo,
      allowStale,
      onFirstUse: (_url, fingerprint) => met.push(fingerprint),
    },
  });
  return { tags: async () => (await client.tags(signal)).tags.map(({ id }) => id), met, client };
}

async function registry(): Promise<Fixture> {
  const fixture = await trustFixture({ atMs: NOW_MS - DAY_MS / 4 });
  await publish(fixture, NOW_MS - DAY_MS / 8, 'one');
  return fixture;
}

async function publish(fixture: Fixture, atMs: number, ...tags: readonly string[]): Promise<void> {
  await fixture.write({ [TAGS]: tagsText(...tags) });
  await fixture.sign(atMs);
  await fixture.publish();
}

/** Everything that is asked for from here on, below `/api/v1/`. */
function watch(fixture: Fixture): string[] {
  const asked: string[] = [];
  fixture.intercept = (file) => {
    asked.push(file);
    return false;
  };
  return asked;
}

const refused = (code: string) => expect.objectContaining({ code, exit: 3 }) as unknown;

describe('a signed registry', () => {
  it('is met once, with the fingerprint of its root', async () => {
    const fixture = await registry();
    const first = clientOf(fixture);
    expect(await first.tags()).toEqual(['one']);
    expect(first.met).toEqual([crypto.sha256(fixture.served.get('trust/1.root.json') ?? new Uint8Array())]);
    const second = clientOf(fixture);
    expect(await second.tags()).toEqual(['one']);
    expect(second.met).toEqual([]);
  });

  it('costs one question for the timestamp where nothing is new, and none while the registry calls it fresh', async () => {
    const fixture = await registry();
    await clientOf(fixture).tags();
    const asked = watch(fixture);
    expect(await clientOf(fixture).tags()).toEqual(['one']);
    expect(asked).toEqual(['trust/timestamp.json']);
    expect(fixture.served.get('trust/timestamp.json')?.length).toBeLessThan(1000);
    asked.length = 0;
    expect(await clientOf(fixture, { freshWillDo: true, nowMs: NOW_MS + 30_000 }).tags()).toEqual(['one']);
    expect(asked).toEqual([]);
    expect(await clientOf(fixture, { freshWillDo: true, nowMs: NOW_MS + 90_000 }).tags()).toEqual(['one']);
    expect(asked).toEqual(['trust/timestamp.json']);
  });

  it('is asked for a newer root every day, also where nothing is new', async () => {
    const fixture = await registry();
    await clientOf(fixture).tags();
    const asked = watch(fixture);
    await clientOf(fixture, { nowMs: NOW_MS + DAY_MS }).tags();
    expect(asked).toContain('trust/2.root.json');
  });

  it('is followed through new documents and new keys', async () => {
    const fixture = await registry();
    await clientOf(fixture).tags();
    await fixture.change({ action: 'rotate', role: 'timestamp' });
    await publish(fixture, NOW_MS, 'one', 'two');
    expect(await clientOf(fixture).tags()).toEqual(['one', 'two']);
  });

  it('may be replaced in the middle of an answer', async () => {
    const fixture = await registry();
    await clientOf(fixture).tags();
    const old = new Map(fixture.served);
    await publish(fixture, NOW_MS, 'two');
    const now = new Map(fixture.served);
    let isFirst = true;
    fixture.intercept = (file, response) => {
      if (file !== 'trust/timestamp.json' || !isFirst) return false;
      isFirst = false;
      response.end(old.get(file));
      return true;
    };
    expect(now.get(TAGS)).not.toEqual(old.get(TAGS));
    expect(await clientOf(fixture, { cache: 'empty' }).tags()).toEqual(['two']);
  });

  it('can be used without a network within the grace, and not after it', async () => {
    const fixture = await registry();
    await clientOf(fixture).tags();
    expect(await clientOf(fixture, { offline: true, nowMs: NOW_MS + 10 * DAY_MS }).tags()).toEqual(['one']);
    await expect(clientOf(fixture, { offline: true, nowMs: NOW_MS + 20 * DAY_MS }).tags()).rejects.toEqual(
      refused('TRUST_EXPIRED'),
    );
  });

  it('can be used after it has expired by whoever says so, on the network and without, and goes no way back', async () => {
    const fixture = await registry();
    const old = new Map(fixture.served);
    await publish(fixture, NOW_MS - 1000, 'two');
    const later = { allowStale: true, nowMs: NOW_MS + 400 * DAY_MS };
    expect(await clientOf(fixture, later).tags()).toEqual(['two']);
    expect(await clientOf(fixture, { ...later, offline: true }).tags()).toEqual(['two']);
    for (const [file, bytes] of old) fixture.served.set(file, bytes);
    await expect(clientOf(fixture, later).tags()).rejects.toEqual(refused('TRUST_ROLLBACK'));
  });

  it('pins its README by the document of the plugin', async () => {
    const fixture = await registry();
    await expect(clientOf(fixture).client.readme('@acme/hello', signal)).rejects.toMatchObject({
      code: 'REGISTRY_RESPONSE_INVALID',
    });
  });
});

describe('a root that the user gives', () => {
  it('is the only one that is taken, the first or a later one', async () => {
    const fixture = await registry();
    await fixture.change({ action: 'rotate', role: 'root' });
    await publish(fixture, NOW_MS, 'one');
    for (const file of ['trust/1.root.json', 'trust/2.root.json']) {
      const root = crypto.sha256(fixture.served.get(file) ?? new Uint8Array());
      const client = clientOf(fixture, { root });
      expect(await client.tags()).toEqual(['one']);
      expect(client.met).toEqual([]);
    }
    await expect(clientOf(fixture, { root: 'f'.repeat(64) }).tags()).rejects.toEqual(refused('TRUST_METADATA_MISSING'));
  });

  it('is wanted from a registry that has none, and counts more than what was met before', async () => {
    const fixture = await registry();
    await clientOf(fixture).tags();
    await expect(clientOf(fixture, { root: 'f'.repeat(64) }).tags()).rejects.toEqual(refused('TRUST_METADATA_MISSING'));
    for (const file of fixture.served.keys()) if (file.startsWith('trust/')) fixture.served.delete(file);
    const other = await trustFixture();
    for (const file of other.served.keys()) if (file.startsWith('trust/')) other.served.delete(file);
    await expect(clientOf(other, { root: 'f'.repeat(64) }).tags()).rejects.toEqual(refused('TRUST_METADATA_MISSING'));
  });
});

describe('an attacker who has the web server', () => {
  const attacks: readonly (readonly [string, string, (fixture: Fixture) => void])[] = [
    [
      'another document',
      'TRUST_HASH_MISMATCH',
      ({ served }) =>
        void served.set(
          TAGS,
          Buffer.from(
            tagsText('two', 'six')
              .slice(0, served.get(TAGS)?.length)
              .padEnd(served.get(TAGS)?.length ?? 0),
          ),
        ),
    ],
    [
      'a longer document',
      'TRUST_LENGTH_MISMATCH',
      ({ served }) => void served.set(TAGS, Buffer.from(tagsText('one', 'evil'))),
    ],
    ['no document', 'TRUST_LENGTH_MISMATCH', ({ served }) => void served.delete(TAGS)],
    [
      'no signatures',
      'TRUST_METADATA_MISSING',
      ({ served }) =>
        [...served.keys()].filter((file) => file.startsWith('trust/')).forEach((file) => served.delete(file)),
    ],
    [
      'another timestamp',
      'TRUST_METADATA_INVALID',
      ({ served }) => void served.set('trust/timestamp.json', Buffer.from('{}')),
    ],
    [
      'no bin',
      'TRUST_METADATA_MISSING',
      ({ served }) =>
        [...served.keys()].filter((file) => file.includes('.bin-')).forEach((file) => served.delete(file)),
    ],
  ];

  it.each(attacks)('and serves %s is refused with %s; what was trusted stays', async (_what, code, attack) => {
    const fixture = await registry();
    expect(await clientOf(fixture).tags()).toEqual(['one']);
    await publish(fixture, NOW_MS, 'two');
    const good = new Map(fixture.served);
    attack(fixture);
    await expect(clientOf(fixture).tags()).rejects.toEqual(refused(code));
    await expect(clientOf(fixture).tags()).rejects.toEqual(refused(code));
    for (const [file, bytes] of good) fixture.served.set(file, bytes);
    expect(await clientOf(fixture).tags()).toEqual(['two']);
  });

  it('and serves the state of yesterday, genuine, is refused', async () => {
    const fixture = await registry();
    const old = new Map(fixture.served);
    await publish(fixture, NOW_MS, 'two');
    expect(await clientOf(fixture).tags()).toEqual(['two']);
    for (const [file, bytes] of old) fixture.served.set(file, bytes);
    await expect(clientOf(fixture).tags()).rejects.toEqual(refused('TRUST_ROLLBACK'));
  });

  it('and never shows a newer state is refused when it has expired, also where it says that nothing has changed', async () => {
    const fixture = await registry();
    await clientOf(fixture).tags();
    fixture.intercept = (file, response) => {
      if (!file.startsWith('trust/timestamp')) return false;
      response.writeHead(304).end();
      return true;
    };
    expect(await clientOf(fixture, { nowMs: NOW_MS + DAY_MS / 2 }).tags()).toEqual(['one']);
    await expect(clientOf(fixture, { nowMs: NOW_MS + 4 * DAY_MS }).tags()).rejects.toEqual(refused('TRUST_EXPIRED'));
  });

  it('and adds a document that was never signed is refused', async () => {
    const fixture = await trustFixture();
    fixture.served.set(TAGS, Buffer.from(tagsText('evil')));
    await expect(clientOf(fixture).tags()).rejects.toEqual(refused('TRUST_TARGET_UNKNOWN'));
  });
});

describe('a registry without signatures', () => {
  it('is asked for them once a day, and taken as it is until it has some', async () => {
    const fixture = await registry();
    const signed = new Map(fixture.served);
    for (const file of signed.keys()) if (file.startsWith('trust/')) fixture.served.delete(file);
    const asked = watch(fixture);
    const first = clientOf(fixture);
    expect(await first.tags()).toEqual(['one']);
    expect(first.met).toEqual([]);
    await clientOf(fixture, { nowMs: NOW_MS + DAY_MS / 2 }).tags();
    expect(asked.filter((file) => file.startsWith('trust/'))).toEqual(['trust/1.root.json']);
    for (const [file, bytes] of signed) fixture.served.set(file, bytes);
    const later = clientOf(fixture, { nowMs: NOW_MS + DAY_MS });
    expect(await later.tags()).toEqual(['one']);
    expect(later.met).toHaveLength(1);
  });

  it('may have a web page for every address', async () => {
    const fixture = await registry();
    fixture.intercept = (file, response) => {
      if (!file.startsWith('trust/')) return false;
      response.end('<!doctype html>');
      return true;
    };
    expect(await clientOf(fixture).tags()).toEqual(['one']);
  });
});

it('a damaged file of what is trusted is no reason to trust anybody', async () => {
  const fixture = await registry();
  await clientOf(fixture).tags();
  const top = path.join(fixture.folder, 'trusted');
  const [own = ''] = await readdir(top);
  await writeFile(path.join(top, own, 'state.json'), '{"kind":"signed"');
  await expect(clientOf(fixture).tags()).rejects.toMatchObject({ code: 'FILE_INVALID' });
  expect(newest(fixture, 'root')).toBe('1.root.json');
});

const ADVISORIES = 'advisories.json';
const listText = (...ids: readonly string[]): string =>
  JSON.stringify({
    schemaVersion: 1,
    advisories: ids.map((id) => ({
      id,
      plugin: '@acme/hello',
      affected: { versions: ['1.0.0'] },
      action: 'block-load',
      reason: 'Sends tokens to a stranger.',
      modified: '2026-05-01T00:00:00Z',
    })),
  });

/** A client that was there before the revocation, and what the server answered then. */
async function revoke() {
  const fixture = await registry();
  await fixture.write({ [ADVISORIES]: listText() });
  await publish(fixture, NOW_MS - DAY_MS / 16, 'one');
  const ask = async () => (await clientOf(fixture).client.advisories('@acme/hello', signal)).map(({ id }) => id);
  expect(await ask()).toEqual([]);
  const before = fixture.served.get(ADVISORIES) ?? new Uint8Array();
  await fixture.write({ [ADVISORIES]: listText('AR-2026-0001') });
  await publish(fixture, NOW_MS, 'one');
  return { fixture, before, ask };
}

describe('a revocation', () => {
  it('that is signed is heard of', async () => {
    const { ask } = await revoke();
    expect(await ask()).toEqual(['AR-2026-0001']);
  });

  it('is not hidden by a server that takes the list away, or shows the one before', async () => {
    const { fixture, before, ask } = await revoke();
    const now = fixture.served.get(ADVISORIES) ?? new Uint8Array();
    fixture.served.delete(ADVISORIES);
    await expect(ask()).rejects.toEqual(refused('TRUST_LENGTH_MISMATCH'));
    fixture.served.set(ADVISORIES, before);
    await expect(ask()).rejects.toEqual(expect.objectContaining({ exit: 3 }));
    fixture.served.set(ADVISORIES, Buffer.from(Buffer.from(now).toString().replace('block-load', 'block-abcd')));
    await expect(ask()).rejects.toEqual(refused('TRUST_HASH_MISMATCH'));
  });
});
