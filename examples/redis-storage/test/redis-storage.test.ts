import type { DeadLetterAdapter, DeadLetterQuery, StoragePlugin, StoredMessage } from '@ar-registry/sdk';
import { createTestContext, storageContract, type TestContext } from '@ar-registry/sdk/testing';
import { startRedis, type RedisServer } from '@ar-registry/testing/redis';
import { createClient } from 'redis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import exported from '../src/index.ts';
import { createRedisStorage } from '../src/plugin.ts';

const NOW = Date.parse('2026-01-02T03:04:05Z');
const DAY_MS = 86_400_000;

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server[Symbol.asyncDispose]());

interface Loaded {
  readonly storage: StoragePlugin;
  readonly context: TestContext;
  readonly prefix: string;
}

let prefixes = 0;
const open: Loaded[] = [];
afterEach(async () => {
  for (const { storage, context } of open.splice(0)) {
    await storage.onUnload?.();
    await context.dispose();
  }
});

/** Under a prefix of its own, unless one is given. `init` is not called. */
async function load(config: Readonly<Record<string, unknown>> = {}, nowMs = () => NOW): Promise<Loaded> {
  const prefix = (config['redisPrefix'] as string | undefined) ?? `p${(prefixes += 1)}`;
  const context = await createTestContext({ config: { redisUrl: server.url, redisPrefix: prefix, ...config } });
  const storage = createRedisStorage(nowMs);
  await storage.onLoad?.(context);
  const loaded = { storage, context, prefix };
  open.push(loaded);
  return loaded;
}

async function ready(config: Readonly<Record<string, unknown>> = {}, nowMs = () => NOW): Promise<Loaded> {
  const loaded = await load(config, nowMs);
  await loaded.storage.init();
  return loaded;
}

function message(id: string, fields: Partial<StoredMessage> = {}): StoredMessage {
  const base = { from: 'Alice', to: 'Bob', kind: 'message', body: 'hello', status: 'unread' } as const;
  return { id, ts: NOW, is_urgent: false, ...base, ...fields };
}

/** What Redis itself says. */
async function ask<Result>(question: (redis: ReturnType<typeof client>) => Promise<Result>): Promise<Result> {
  const redis = client();
  await redis.connect();
  try {
    return await question(redis);
  } finally {
    redis.destroy();
  }
}

function client() {
  return createClient({ url: server.url });
}

function ids(messages: readonly StoredMessage[]): readonly string[] {
  return messages.map(({ id }) => id);
}

