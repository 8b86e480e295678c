import type { StoredMessage } from '@ar-registry/sdk';
import { createTestContext, storageContract, type TestContext } from '@ar-registry/sdk/testing';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import exported from '../src/index.ts';
import { createPostgresStorage, type PostgresStorage } from '../src/plugin.ts';
import { startPostgres, type PostgresServer } from '@ar-registry/testing/postgres';

const NOW = Date.parse('2026-01-02T03:04:05Z');
const DAY_MS = 86_400_000;

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
}, 60_000);
afterAll(() => server[Symbol.asyncDispose]());

interface Loaded {
  readonly storage: PostgresStorage;
  readonly context: TestContext;
  readonly schema: string;
}

let schemas = 0;
const open: Loaded[] = [];
afterEach(async () => {
  for (const { storage, context } of open.splice(0)) {
    await storage.onUnload?.();
    await context.dispose();
  }
});

/** In a schema of its own, unless one is given. `init` is not called. */
async function load(config: Readonly<Record<string, unknown>> = {}): Promise<Loaded> {
  const schema = (config['postgresSchema'] as string | undefined) ?? `s${(schemas += 1)}`;
  const context = await createTestContext({ config: { databaseUrl: server.url, postgresSchema: schema, ...config } });
  const storage = createPostgresStorage(() => NOW);
  await storage.onLoad?.(context);
  const loaded = { storage, context, schema };
  open.push(loaded);
  return loaded;
}

async function ready(config: Readonly<Record<string, unknown>> = {}): Promise<Loaded> {
  const loaded = await load(config);
  await loaded.storage.init();
  return loaded;
}

function message(id: string, fields: Partial<StoredMessage> = {}): StoredMessage {
  return {
    id,
    ts: NOW,
    from: 'Alice',
    to: 'Bob',
    kind: 'message',
    body: 'hello',
    status: 'unread',
    is_urgent: false,
    ...fields,
  };
}

async function sql(text: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: server.url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

describe('the storage', () => {
  it.each(storageContract(async () => (await load()).storage))('$title', async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });

  it('keeps names and data of every kind, and finds them again', async () => {
    const { storage } = await ready();
    const odd = `\u0000\u001a'"\\ \ud800 x \udc00 \u{1f600} ␀`;
    const written = message(odd, {
      from: odd,
      to: odd,
      topic: odd,
      thread: odd,
      body: odd,
      data: { [odd]: [odd, null] },
    });
    await storage.saveMessage(written);
    expect(await storage.getMessageById?.(odd)).toEqual({ ...written, replyCount: 1 });
    expect(await storage.getMessages({ from: odd, to: odd, topic: odd, thread: odd })).toHaveLength(1);
  });

  it('saves many at once in few statements, one that cannot be saved alone', async () => {
    const { storage, schema } = await ready();
    const bad = { ...message('bad'), ts: 'yesterday' } as unknown as StoredMessage;
    const many = Array.from({ length: 2000 }, (_, index) => message(`m${index}`, { ts: NOW + index }));
    const results = await Promise.allSettled(
      [...many.slice(0, 700), bad, ...many.slice(700)].map((one) => storage.saveMessage(one)),
    );
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect(await sql(`SELECT count(*)::int AS count FROM ${schema}.messages`)).toEqual([{ count: 2000 }]);
  });

  it('finds messages by their words, the best first', async () => {
    const { storage } = await ready();
    await storage.saveMessage(message('m1', { body: 'the deployment failed on staging' }));
    await storage.saveMessage(message('m2', { body: 'deployment deployment deployment' }));
    await storage.saveMessage(message('m3', { body: 'lunch? \u0000' }));
    const found = async (words: string) => (await storage.searchMessages(words)).map(({ id }) => id);
    expect(await found('deployment')).toEqual(['m2', 'm1']);
    expect(await found('"failed on" -lunch')).toEqual(['m1']);
    expect(await found(`'); DROP TABLE messages; --`)).toEqual([]);
  });

  it('counts the replies of a message', async () => {
    const { storage } = await ready();
    await storage.saveMessage(message('m1'));
    await storage.saveMessage(message('m2', { thread: 'm1' }));
    expect((await storage.getMessageById?.('m1'))?.replyCount).toBe(1);
  });

  it('gives what a session still waits for, and where its streams are', async () => {
    const { storage } = await ready();
    const delivery = { deliverySessionId: 's1' };
    await storage.saveMessage(message('m1', { ...delivery, deliverySeq: 2 }));
    await storage.saveMessage(message('m2', { ...delivery, deliverySeq: 1, topic: 'news' }));
    await storage.saveMessage(message('m3', { ...delivery, deliverySeq: 3 }));
    await storage.updateMessageStatus?.('m3', 'acked');
    const pending = await storage.getPendingMessagesForSession?.('Bob', 's1');
    expect(pending?.map(({ id }) => id)).toEqual(['m2', 'm1']);
    expect(await storage.getMaxSeqByStream?.('Bob', 's1')).toEqual(
      expect.arrayContaining([
        { peer: 'Alice', maxSeq: 3 },
        { peer: 'Alice', topic: 'news', maxSeq: 1 },
      ]),
    );
  });

  it('keeps dead letters until somebody has seen to them', async () => {
    const { storage } = await ready();
    const { deadLetters } = storage as Required<PostgresStorage>;
    const letters = deadLetters as Required<typeof deadLetters>;
    const envelope = { from: 'Alice', to: 'Bob', kind: 'message', body: 'x\u0000', ts: NOW };
    const letter = await letters.add('m1', envelope, 'ttl_expired', 3, 'too late');
    expect(await letters.get(letter.id)).toEqual(letter);
    expect(await letters.acknowledge(letter.id, 'Carol')).toBe(true);
    expect(await letters.query({ acknowledged: false })).toEqual([]);
    const found = await letters.query({ acknowledged: true, orderBy: 'attemptCount' });
    expect(found).toMatchObject([{ acknowledgedBy: 'Carol' }]);
    expect([await letters.remove(letter.id), await letters.remove('unknown')]).toEqual([true, false]);
  });

  it('is the default export', async () => {
    await expect(exported.saveMessage(message('m1'))).rejects.toThrow('not loaded');
  });
});

