/** A server that is killed in the middle, is full, or says nothing any more. */
import type { StoragePlugin, StoredMessage } from '@ar-registry/sdk';
import { createTestContext } from '@ar-registry/sdk/testing';
import { startRedis } from '@ar-registry/testing/redis';
import { createClient } from 'redis';
import { expect, it } from 'vitest';
import { createRedisStorage } from '../src/plugin.ts';

function message(index: number, body = `message ${index}`): StoredMessage {
  const fields = { from: 'Alice', to: 'Bob', kind: 'message', status: 'unread', is_urgent: false } as const;
  return { id: `m${index}`, ts: index, body, ...fields };
}

async function statusOf(storage: StoragePlugin): Promise<string | undefined> {
  return (await storage.health?.())?.status;
}

it('loses nothing that it acknowledged when the server is killed, says so, and goes on by itself', async () => {
  await using server = await startRedis();
  await using context = await createTestContext({ config: { redisUrl: server.url } });
  const storage = createRedisStorage(() => Date.now());
  await storage.onLoad?.(context);
  await storage.init();
  const acknowledged = new Set<string>();
  let next = 0;
  const ended = new AbortController();
  const writer = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      const one = message((next += 1));
      await storage.saveMessage(one);
      acknowledged.add(one.id);
    }
  };
  const writers = Array.from({ length: 8 }, writer);
  for (let round = 0; round < 3; round += 1) {
    const before = acknowledged.size;
    await expect.poll(() => acknowledged.size, { timeout: 20_000 }).toBeGreaterThan(before + 100);
    await server.kill();
    await expect.poll(() => statusOf(storage), { timeout: 20_000 }).toBe('unhealthy');
    await server.start();
    const after = acknowledged.size;
    await expect.poll(() => acknowledged.size, { timeout: 20_000 }).toBeGreaterThan(after + 100);
  }
  ended.abort();
  await Promise.all(writers);
  const stored = new Set<string>();
  for (let since = 0; since <= next; since += 1000)
    for (const { id } of await storage.getMessages({ sinceTs: since, limit: 1000, order: 'asc' })) stored.add(id);
  expect([...acknowledged].filter((id) => !stored.has(id))).toEqual([]);
  expect(await statusOf(storage)).toBe('healthy');
  const texts = context.logger.entries.map(({ message: text }) => text);
  expect(texts).toEqual(expect.arrayContaining(['Redis cannot be used.', 'Redis can be used again.']));
  await storage.close?.();
  await storage.onUnload?.();
});

it('starts while the server is away, keeps what is saved meanwhile in order, and writes it when it comes', async () => {
  await using server = await startRedis();
  await server.kill();
  await using context = await createTestContext({ config: { redisUrl: server.url } });
  const storage = createRedisStorage(() => Date.now());
  await storage.onLoad?.(context);
  await storage.init();
  const done = Promise.all([
    storage.saveMessage(message(1)),
    storage.updateMessageStatus?.('m1', 'acked'),
    storage.startSession?.({ id: 's1', agentName: 'Alice', startedAt: 1 }),
  ]);
  expect(await statusOf(storage)).toBe('unhealthy');
  await server.start();
  await done;
  expect(await storage.getMessages()).toEqual([{ ...message(1), status: 'acked' }]);
  expect(await storage.getRecentSessions?.()).toHaveLength(1);
  await storage.onUnload?.();
});

it('ends at once when it is unloaded while the server is away', async () => {
  await using context = await createTestContext({ config: { redisUrl: 'redis://:secret@127.0.0.1:9' } });
  const storage = createRedisStorage(() => Date.now());
  await storage.onLoad?.(context);
  await storage.init();
  const ended = Promise.allSettled([storage.saveMessage(message(1)), storage.getMessages()]);
  await storage.onUnload?.();
  expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(JSON.stringify(context.logger.entries)).not.toContain('secret');
});

it('waits for a server that is full, and says so', async () => {
  await using server = await startRedis();
  await using context = await createTestContext({ config: { redisUrl: server.url } });
  const storage = createRedisStorage(() => Date.now());
  await storage.onLoad?.(context);
  await storage.init();
  const admin = await createClient({ url: server.url }).connect();
  await admin.configSet('maxmemory', '1');
  const saving = storage.saveMessage(message(1));
  await expect.poll(async () => (await storage.health?.())?.message).toMatch(/OOM/);
  await admin.configSet('maxmemory', '0');
  await saving;
  expect(await storage.getMessages()).toEqual([message(1)]);
  expect(await statusOf(storage)).toBe('healthy');
  admin.destroy();
  await storage.onUnload?.();
});

it('gives a server up that says nothing any more, and goes on when it speaks again', async () => {
  await using server = await startRedis();
  await using context = await createTestContext({ config: { redisUrl: server.url } });
  const storage = createRedisStorage(() => Date.now(), { silenceMs: 600 });
  await storage.onLoad?.(context);
  await storage.init();
  server.pause();
  const saving = storage.saveMessage(message(1));
  const silent = (): boolean => context.logger.entries.some(({ message: text }) => text === 'Redis cannot be used.');
  await expect.poll(silent, { timeout: 10_000 }).toBe(true);
  server.resume();
  await saving;
  expect(await storage.getMessages()).toEqual([message(1)]);
  await storage.onUnload?.();
});
