/** What one command has found out of a signed registry, and the next need not: nothing that is new, old or damaged passes by it. */
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createApiClient } from '@ar-registry/io/api-client';
import { describe, expect, it } from 'vitest';
import { DAY_MS, NOW_MS, trustFixture, type Fixture } from './trust-fixture.ts';

const { signal } = new AbortController();

interface Options {
  readonly nowMs?: number;
  readonly offline?: boolean;
  readonly freshWillDo?: boolean;
}

/** A command of its own: what is kept is all that it shares with others. */
async function look(
  fixture: Fixture,
  { nowMs = NOW_MS, offline = false, freshWillDo = false }: Options = {},
): Promise<string> {
  const folder = path.join(fixture.folder, 'trusted');
  const trust = { folder, writes: true, nowMs: () => nowMs, freshWillDo, onFirstUse: () => undefined };
  const cacheDir = path.join(fixture.folder, 'cache');
  const client = createApiClient({ registryUrl: fixture.url, userAgent: 'test', cacheDir, offline, trust });
  return (await client.tags(signal)).tags.map(({ id }) => id).join();
}

async function publish(fixture: Fixture, atMs: number, tag: string): Promise<void> {
  await fixture.write({ 'tags.json': JSON.stringify({ schemaVersion: 1, tags: [{ id: tag, count: 1 }] }) });
  await fixture.sign(atMs);
  await fixture.publish();
}

/** Looked at often enough that everything was found out. */
async function known(): Promise<Fixture> {
  const fixture = await trustFixture({ atMs: NOW_MS - DAY_MS / 4 });
  await publish(fixture, NOW_MS - DAY_MS / 8, 'one');
  for (let count = 0; count < 3; count += 1) expect(await look(fixture)).toBe('one');
  return fixture;
}

async function kept(fixture: Fixture, pattern: RegExp): Promise<string> {
  const folder = path.join(fixture.folder, 'trusted');
  const names = await readdir(folder, { recursive: true });
  const name = names.find((each) => pattern.test(path.basename(each)));
  if (name === undefined) throw new Error(`Nothing of ${names.join(', ')} is ${pattern.source}.`);
  return path.join(folder, name);
}

const refused = (code: string) => expect.objectContaining({ code }) as unknown;

describe('what an earlier command has found out', () => {
  it('is not found out again: neither signatures nor bins are looked at', async () => {
    const fixture = await known();
    await writeFile(await kept(fixture, /^bin-/), 'damaged');
    fixture.asked.length = 0;
    expect(await look(fixture)).toBe('one');
    expect(fixture.asked).toEqual(['timestamp.json']);
  });

  it('is of that state alone: what is new is seen, and so is what was withdrawn', async () => {
    const fixture = await known();
    const old = new Map(fixture.served);
    await publish(fixture, NOW_MS, 'two');
    expect(await look(fixture)).toBe('two');
    expect(await look(fixture)).toBe('two');
    for (const [file, bytes] of old) fixture.served.set(file, bytes);
    await expect(look(fixture)).rejects.toEqual(refused('TRUST_ROLLBACK'));
  });

  it('is no excuse for other bytes', async () => {
    const fixture = await known();
    const file = path.join(
      fixture.folder,
      'cache',
      (await readdir(path.join(fixture.folder, 'cache'))).find((name) => name.includes('tags')) ?? '',
    );
    await writeFile(file, (await readFile(file, 'utf8')).replace('"one"', '"six"'));
    fixture.served.set(
      'tags.json',
      Buffer.from((fixture.served.get('tags.json') ?? '').toString().replace('one', 'six')),
    );
    await expect(look(fixture)).rejects.toEqual(refused('TRUST_HASH_MISMATCH'));
  });

  it('ends when the state does, on the network and without', async () => {
    const fixture = await known();
    await expect(look(fixture, { nowMs: NOW_MS + 4 * DAY_MS })).rejects.toEqual(refused('TRUST_EXPIRED'));
    expect(await look(fixture, { offline: true, nowMs: NOW_MS + 10 * DAY_MS })).toBe('one');
    await expect(look(fixture, { offline: true, nowMs: NOW_MS + 20 * DAY_MS })).rejects.toEqual(
      refused('TRUST_EXPIRED'),
    );
  });

  it('does not stand for a state that is damaged', async () => {
    const fixture = await known();
    const file = await kept(fixture, /^state\.json$/);
    const state = JSON.parse(await readFile(file, 'utf8')) as { readonly snapshot: string };
    await writeFile(file, JSON.stringify({ ...state, snapshot: state.snapshot.replace('"version"', '"versiom"') }));
    await expect(look(fixture, { offline: true })).rejects.toEqual(refused('OFFLINE_NOT_CACHED'));
  });

  it.each(['', '{', 'null', '[]', '{"of":1}', '{"of":1,"untilMs":9e15,"documents":null}'])(
    'counts as nothing where it is damaged: %s',
    async (text) => {
      const fixture = await known();
      await writeFile(await kept(fixture, /^verdicts\.json$/), text);
      expect(await look(fixture)).toBe('one');
      await writeFile(await kept(fixture, /^verdicts\.json$/), text);
      await expect(look(fixture, { nowMs: NOW_MS + 4 * DAY_MS })).rejects.toEqual(refused('TRUST_EXPIRED'));
    },
  );
});
