/** Plugins that speak to services, as they are packed, in the real daemon: in its process, and in one of their own. */
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startPinecone } from '@ar-registry/testing/pinecone';
import { startRedis, type RedisServer } from '@ar-registry/testing/redis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inboxOf } from './support/inbox.ts';
import { addPlugin, buildPlugins } from './support/packed-plugin.ts';
import { freePort, isOpen } from './support/ports.ts';
import { createProject, removeWorkDir, type TestProject } from './support/project.ts';
import { silenceRelay, startTestRelay } from './support/relay.ts';

let redis: RedisServer;

beforeAll(async () => {
  silenceRelay();
  await buildPlugins(['examples/redis-storage', 'plugins/pinecone-memory', 'plugins/webhook-bridge']);
  redis = await startRedis();
});
afterAll(async () => {
  await redis[Symbol.asyncDispose]();
  removeWorkDir();
});

/** A project with one of them, configured. */
function projectWith(folder: string, entry: { readonly isolation: string; readonly config: object }): TestProject {
  const project = createProject();
  addPlugin(project, folder);
  const name = `./${folder.split('/').at(-1) ?? ''}`;
  project.write('ar.config.json', JSON.stringify({ plugins: [{ name, ...entry }] }));
  return project;
}

describe.each(['none', 'process'] as const)('with isolation %s', (isolation) => {
  test('messages, sessions and dead letters are in Redis, also when it was away in between', async () => {
    const redisPrefix = `relay-${isolation}`;
    const project = projectWith('examples/redis-storage', { isolation, config: { redisUrl: redis.url, redisPrefix } });
    await using relay = await startTestRelay(project);
    expect(relay.loader.getLoaded()).toMatchObject([{ type: 'storage', status: 'active' }]);
    const [alice, bob] = await Promise.all([relay.connect('Alice'), relay.connect('Bob')]);
    const received = inboxOf(bob);
    alice.sendMessage('Bob', 'before');
    await received.waitFor(({ body }) => body === 'before');
    const bodies = (): Promise<readonly string[]> => bodiesIn(redisPrefix);
    await expect.poll(bodies, { timeout: 10_000 }).toEqual(['before']);
    await redis.kill();
    alice.sendMessage('Bob', 'meanwhile');
    await received.waitFor(({ body }) => body === 'meanwhile');
    await redis.start();
    await expect.poll(bodies, { timeout: 20_000 }).toEqual(['before', 'meanwhile']);
    expect(await redis.ask('ZCARD', `${redisPrefix}:sessions`)).toBe(2);
    expect(await relay.loader.health()).toMatchObject([{ health: { status: 'healthy' } }]);
  });

  test('agents remember in Pinecone, also while it is away', async () => {
    await using pinecone = await startPinecone({ dimension: 64 });
    const config = {
      pineconeApiKey: 'pinecone-key',
      pineconeIndex: 'relay',
      pineconeApiHost: pinecone.url,
      pineconeIndexHost: pinecone.url,
      pineconeEmbeddings: 'local',
    };
    const project = projectWith('plugins/pinecone-memory', { isolation, config });
    await using relay = await startTestRelay(project);
    expect(relay.loader.getLoaded()).toMatchObject([{ type: 'memory', status: 'active' }]);
    const alice = await relay.connect('Alice');
    const inbox = inboxOf(alice);
    alice.sendMessage('_memory', 'save the deploy key is in the vault');
    await inbox.waitFor(({ body }) => body.includes('Saved'));
    alice.sendMessage('_memory', 'search deploy keys');
    const found = await inbox.waitFor(({ body }) => body.includes('Found 1'));
    expect(found.body).toContain('the deploy key is in the vault');
    await pinecone.stop();
    expect(await relay.loader.memory?.add('promised')).toMatchObject({ success: true });
    await pinecone.start();
    const contents = (): readonly unknown[] =>
      [...(pinecone.namespaces.get('agent-relay')?.values() ?? [])].map(({ metadata }) => metadata?.['content']);
    await expect.poll(contents, { timeout: 20_000 }).toContain('promised');
    expect(pinecone.violations).toEqual([]);
  });

  test('messages are posted to their endpoints, and to no other host, also after the daemon was away', async () => {
    await using one = await startReceiver();
    await using two = await startReceiver();
    const webhookEndpoints = [{ endpoint: 2, filter: { body: '*failed*' }, template: { text: '{{from}}: {{body}}' } }];
    const config = { webhookUrl: one.url, webhookUrl2: two.url, webhookEndpoints };
    const project = projectWith('plugins/webhook-bridge', { isolation, config });
    two.state.status = 503;
    {
      await using relay = await startTestRelay(project);
      expect(relay.loader.getLoaded()).toMatchObject([{ type: 'bridge', status: 'active' }]);
      const alice = await relay.connect('Alice');
      alice.sendMessage('webhook-bridge', 'it passed');
      alice.sendMessage('webhook-bridge', 'it failed');
      await expect
        .poll(() => one.bodies, { timeout: 10_000 })
        .toMatchObject([{ data: { from: 'Alice', body: 'it passed' } }, { data: { body: 'it failed' } }]);
    }
    two.state.status = 200;
    await using relay = await startTestRelay(project);
    await expect.poll(() => two.bodies, { timeout: 10_000 }).toEqual([{ text: 'Alice: it failed' }]);
    expect(await relay.loader.health()).toMatchObject([{ health: { status: 'healthy' } }]);
  });
});