describe('the storage', () => {
  it('lists what agents last said of their work, by name', async () => {
    const { storage } = await ready();
    for (const agentName of ['Bob', 'Alice', '\ud800']) await storage.saveAgentSummary?.({ agentName, context: 'x' });
    const names = (await storage.getAllAgentSummaries?.())?.map(({ agentName }) => agentName);
    expect(names).toEqual(['Alice', 'Bob', '\ud800']);
    expect(await storage.getAgentSummary?.('\ud801')).toBeNull();
  });

  it.each(storageContract(async () => (await load()).storage))('$title', async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });

  it('keeps names and data of every kind, and finds them again', async () => {
    const { storage } = await ready();
    const odd = `\u0000\u001a'"\\:{} \ud800 x \udc00 \u{1f600} *?[a]`;
    const data = { [odd]: [odd, null] };
    const written = message(odd, { from: odd, to: odd, topic: odd, thread: odd, body: odd, data });
    await storage.saveMessage(written);
    expect(await storage.getMessageById?.(odd)).toEqual(written);
    expect(await storage.getMessages({ from: odd, to: odd, topic: odd, thread: odd })).toEqual([
      { ...written, replyCount: 1 },
    ]);
    expect(await storage.getMessages({ from: `${odd}!` })).toEqual([]);
  });

  it('does not find a message any more by what it was before it was saved again', async () => {
    const { storage } = await ready();
    await storage.saveMessage(message('m1', { to: 'Bob', thread: 't', is_urgent: true }));
    await storage.saveMessage(message('m1', { to: 'Carol' }));
    expect(await storage.getMessages({ to: 'Bob' })).toEqual([]);
    expect(await storage.getMessages({ thread: 't' })).toEqual([]);
    expect(await storage.getMessages({ urgentOnly: true })).toEqual([]);
    expect(ids(await storage.getMessages({ to: 'Carol' }))).toEqual(['m1']);
  });

  it('finds what fits among many that do not, and reads no more than it must', async () => {
    const { storage } = await ready();
    const many = Array.from({ length: 1500 }, (_, at) => message(`m${at}`, { ts: NOW + at, to: at % 500 ? 'X' : 'Y' }));
    await Promise.all(many.map((one) => storage.saveMessage(one)));
    expect(ids(await storage.getMessages({ from: 'Alice', to: 'Y' }))).toEqual(['m1000', 'm500', 'm0']);
    expect(ids(await storage.getMessages({ sinceTs: NOW + 1498.5, order: 'asc' }))).toEqual(['m1499']);
    expect(await storage.getMessages({ limit: 1000 })).toHaveLength(1000);
    expect(await storage.getMessages({ limit: -1 })).toEqual([]);
    expect(await storage.getMessages({ limit: Number.NaN })).toHaveLength(200);
  });

  it('marks as read and unread again', async () => {
    const { storage } = await ready();
    await storage.saveMessage(message('m1'));
    await storage.updateMessageStatus?.('m1', 'read');
    expect(await storage.getMessages({ unreadOnly: true })).toEqual([]);
    await storage.updateMessageStatus?.('m1', 'unread');
    expect(ids(await storage.getMessages({ unreadOnly: true }))).toEqual(['m1']);
  });

  it('leaves nothing behind for a message or a session that it does not know', async () => {
    const { storage, prefix } = await ready();
    await storage.updateMessageStatus?.('unknown', 'unread');
    await storage.incrementSessionMessageCount?.('unknown');
    await storage.endSession?.('unknown', { closedBy: 'error' });
    expect(await ask((redis) => redis.keys(`${prefix}:*`))).toEqual([]);
  });

  it('tells what a session has to deliver still, and the highest number of each sender', async () => {
    const { storage } = await ready();
    const stream = { deliverySessionId: 's1' };
    await storage.saveMessage(message('m2', { ...stream, deliverySeq: 2, ts: NOW }));
    await storage.saveMessage(message('m1', { ...stream, deliverySeq: 1, ts: NOW + 1 }));
    await storage.saveMessage(message('m3', { ...stream, deliverySeq: 3, status: 'acked' }));
    await storage.saveMessage(message('m4', { ...stream, deliverySeq: 7, topic: 'news', from: 'Carol' }));
    await storage.saveMessage(message('m5', { deliverySessionId: 's2', deliverySeq: 99 }));
    expect(ids((await storage.getPendingMessagesForSession?.('Bob', 's1')) ?? [])).toEqual(['m1', 'm2', 'm4']);
    expect(await storage.getMaxSeqByStream?.('Bob', 's1')).toEqual([
      { peer: 'Alice', maxSeq: 3 },
      { peer: 'Carol', topic: 'news', maxSeq: 7 },
    ]);
    expect(await storage.getMaxSeqByStream?.('Nobody', 's1')).toEqual([]);
  });

  it('takes up a session again with the start and the count that it had', async () => {
    const { storage } = await ready();
    await storage.startSession?.({ id: 's1', agentName: 'Alice', startedAt: 1, cli: 'claude', resumeToken: 'a' });
    await storage.incrementSessionMessageCount?.('s1');
    await storage.endSession?.('s1', { closedBy: 'disconnect' });
    await storage.startSession?.({ id: 's1', agentName: 'Alice', startedAt: 9, resumeToken: 'b' });
    const expected = { id: 's1', agentName: 'Alice', startedAt: 1, messageCount: 1, cli: 'claude', resumeToken: 'b' };
    expect(await storage.getSessions?.({ agentName: 'Alice' })).toEqual([expected]);
    expect(await storage.getSessions?.({ agentName: 'Bob' })).toEqual([]);
  });

  it('keeps to what it can do where numbers are beyond all measure', async () => {
    const { storage } = await ready({ redisRetentionDays: 36_500 });
    const results = await Promise.allSettled([
      storage.saveMessage(message('end', { ts: Number.MAX_SAFE_INTEGER })),
      storage.saveMessage(message('begin', { ts: -Number.MAX_SAFE_INTEGER })),
      storage.saveMessage(message('long', { from: 'x'.repeat(1_000_000) })),
    ]);
    expect(results[2]?.status).toBe('fulfilled');
    expect(ids(await storage.getMessages({ sinceTs: -Infinity, limit: Infinity }))).toContain('long');
    expect(await storage.getMessages({ sinceTs: Infinity })).toEqual([]);
  });

  it.each<[string, Partial<Record<keyof StoredMessage, unknown>>]>([
    ['whose id is no text', { id: 7 }],
    ['whose time is no whole number', { ts: 1.5 }],
    ['without a body', { body: undefined }],
    ['that is nested too deep', { data: JSON.parse(`{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`) as object }],
  ])('refuses a message %s, and no other', async (_, fields) => {
    const { storage } = await ready();
    const bad = { ...message('bad'), ...fields } as StoredMessage;
    const results = await Promise.allSettled([storage.saveMessage(bad), storage.saveMessage(message('good'))]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(ids(await storage.getMessages())).toEqual(['good']);
  });
});