describe('the tables', () => {
  it('are made once, by daemons that start at the same time', async () => {
    const { schema, storage } = await load();
    const other = await load({ postgresSchema: schema });
    await Promise.all([storage.init(), other.storage.init()]);
    expect(await sql(`SELECT version FROM ${schema}.schema_migrations ORDER BY version`)).toEqual([
      { version: 1 },
      { version: 2 },
      { version: 3 },
    ]);
    await storage.saveMessage(message('m1'));
    expect(await other.storage.getMessages()).toHaveLength(1);
  });

  it('of a newer version are left alone', async () => {
    const { schema } = await ready();
    await sql(`INSERT INTO ${schema}.schema_migrations (version) VALUES (99)`);
    const { storage } = await load({ postgresSchema: schema });
    await expect(storage.init()).rejects.toThrow('newer version');
  });

  it('lose what is older than it is to be kept, and nothing else', async () => {
    const { schema, storage } = await ready();
    await storage.saveMessage(message('old', { ts: NOW - 8 * DAY_MS }));
    await storage.saveMessage(message('new', { ts: NOW - 6 * DAY_MS }));
    await storage.startSession?.({ id: 'going', agentName: 'Alice', startedAt: NOW - 9 * DAY_MS });
    await storage.startSession?.({
      id: 'over',
      agentName: 'Alice',
      startedAt: NOW - 9 * DAY_MS,
      endedAt: NOW - 8 * DAY_MS,
    });
    const { context } = await ready({ postgresSchema: schema, postgresRetentionDays: '7' });
    await expect
      .poll(() => context.logger.entries.map(({ message: text }) => text))
      .toContain('Old rows were deleted.');
    expect((await storage.getMessages()).map(({ id }) => id)).toEqual(['new']);
    expect((await storage.getSessions?.())?.map(({ id }) => id)).toEqual(['going']);
  });
});

describe('the configuration', () => {
  it.each([
    ['DATABASE_URL', { databaseUrl: 'mysql://user:secret@host/x' }],
    ['DATABASE_URL', { databaseUrl: undefined }],
    ['POSTGRES_SCHEMA', { postgresSchema: 'a; DROP SCHEMA public' }],
    ['POSTGRES_POOL_SIZE', { postgresPoolSize: 0 }],
    ['POSTGRES_RETENTION_DAYS', { postgresRetentionDays: '-1' }],
  ])('that is wrong in %s is refused by its name, without its value', async (name, wrong) => {
    await using context = await createTestContext({ config: { databaseUrl: server.url, ...wrong } });
    const error: unknown = await createPostgresStorage(() => NOW)
      .onLoad?.(context)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toContain(name);
    expect(String(error)).not.toContain('secret');
  });
});
