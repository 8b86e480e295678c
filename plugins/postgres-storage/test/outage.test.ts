/** A server that is killed in the middle. */
import type { StoredMessage } from '@ar-registry/sdk';
import { createTestContext } from '@ar-registry/sdk/testing';
import { Client } from 'pg';
import { expect, it } from 'vitest';
import { createPostgresStorage } from '../src/plugin.ts';
import { startPostgres } from '@ar-registry/testing/postgres';

function message(index: number): StoredMessage {
  const fields = { from: 'Alice', to: 'Bob', kind: 'message', status: 'unread', is_urgent: false } as const;
  return { id: `m${index}`, ts: index, body: `message ${index}`, ...fields };
}

it(
  'loses nothing that it acknowledged when the server is killed, says so, and goes on by itself',
  { timeout: 120_000 },
  async () => {
    await using server = await startPostgres();
    await using context = await createTestContext({ config: { databaseUrl: server.url } });
    const storage = createPostgresStorage(() => Date.now());
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
      await expect.poll(() => acknowledged.size, { timeout: 20_000 }).toBeGreaterThan(before + 200);
      await server.kill();
      await expect.poll(async () => (await storage.health?.())?.status, { timeout: 20_000 }).toBe('unhealthy');
      await server.start();
      const after = acknowledged.size;
      await expect.poll(() => acknowledged.size, { timeout: 20_000 }).toBeGreaterThan(after + 200);
    }
    ended.abort();
    await Promise.all(writers);
    const stored = new Set((await storage.getMessages({ limit: 10_000, order: 'asc' })).map(({ id }) => id));
    const lost = [...acknowledged].filter((id) => !stored.has(id));
    expect(acknowledged.size).toBeLessThan(10_000);
    expect(lost).toEqual([]);
    expect((await storage.health?.())?.status).toBe('healthy');
    const texts = context.logger.entries.map(({ message: text }) => text);
    expect(texts).toEqual(expect.arrayContaining(['The database cannot be used.', 'The database can be used again.']));
    await storage.close?.();
    await storage.onUnload?.();
  },
);

it('waits for a server that is not there yet, and ends at once when it is unloaded', async () => {
  await using context = await createTestContext({ config: { databaseUrl: 'postgres://relay:secret@127.0.0.1:9/x' } });
  const storage = createPostgresStorage(() => Date.now());
  await storage.onLoad?.(context);
  await storage.init();
  const summary = async (): Promise<unknown> => storage.saveAgentSummary?.({ agentName: 'Alice' });
  const ended = Promise.allSettled([storage.saveMessage(message(1)), storage.getMessages(), summary()]);
  await expect.poll(async () => (await storage.health?.())?.status).toBe('unhealthy');
  expect(JSON.stringify(context.logger.entries)).not.toContain('secret');
  await storage.onUnload?.();
  expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
});

it('starts while the database is away, and makes its tables when it comes', async () => {
  await using server = await startPostgres();
  await server.kill();
  await using context = await createTestContext({ config: { databaseUrl: server.url } });
  const storage = createPostgresStorage(() => Date.now());
  await storage.onLoad?.(context);
  await storage.init();
  const saving = storage.saveMessage(message(1));
  expect((await storage.health?.())?.status).toBe('unhealthy');
  await server.start();
  await saving;
  expect(await storage.getMessages()).toEqual([message(1)]);
  await expect.poll(async () => (await storage.health?.())?.status).toBe('healthy');
  await storage.onUnload?.();
});

it('says so when the database that comes later cannot be used', async () => {
  await using server = await startPostgres();
  await using context = await createTestContext({ config: { databaseUrl: server.url } });
  const first = createPostgresStorage(() => Date.now());
  await first.onLoad?.(context);
  await first.init();
  await first.onUnload?.();
  const client = new Client({ connectionString: server.url });
  await client.connect();
  await client.query('INSERT INTO agent_relay.schema_migrations (version) VALUES (99)');
  await client.end();
  await server.kill();
  const storage = createPostgresStorage(() => Date.now());
  await storage.onLoad?.(context);
  await storage.init();
  const saving = storage.saveMessage(message(1)).catch((error: unknown) => error);
  await server.start();
  expect(await saving).toBeInstanceOf(Error);
  expect(await storage.health?.()).toMatchObject({
    status: 'unhealthy',
    message: expect.stringContaining('newer version') as unknown,
  });
  await storage.onUnload?.();
});

it('keeps a status that was noted while the save of its message was tried again', { timeout: 60_000 }, async () => {
  await using server = await startPostgres();
  await using context = await createTestContext({ config: { databaseUrl: server.url } });
  const storage = createPostgresStorage(() => Date.now());
  await storage.onLoad?.(context);
  await storage.init();
  for (let round = 0; round < 3; round += 1) {
    await server.kill();
    const saving = storage.saveMessage(message(round));
    // By then the save waits longer between its tries than a fresh call.
    await expect
      .poll(async () => (await storage.health?.())?.details?.['oldestMs'], { timeout: 5000 })
      .toBeGreaterThan(800);
    const noting = storage.updateMessageStatus?.(`m${round}`, 'acked');
    await server.start();
    await Promise.all([saving, noting]);
    expect((await storage.getMessageById?.(`m${round}`))?.status).toBe('acked');
  }
  await storage.onUnload?.();
});