describe('dead letters', () => {
  it('are found by what they are for, in the order that is asked for, and can be acknowledged and removed', async () => {
    let now = NOW;
    const { storage } = await ready({}, () => (now += 1000));
    const deadLetters = storage.deadLetters as Required<DeadLetterAdapter>;
    const envelope = { from: 'Alice', to: 'Bob', kind: 'message', body: 'hello', ts: 1 };
    const one = await deadLetters.add('m1', { ...envelope, ts: 9 }, 'ttl_expired', 2);
    const two = await deadLetters.add('m2', { ...envelope, to: 'Carol' }, 'unknown', 5, 'why');
    const found = async (query: DeadLetterQuery) => (await deadLetters.query(query)).map(({ messageId }) => messageId);
    expect(await found({})).toEqual(['m2', 'm1']);
    expect(await found({ orderDir: 'ASC', limit: 1, offset: 1 })).toEqual(['m2']);
    expect(await found({ orderBy: 'originalTs' })).toEqual(['m1', 'm2']);
    expect(await found({ orderBy: 'attemptCount', orderDir: 'ASC' })).toEqual(['m1', 'm2']);
    expect(await found({ to: 'Carol', reason: 'unknown', from: 'Alice' })).toEqual(['m2']);
    expect(await found({ afterTs: two.dlqTs })).toEqual(['m2']);
    expect(await found({ beforeTs: one.dlqTs })).toEqual(['m1']);
    expect(await deadLetters.acknowledge(one.id, 'Carol')).toBe(true);
    expect(await deadLetters.get(one.id)).toMatchObject({ acknowledged: true, acknowledgedBy: 'Carol' });
    expect(await found({ acknowledged: false })).toEqual(['m2']);
    expect(await deadLetters.remove(one.id)).toBe(true);
    expect(await deadLetters.remove(one.id)).toBe(false);
    expect(await deadLetters.acknowledge('unknown')).toBe(false);
    expect(await deadLetters.get('unknown')).toBeNull();
    expect(await found({})).toEqual(['m2']);
  });
});

describe('the health', () => {
  it('is degraded where the server keeps nothing, or may throw messages away', async () => {
    await using careless = await startRedis(['--appendonly', 'no']);
    const { storage } = await ready({ redisUrl: careless.url });
    expect(await storage.health?.()).toMatchObject({ status: 'degraded', details: { appendOnly: false } });
    const { storage: safe } = await ready();
    expect(await safe.health?.()).toMatchObject({ status: 'healthy', details: { appendOnly: true, waiting: 0 } });
    await ask((redis) => redis.configSet('maxmemory-policy', 'allkeys-lru'));
    expect(await safe.health?.()).toMatchObject({ status: 'degraded', details: { evictionPolicy: 'allkeys-lru' } });
    await ask((redis) => redis.configSet('maxmemory-policy', 'noeviction'));
  });

  it('is bad while every save is refused, and good again when one works', async () => {
    const { storage, prefix } = await ready();
    await ask((redis) => redis.set(`${prefix}:messages`, 'of somebody else'));
    await expect(storage.saveMessage(message('m1'))).rejects.toBeInstanceOf(Error);
    expect(await storage.health?.()).toMatchObject({ status: 'unhealthy' });
    await ask((redis) => redis.del(`${prefix}:messages`));
    await storage.saveMessage(message('m1'));
    expect(await storage.health?.()).toMatchObject({ status: 'healthy' });
    expect(ids(await storage.getMessages())).toEqual(['m1']);
  });

  it('does without what the server does not tell', async () => {
    await using closed = await startRedis(['--rename-command', 'INFO', '']);
    const { storage } = await ready({ redisUrl: closed.url });
    expect(await storage.health?.()).toEqual({ status: 'healthy', details: { waiting: 0 } });
  });
});