describe.each(['none', 'process'] as const)('with isolation %s', (isolation) => {
  test('posts that are signed come in once, also after a restart, and on the port that was set alone', async () => {
    const webhookInboundPort = await freePort();
    const webhookSecret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    const config = { webhookUrl: 'http://127.0.0.1:9/', webhookInboundPort: String(webhookInboundPort), webhookSecret };
    const project = projectWith('plugins/webhook-bridge', { isolation, config });
    const body = JSON.stringify({ to: 'Alice', body: 'deployed' });
    const headers = signPost(webhookSecret, body);
    const post = async (signed: Readonly<Record<string, string>>): Promise<number> => {
      const url = `http://127.0.0.1:${webhookInboundPort}/`;
      return (await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...signed } }))
        .status;
    };
    {
      await using relay = await startTestRelay(project);
      expect(relay.loader.getLoaded()).toMatchObject([{ type: 'bridge', status: 'active' }]);
      const inbox = inboxOf(await relay.connect('Alice'));
      expect(await post({})).toBe(401);
      expect(await post(headers)).toBe(202);
      await inbox.waitFor(({ body: text }) => text === 'deployed');
    }
    expect(await isOpen(webhookInboundPort)).toBe(false);
    await using relay = await startTestRelay(project);
    expect(relay.loader.getLoaded()).toMatchObject([{ status: 'active' }]);
    expect(await post(headers)).toBe(409);
    expect(await relay.loader.health()).toMatchObject([{ health: { details: { inboundPort: webhookInboundPort } } }]);
  });
});

/** Of the Standard Webhooks scheme, whose own sources the plugin's tests compare with. */
function signPost(secret: string, body: string): Readonly<Record<string, string>> {
  const [id, timestamp] = ['msg_1', String(Math.floor(Date.now() / 1000))];
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}

/** Takes what is posted, unless it is told to be away. */
async function startReceiver() {
  const bodies: unknown[] = [];
  const state = { status: 200 };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    if (state.status === 200) bodies.push(JSON.parse(Buffer.concat(chunks).toString()));
    response.writeHead(state.status).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    bodies,
    state,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function bodiesIn(prefix: string): Promise<readonly string[]> {
  const names = (await redis.ask('ZRANGE', `${prefix}:from:"Alice"`, '0', '-1')) as string[];
  const texts = await Promise.all(names.map((name) => redis.ask('GET', `${prefix}:message:${name}`)));
  return texts.map((text) => String((JSON.parse(String(text)) as { body?: unknown }).body));
}
