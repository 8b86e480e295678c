/** A connection that is lost without a word, as where a firewall forgets it: nothing comes, and no end either. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { StoredMessage } from '@ar-registry/sdk';
import { createTestContext } from '@ar-registry/sdk/testing';
import { startPostgres, type PostgresServer } from '@ar-registry/testing/postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPostgresStorage } from '../src/plugin.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
}, 60_000);
afterAll(() => server[Symbol.asyncDispose]());

interface Proxy extends AsyncDisposable {
  readonly url: string;
  /** Of the connections there are; later ones work. */
  silence(): void;
  /** What was sent on each connection so far. */
  sent(): readonly Buffer[];
}

async function startProxy(): Promise<Proxy> {
  const silent = new Set<Socket>();
  const open = new Set<Socket>();
  const sent = new Map<Socket, Buffer>();
  const listener = createServer((near) => {
    const far = connect(Number(new URL(server.url).port), '127.0.0.1');
    open.add(near);
    near.on('data', (chunk) => sent.set(near, Buffer.concat([sent.get(near) ?? Buffer.alloc(0), chunk])));
    const pass = (from: Socket, to: Socket): void => {
      from.on('data', (chunk) => void (silent.has(near) || to.write(chunk)));
      from.on('error', () => undefined);
      from.on('close', () => void (silent.has(near) || to.destroy()));
    };
    pass(near, far);
    pass(far, near);
    near.on('close', () => void (open.delete(near), far.destroy()));
  });
  await new Promise<void>((resolve) => void listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as AddressInfo;
  return {
    url: `postgres://relay@127.0.0.1:${port}/postgres`,
    silence: () => open.forEach((socket) => silent.add(socket)),
    sent: () => [...sent.values()],
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => void listener.close(resolve));
    },
  };
}

const message: StoredMessage = {
  id: 'm1',
  ts: 1,
  from: 'Alice',
  to: 'Bob',
  kind: 'message',
  body: 'hello',
  status: 'unread',
  is_urgent: false,
};

it('is given up after a while, and what waits is written on another', async () => {
  await using proxy = await startProxy();
  await using context = await createTestContext({ config: { databaseUrl: proxy.url, postgresSchema: 'lost' } });
  const storage = createPostgresStorage(() => Date.now(), { queryMs: 500 });
  await storage.onLoad?.(context);
  await storage.init();
  proxy.silence();
  await storage.saveMessage(message);
  expect(await storage.getMessages()).toEqual([message]);
  expect((await storage.health?.())?.status).toBe('healthy');
  await storage.onUnload?.();
});

it('does not look healthy while messages wait for it, and does not hold up the end', async () => {
  await using proxy = await startProxy();
  await using context = await createTestContext({ config: { databaseUrl: proxy.url, postgresSchema: 'stuck' } });
  const storage = createPostgresStorage(() => Date.now());
  await storage.onLoad?.(context);
  await storage.init();
  proxy.silence();
  const saving = storage.saveMessage(message).catch((error: unknown) => error);
  await expect.poll(async () => (await storage.health?.())?.status, { timeout: 9000 }).toBe('degraded');
  const begin = performance.now();
  await storage.onUnload?.();
  expect(performance.now() - begin).toBeLessThan(2000);
  expect(await saving).toBeInstanceOf(Error);
});

it('leaves nothing behind on a connection, which a pooler gives to others between transactions', async () => {
  await using proxy = await startProxy();
  await using context = await createTestContext({ config: { databaseUrl: proxy.url, postgresSchema: 'pooled' } });
  const storage = createPostgresStorage(() => Date.now());
  await storage.onLoad?.(context);
  await storage.init();
  await storage.saveMessage(message);
  await storage.getMessages({ from: 'Alice' });
  const prepared = proxy.sent().flatMap(namesOfStatements);
  expect(prepared.length).toBeGreaterThan(2);
  expect(prepared.filter((name) => name !== '')).toEqual([]);
  // Nor does it ask for settings as it connects, which a pooler refuses.
  expect(proxy.sent().some((bytes) => bytes.includes('options\u0000') || bytes.includes('SET search_path'))).toBe(
    false,
  );
  await storage.onUnload?.();
});

/** Of each `Parse` after the first message, which has no letter. */
function namesOfStatements(bytes: Buffer): readonly string[] {
  const names: string[] = [];
  for (let at = bytes.readInt32BE(0); at < bytes.length; at += 1 + bytes.readInt32BE(at + 1))
    if (bytes[at] === 'P'.charCodeAt(0)) names.push(bytes.toString('utf8', at + 5, bytes.indexOf(0, at + 5)));
  return names;
}
