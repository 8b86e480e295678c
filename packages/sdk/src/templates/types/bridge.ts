import type { TypeTemplate } from '../type-template.ts';

const SOURCE = `import type { BridgePlugin, PluginContext } from '@ar-registry/sdk';

/** One load of the plugin: made by onLoad, dropped by onUnload. */
interface Bridge {
  readonly context: PluginContext;
  readonly target: URL;
  readonly inFlight: Set<Promise<void>>;
  forwarded: number;
  lastError: string | undefined;
}

interface Outgoing {
  readonly id: string;
  readonly from: string;
  readonly body: string;
  readonly thread: string | undefined;
}

const REQUEST_TIMEOUT_MS = 10_000;

let bridge: Bridge | undefined;

const plugin: BridgePlugin = {
  async onLoad(context) {
    const target = new URL(String(context.config['targetUrl']));
    const loaded: Bridge = { context, target, inFlight: new Set(), forwarded: 0, lastError: undefined };
    bridge = loaded;
    // The client calls this synchronously: whatever fails later must end in deliver(), not in an unhandled rejection.
    context.client.onMessage = (from, payload, id, _meta, to) => {
      // Set for a broadcast and for the messages of channels, which the client hands over here too.
      if (to !== undefined && to !== '*') return;
      const work: Promise<void> = deliver(loaded, { id, from, body: payload.body, thread: payload.thread }).finally(
        () => loaded.inFlight.delete(work),
      );
      loaded.inFlight.add(work);
    };
    context.logger.info('Forwarding messages.', { host: target.host });
  },

  async onUnload() {
    const loaded = bridge;
    bridge = undefined;
    if (!loaded) return;
    delete loaded.context.client.onMessage;
    await Promise.all(loaded.inFlight);
  },

  async health() {
    if (!bridge) return { status: 'unhealthy', message: 'Not loaded.' };
    const details = { forwarded: bridge.forwarded, inFlight: bridge.inFlight.size };
    if (bridge.lastError !== undefined) return { status: 'degraded', message: bridge.lastError, details };
    return { status: 'healthy', details };
  },
};

export default plugin;

async function deliver(to: Bridge, message: Outgoing): Promise<void> {
  const { client, logger, metrics } = to.context;
  try {
    const reply = await post(to, message);
    to.forwarded += 1;
    to.lastError = undefined;
    metrics.counter('forwarded');
    if (reply !== undefined) client.sendMessage(message.from, reply, 'message', undefined, message.thread);
  } catch (error) {
    to.lastError = error instanceof Error ? error.message : String(error);
    metrics.counter('failed');
    logger.error('Could not forward a message.', { id: message.id, error: to.lastError });
  }
}

/** Posts the message as JSON. An answer { "reply": "text" } is the text to send back; 204 means none. */
async function post(to: Bridge, message: Outgoing): Promise<string | undefined> {
  const response = await fetch(to.target, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(message),
    redirect: 'error',
    signal: AbortSignal.any([to.context.signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
  });
  const text = await response.text();
  if (!response.ok) throw new Error('The target answered ' + response.status + '.');
  if (response.status === 204) return undefined;
  const answer: unknown = JSON.parse(text);
  const isReply = typeof answer === 'object' && answer !== null && 'reply' in answer;
  return isReply && typeof answer.reply === 'string' ? answer.reply : undefined;
}
`;

const TEST = `import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { bridgeContract, createTestContext } from '@ar-registry/sdk/testing';
import plugin from '../src/index.ts';

/** What the loader relies on: the same cases for every bridge. Nobody listens at that port, as when a target is away. */
for (const { title, run } of bridgeContract({ create: () => plugin, config: { targetUrl: 'http://127.0.0.1:9/' } }))
  test(title, run);

interface Answer {
  readonly status: number;
  readonly text?: string;
}

test('forwards a message and sends the reply back', async (t) => {
  const target = await startTarget(t, { status: 200, text: JSON.stringify({ reply: 'pong' }) });
  const context = await createTestContext({ config: { targetUrl: target.url } });
  t.after(context.dispose);
  await plugin.onLoad(context);

  context.client.deliver('Alice', 'ping', { thread: 'thread-1' });
  const reply = await context.client.waitForSent();

  assert.deepEqual(reply, { to: 'Alice', body: 'pong', kind: 'message', thread: 'thread-1' });
  assert.deepEqual(target.received, [{ id: 'message-1', from: 'Alice', body: 'ping', thread: 'thread-1' }]);
  assert.equal((await plugin.health?.())?.status, 'healthy');
  await plugin.onUnload?.();
});

test('leaves the messages of channels alone', async (t) => {
  const target = await startTarget(t, { status: 204 });
  const context = await createTestContext({ config: { targetUrl: target.url } });
  t.after(context.dispose);
  await plugin.onLoad(context);

  context.client.deliverChannel({ from: 'Alice', channel: '#general', body: 'good morning' });
  await plugin.onUnload?.();

  assert.deepEqual(target.received, []);
});

test('reports a target that fails, and forwards nothing after it was unloaded', async (t) => {
  const target = await startTarget(t, { status: 500 });
  const context = await createTestContext({ config: { targetUrl: target.url } });
  t.after(context.dispose);
  await plugin.onLoad(context);

  context.client.deliver('Alice', 'ping');
  await plugin.onUnload?.();

  assert.equal(context.metrics.total('failed'), 1);
  assert.equal(context.client.deliver('Alice', 'again'), false);
  assert.equal(target.received.length, 1);
});

/** A server on the loopback interface that answers every request in the same way. */
async function startTarget(t: TestContext, answer: Answer): Promise<{ url: string; received: unknown[] }> {
  const received: unknown[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    received.push(JSON.parse(Buffer.concat(chunks).toString()));
    response.writeHead(answer.status).end(answer.text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: 'http://127.0.0.1:' + (server.address() as AddressInfo).port, received };
}
`;

export const BRIDGE: TypeTemplate = {
  description: 'Posts relay messages to a URL and sends the replies back',
  category: 'communication',
  manifest: `provides:
  - bidirectional: true
    external: http
    internal: relay

# What the plugin may do. \${KEY} is the host of that configuration value.
permissions:
  network: ["\${TARGET_URL}"]
`,
  config: [{ key: 'TARGET_URL', required: true, meaning: 'URL to which each message is posted as JSON.' }],
  configSchema: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    additionalProperties: false,
    required: ['targetUrl'],
    properties: {
      targetUrl: {
        type: 'string',
        pattern: '^https?://',
        description: 'URL to which each message is posted as JSON.',
      },
    },
  },
  sources: { 'src/index.ts': SOURCE, 'test/index.test.ts': TEST },
  usage: `Each message that is sent to this plugin's agent, or to all, is posted to \`TARGET_URL\` as JSON:
\`{ "id", "from", "body", "thread" }\`. If the answer is \`{ "reply": "text" }\`, the text goes back to the sender.
`,
};
