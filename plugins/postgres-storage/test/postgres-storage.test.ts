import { randomBytes } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';
import type { StoredMessage } from '@ar-registry/sdk';
import { createTestContext, storageContract, type TestContext } from '@ar-registry/sdk/testing';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import exported from '../src/index.ts';
import { createPostgresStorage, type PostgresStorage } from '../src/plugin.ts';
import { startPostgres, type PostgresServer } from '@ar-registry/testing/postgres';

const NOW = Date.parse('2026-01-02T03:04:05Z');
const DAY_MS = 86_400_000;
const OWN_CONNECTIONS = `SELECT count(*)::int AS count FROM pg_stat_activity WHERE application_name = 'agent-relay'`;

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

async function outcome({ storage }: Loaded): Promise<string | undefined> {
  return (await storage.health?.())?.status;
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
    // What was written by one statement has one transaction.
    const [row] = await sql(
      `SELECT count(*)::int AS rows, count(DISTINCT xmin::text)::int AS statements FROM ${schema}.messages`,
    );
    expect(row?.['rows']).toBe(2000);
    expect(row?.['statements']).toBeLessThan(20);
  });

  it.each([
    [{ postgresPoolSize: 2 }, 2],
    [{ postgresPoolSize: '3' }, 3],
    [{}, 10],
  ])('opens, with %j, %i connections for many calls at once', async (config, size) => {
    const { storage } = await ready(config);
    await storage.saveMessage(message('m1'));
    const found = await Promise.all(Array.from({ length: 60 }, () => storage.getMessages({ from: 'Alice' })));
    expect(found.map((messages) => messages.length)).toEqual(Array(60).fill(1));
    // They are kept for the next calls.
    expect(await sql(OWN_CONNECTIONS)).toEqual([{ count: size }]);
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

  it('keeps names of any length, and finds messages by them', async () => {
    const { storage } = await ready();
    const long = Array.from({ length: 4000 }, () => randomBytes(1).toString('hex')).join('');
    const names = { from: `${long}f`, to: `${long}t`, topic: `${long}o`, thread: `${long}d` };
    await storage.saveMessage(message('m1', { ...names, deliverySessionId: long, deliverySeq: 1 }));
    await storage.saveMessage(message('m2', { ...names, thread: `${long}x` }));
    expect((await storage.getMessages(names)).map(({ id }) => id)).toEqual(['m1']);
    expect(await storage.getPendingMessagesForSession?.(names.to, long)).toHaveLength(1);
    await storage.startSession?.({ id: 's', agentName: long, startedAt: NOW });
    expect(await storage.getSessions?.({ agentName: long })).toHaveLength(1);
    const { deadLetters } = storage as Required<PostgresStorage>;
    await deadLetters.add('m1', { from: 'a', to: long, kind: 'k', body: '', ts: NOW }, 'unknown', 1);
    expect(await deadLetters.query?.({ to: long })).toHaveLength(1);
  });

  it('carries out saves and statuses of one message in their order', async () => {
    const { storage } = await ready();
    await Promise.all([
      storage.updateMessageStatus?.('m1', 'failed'),
      storage.saveMessage(message('m1')),
      storage.updateMessageStatus?.('m1', 'read'),
      storage.saveMessage(message('m2')),
      storage.updateMessageStatus?.('m1', 'acked'),
      storage.updateMessageStatus?.('m2', 'read'),
      storage.saveMessage(message('m2', { body: 'again' })),
    ]);
    const found = await storage.getMessages({ order: 'asc' });
    expect(found.map(({ id, status, body }) => [id, status, body])).toEqual([
      ['m1', 'acked', 'hello'],
      ['m2', 'unread', 'again'],
    ]);
    await Promise.all([storage.updateMessageStatus?.('m2', 'acked'), storage.saveMessage(message('m3'))]);
    expect((await storage.getMessageById?.('m2'))?.status).toBe('acked');
  });

  it('refuses a message that cannot be stored, and those beside it not', async () => {
    const { storage } = await ready();
    const deep = { a: JSON.parse('['.repeat(20_000) + ']'.repeat(20_000)) as unknown };
    const wrong = [{ ts: 1.5 }, { ts: 1e21 }, { body: {} as string }, { data: deep }, { deliverySeq: Number.NaN }];
    const saving = wrong.map((fields, index) => storage.saveMessage(message(`bad${index}`, fields)));
    const good = storage.saveMessage(message('m1', { kind: 'a\u0000b' as 'message' }));
    const results = await Promise.allSettled(saving);
    expect(results.map((result) => result.status === 'rejected' && result.reason instanceof TypeError)).toEqual(
      wrong.map(() => true),
    );
    await good;
    expect((await storage.getMessages()).map(({ kind }) => kind)).toEqual(['a\u0000b']);
  });

  it('takes questions with numbers of any kind', async () => {
    const { storage } = await ready();
    await storage.saveMessage(message('m1'));
    expect(await storage.getMessages({ limit: Number.NaN, sinceTs: NOW - 0.5 })).toHaveLength(1);
    expect(await storage.getMessages({ sinceTs: Infinity })).toEqual([]);
    expect(await storage.getSessions?.({ limit: Number.NaN, since: 0.5 })).toEqual([]);
    const { deadLetters } = storage as Required<PostgresStorage>;
    const query = { limit: Number.NaN, offset: 1e300, afterTs: 0.5, beforeTs: 1.5 };
    expect(await deadLetters.query?.(query)).toEqual([]);
  });

  it('goes on with a session where it was', async () => {
    const { storage } = await ready();
    await storage.startSession?.({ id: 's', agentName: 'A', startedAt: 1, cli: 'x', resumeToken: 'secret' });
    await storage.incrementSessionMessageCount?.('s');
    await storage.endSession?.('s', { closedBy: 'disconnect' });
    await storage.startSession?.({ id: 's', agentName: 'A', startedAt: 2 });
    expect(await storage.getSessionByResumeToken?.('secret')).toEqual({
      id: 's',
      agentName: 'A',
      startedAt: 1,
      messageCount: 1,
      cli: 'x',
      resumeToken: 'secret',
    });
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
      { version: 4 },
    ]);
    await storage.saveMessage(message('m1'));
    expect(await other.storage.getMessages()).toHaveLength(1);
  });

  it('of version 1.0.0 are brought up to date, with what is in them', async () => {
    const { schema, storage } = await ready();
    await storage.saveMessage(message('m1'));
    await sql(`DELETE FROM ${schema}.schema_migrations WHERE version = 4; DROP INDEX ${schema}.messages_by_sender;
      CREATE INDEX messages_by_sender ON ${schema}.messages (sender, ts DESC)`);
    const { storage: later } = await ready({ postgresSchema: schema });
    expect((await later.getMessages({ from: 'Alice' })).map(({ id }) => id)).toEqual(['m1']);
    const indexes = await sql(
      `SELECT indexname FROM pg_indexes WHERE schemaname = '${schema}' AND indexdef LIKE '%left%' ORDER BY indexname COLLATE "C"`,
    );
    expect(indexes.map(({ indexname }) => indexname)).toEqual([
      'dead_letters_by_recipient',
      'messages_by_delivery',
      'messages_by_recipient',
      'messages_by_sender',
      'messages_by_thread',
      'messages_by_topic',
      'sessions_by_agent',
    ]);
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

describe('the health', () => {
  it('is bad from a write that failed to one that works, whatever can be read', async () => {
    const loaded = await ready();
    const { storage, schema, context } = loaded;
    await sql(`ALTER TABLE ${schema}.messages RENAME TO gone`);
    await expect(storage.saveMessage(message('m1'))).rejects.toMatchObject({ code: '42P01' });
    expect([await outcome(loaded), await outcome(loaded)]).toEqual(['unhealthy', 'unhealthy']);
    await sql(`ALTER TABLE ${schema}.gone RENAME TO messages`);
    expect(await outcome(loaded)).toBe('unhealthy');
    await storage.saveMessage(message('m1'));
    expect(await outcome(loaded)).toBe('healthy');
    expect(context.logger.entries.map(({ level }) => level)).toEqual(['error', 'info']);
  });

  it('is bad while the server takes no writes, which wait for it', async () => {
    const loaded = await ready();
    const { storage, context } = loaded;
    await sql('ALTER DATABASE postgres SET default_transaction_read_only = on');
    await sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'agent-relay'`);
    const saving = storage.saveMessage(message('m1'));
    await expect.poll(() => outcome(loaded)).toBe('unhealthy');
    for (let round = 0; round < 5; round += 1) expect(await outcome(loaded)).toBe('unhealthy');
    await sql('SET transaction_read_only = off; ALTER DATABASE postgres RESET default_transaction_read_only');
    await sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'agent-relay'`);
    await saving;
    await expect.poll(() => outcome(loaded)).toBe('healthy');
    expect(context.logger.entries.filter(({ level }) => level === 'error').length).toBeLessThanOrEqual(2);
  });
});

describe('the address', () => {
  it('may say of search_path what it likes', async () => {
    const databaseUrl = `${server.url}?options=${encodeURIComponent('-c search_path=public')}`;
    const { storage } = await ready({ databaseUrl });
    await storage.saveMessage(message('m1'));
    expect(await storage.getMessages()).toEqual([message('m1')]);
  });

  it('that a pooler refuses from the start is not tried for ever', async () => {
    const refusal = 'SFATAL\0C08P01\0Munsupported startup parameter\0\0';
    const pooler = createServer((socket) => {
      const answer = Buffer.alloc(5 + refusal.length);
      answer.write('E');
      answer.writeInt32BE(4 + refusal.length, 1);
      answer.write(refusal, 5);
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(answer));
    });
    await new Promise<void>((resolve) => void pooler.listen(0, '127.0.0.1', resolve));
    const { port } = pooler.address() as AddressInfo;
    const { storage } = await load({ databaseUrl: `postgres://relay@127.0.0.1:${port}/x` });
    await expect(storage.init()).rejects.toMatchObject({ code: '08P01' });
    expect((await storage.health?.())?.status).toBe('unhealthy');
    pooler.close();
  });
});

describe('the configuration', () => {
  it.each(['user', 'select', 'none', 'public'])('takes %s for the name of a schema', async (postgresSchema) => {
    const { storage } = await ready({ postgresSchema });
    await storage.saveMessage(message('m1'));
    expect(await storage.getMessages()).toHaveLength(1);
  });

  it.each([
    ['DATABASE_URL', { databaseUrl: 'mysql://user:secret@host/x' }],
    ['DATABASE_URL', { databaseUrl: undefined }],
    ['DATABASE_URL', { databaseUrl: 'postgres://relay:secret@one,two/x' }],
    ['DATABASE_URL', { databaseUrl: 'postgres://relay:secret@one:5432,two:5432/x' }],
    ['POSTGRES_SCHEMA', { postgresSchema: 'a; DROP SCHEMA public' }],
    ['POSTGRES_SCHEMA', { postgresSchema: 'pg_relay' }],
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