describe('retention', () => {
  it('lets messages expire by themselves, and what finds them too', async () => {
    const { storage, prefix } = await ready({ redisRetentionDays: '1' }, () => Date.now());
    const now = Date.now();
    await storage.saveMessage(message('old', { ts: now - DAY_MS + 300, to: 'Old' }));
    await storage.saveMessage(message('new', { ts: now }));
    await expect.poll(async () => ids(await storage.getMessages())).toEqual(['new']);
    expect(await storage.getMessages({ to: 'Old' })).toEqual([]);
    const keys = await ask((redis) => redis.keys(`${prefix}:*`));
    expect(keys.filter((key) => key.includes('old'))).toEqual([]);
    const lifetimes = await ask((redis) => Promise.all(keys.map((key) => redis.pTTL(key))));
    expect(Math.min(...lifetimes)).toBeGreaterThan(0);
    expect(Math.max(...lifetimes)).toBeLessThanOrEqual(DAY_MS);
  });

  it('keeps the end of a message when its status changes', async () => {
    const { storage, prefix } = await ready({ redisRetentionDays: 1 }, () => Date.now());
    await storage.saveMessage(message('m1', { ts: Date.now() }));
    await storage.updateMessageStatus?.('m1', 'acked');
    expect(await ask((redis) => redis.pTTL(`${prefix}:status:"m1"`))).toBeGreaterThan(0);
  });

  it('keeps everything unless it is told otherwise', async () => {
    const { storage, prefix } = await ready();
    await storage.saveMessage(message('m1', { ts: 1 }));
    await storage.startSession?.({ id: 's1', agentName: 'Alice', startedAt: 1 });
    const keys = await ask((redis) => redis.keys(`${prefix}:*`));
    expect(new Set(await ask((redis) => Promise.all(keys.map((key) => redis.pTTL(key)))))).toEqual(new Set([-1]));
  });
});

describe('the configuration', () => {
  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['no address', { redisUrl: undefined }],
    ['an address of something else', { redisUrl: 'http://secret@127.0.0.1' }],
    ['an address without //', { redisUrl: 'redis:secret' }],
    ['a database that is no number', { redisUrl: 'redis://secret@127.0.0.1/two' }],
    ['a prefix with a space', { redisPrefix: 'a secret' }],
    ['a retention below zero', { redisRetentionDays: -1 }],
    ['a retention of words', { redisRetentionDays: 'secret' }],
  ])('refuses %s, and does not repeat it', async (_, config) => {
    const error = await load(config).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).not.toContain('secret');
  });

  it('is refused at the start where the password is wrong, and the password is told nobody', async () => {
    await using closed = await startRedis(['--requirepass', 'right']);
    const url = (password: string): string => `redis://:${password}@127.0.0.1:${closed.port}`;
    const { storage, context } = await load({ redisUrl: url('wrong-secret') });
    await expect(storage.init()).rejects.toThrow(/WRONGPASS/);
    expect(JSON.stringify(context.logger.entries)).not.toContain('secret');
    const { storage: right } = await ready({ redisUrl: url('right') });
    await right.saveMessage(message('m1'));
    expect(await right.getMessages()).toHaveLength(1);
  });

  it('belongs to a plugin that can be loaded again', async () => {
    await using context = await createTestContext({ config: { redisUrl: server.url, redisPrefix: 'exported' } });
    for (const id of ['m1', 'm2']) {
      await exported.onLoad?.(context);
      await exported.init();
      await exported.saveMessage(message(id));
      await exported.close?.();
      await exported.onUnload?.();
      expect(await exported.health?.()).toMatchObject({ status: 'unhealthy' });
    }
  });
});
