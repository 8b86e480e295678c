import { EventEmitter, once } from 'node:events';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import exported from '../src/index.ts';
import { createTestContext } from '@ar-registry/sdk/testing';
import { type Received, SECRET, bodyOf, loadBridge, startTarget } from './world.ts';

describe('the outbound side', () => {
  it('posts a message as JSON, signed so that the library of the standard accepts it', async () => {
    await using target = await startTarget((response) => response.writeHead(204).end());
    await using world = await loadBridge({ webhookUrl: target.url, webhookSecret: SECRET });
    world.context.client.deliver('Alice', 'Grüße 💬', { id: 'm1', thread: 't', data: { n: 1 } });
    await world.reported('delivered', 1);
    const [received] = target.received;
    expect(received).toMatchObject({ method: 'POST', url: '/hook', headers: { 'content-type': 'application/json' } });
    expect(verify(received)).toEqual({
      type: 'relay.message',
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      data: {
        id: 'm1',
        from: 'Alice',
        to: 'webhook-bridge',
        thread: 't',
        kind: 'message',
        body: 'Grüße 💬',
        data: { n: 1 },
      },
    });
    expect(await world.plugin.health?.()).toMatchObject({
      status: 'healthy',
      details: { endpoints: [{ queueLength: 0, delivered: 1, lastSuccessAt: expect.any(String) }] },
    });
  });

  it('posts without a signature when there is no secret', async () => {
    await using target = await startTarget((response) => response.writeHead(200).end());
    await using world = await loadBridge({ webhookUrl: target.url });
    world.context.client.deliver('Alice', 'hi');
    await world.reported('delivered', 1);
    expect(target.received[0]?.headers).not.toHaveProperty('webhook-signature');
    expect(target.received[0]?.headers).toMatchObject({ 'webhook-id': 'msg_1' });
  });

  it('posts broadcasts and the channels it was told to join, in order', async () => {
    await using target = await startTarget((response) => response.writeHead(200).end());
    await using world = await loadBridge({ webhookUrl: target.url, webhookChannels: '#builds' });
    world.context.client.deliver('Alice', 'one', { to: '*' });
    world.context.client.deliverChannel({ from: 'Bob', channel: '#builds', body: 'two' });
    world.context.client.deliver('Alice', 'three');
    await world.reported('delivered', 3);
    expect(target.received.map((each) => bodyOf(each))).toEqual(['one', 'two', 'three']);
  });

  it('tries again under the same id, with a new signature, when the target fails', async () => {
    const statuses = [500, 429, 408, 409, 425, 200];
    await using target = await startTarget((response, index) => response.writeHead(statuses[index] ?? 200).end());
    let nowMs = Date.now() - 60_000;
    await using world = await loadBridge(
      { webhookUrl: target.url, webhookSecret: SECRET },
      { now: () => new Date((nowMs += 10_000)) },
    );
    world.context.client.deliver('Alice', 'hi');
    await world.reported('delivered', 1);
    expect(target.received).toHaveLength(6);
    expect(new Set(target.received.map((each) => each.headers['webhook-id']))).toEqual(new Set(['msg_1']));
    expect(new Set(target.received.map((each) => each.headers['webhook-timestamp'])).size).toBe(6);
    for (const each of target.received) expect(verify(each)).toBeDefined();
    expect(world.slept).toEqual([1000, 2000, 4000, 8000, 16_000]);
  });

  it('says that its target is away, tries again, and has lost nothing when it is back', async () => {
    const { port } = new URL(await addressOfNobody());
    const slept = new EventEmitter();
    const waits: number[] = [];
    await using world = await loadBridge(
      { webhookUrl: `http://127.0.0.1:${port}/hook`, webhookMaxAttempts: 100 },
      {
        async sleep(ms) {
          waits.push(ms);
          await once(slept, 'over');
        },
      },
    );
    for (const body of ['one', 'two']) world.context.client.deliver('Alice', body);
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      await world.reported('retrying', attempt);
      await expect.poll(() => waits.length, { interval: 5 }).toBe(attempt);
      expect(await world.plugin.health?.()).toMatchObject({
        status: 'degraded',
        message: expect.stringContaining('failed') as string,
        details: { endpoints: [{ queueLength: 2 }] },
      });
      if (attempt < 4) slept.emit('over');
    }
    expect(waits).toEqual([1000, 2000, 4000, 8000]);
    await using target = await startTarget((response) => response.writeHead(200).end(), Number(port));
    slept.emit('over');
    await world.reported('delivered', 2);
    expect(target.received.map((each) => bodyOf(each))).toEqual(['one', 'two']);
    expect(await world.plugin.health?.()).toMatchObject({ status: 'healthy' });
  });

  it('waits as long as the target asks', async () => {
    await using target = await startTarget((response, index) =>
      response.writeHead(index === 0 ? 503 : 200, { 'retry-after': '120' }).end(),
    );
    await using world = await loadBridge({ webhookUrl: target.url });
    world.context.client.deliver('Alice', 'hi');
    await world.reported('delivered', 1);
    expect(world.slept).toEqual([120_000]);
  });

  it.each([400, 401, 404, 422])('does not repeat what the target answers with %d', async (status) => {
    await using target = await startTarget((response) => response.writeHead(status).end());
    await using world = await loadBridge({ webhookUrl: target.url });
    world.context.client.deliver('Alice', 'hi');
    await world.reported('given-up', 1);
    expect(target.received).toHaveLength(1);
    expect(await world.plugin.health?.()).toMatchObject({
      status: 'unhealthy',
      details: { endpoints: [{ givenUp: 1, lastFailureAt: expect.any(String) }] },
    });
  });

  it.each([301, 302, 307, 308])('does not follow a redirect with %d', async (status) => {
    await using elsewhere = await startTarget((response) => response.writeHead(200).end());
    await using target = await startTarget((response) => response.writeHead(status, { location: elsewhere.url }).end());
    await using world = await loadBridge({ webhookUrl: target.url });
    world.context.client.deliver('Alice', 'hi');
    await world.reported('given-up', 1);
    expect(target.received).toHaveLength(1);
    expect(elsewhere.received).toHaveLength(0);
  });

  it('gives up after the given number of attempts', async () => {
    await using target = await startTarget((response) => response.writeHead(500).end());
    await using world = await loadBridge({ webhookUrl: target.url, webhookMaxAttempts: '3' });
    world.context.client.deliver('Alice', 'hi');
    await world.reported('given-up', 1);
    expect(target.received).toHaveLength(3);
  });

  it('ends an attempt that takes too long', async () => {
    await using target = await startTarget((response, index) => index > 0 && response.writeHead(200).end());
    await using world = await loadBridge({ webhookUrl: target.url, webhookTimeoutSeconds: 1 });
    world.context.client.deliver('Alice', 'hi');
    await world.reported('delivered', 1);
    expect(target.received).toHaveLength(2);
    const retry = world.context.logger.entries.find((entry) => entry.level === 'warn');
    expect(retry?.extra).toMatchObject({ reason: 'TimeoutError' });
  });

  it('does not wait for the end of an endless answer', async () => {
    await using target = await startTarget((response) => response.writeHead(200).write('x'));
    await using world = await loadBridge({ webhookUrl: target.url });
    world.context.client.deliver('Alice', 'one');
    world.context.client.deliver('Alice', 'two');
    await world.reported('delivered', 2);
    expect(target.received).toHaveLength(2);
  });

  it('names neither the path nor the query of its URL in the log, where they may be a secret', async () => {
    let url = '';
    {
      await using target = await startTarget((response) => response.end());
      url = `${target.url}/T0-secret?token=secret`;
    }
    await using world = await loadBridge({ webhookUrl: url, webhookMaxAttempts: 2, webhookSecret: SECRET });
    world.context.client.deliver('Alice', 'hi');
    await world.reported('given-up', 1);
    expect(world.context.logger.entries.at(-1)).toMatchObject({ extra: { reason: 'ECONNREFUSED' } });
    expect(JSON.stringify([world.context.logger.entries, await world.plugin.health?.()])).not.toMatch(/secret|whsec_/);
  });

  it('drops messages when the queue is full, and says so', async () => {
    await using target = await startTarget(() => undefined);
    await using world = await loadBridge({ webhookUrl: target.url, webhookQueueSize: 2 }, { closeLimitMs: 50 });
    for (const body of ['one', 'two', 'three']) world.context.client.deliver('Alice', body);
    expect(await world.plugin.health?.()).toMatchObject({
      details: { endpoints: [{ queueLength: 2, dropped: 1 }] },
    });
    expect(world.context.logger.entries.at(-1)).toMatchObject({ level: 'error' });
  });

  it('survives a message whose data cannot be written as JSON', async () => {
    await using target = await startTarget((response) => response.writeHead(200).end());
    await using world = await loadBridge({ webhookUrl: target.url });
    const data = JSON.parse(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`) as Record<string, unknown>;
    expect(() => world.context.client.deliver('Mallory', 'deep', { data })).not.toThrow();
    world.context.client.deliver('Alice', 'next');
    await world.reported('delivered', 1);
    expect(target.received.map((each) => bodyOf(each))).toEqual(['next']);
  });

  it('does not post its own messages', async () => {
    await using target = await startTarget((response) => response.writeHead(200).end());
    await using world = await loadBridge({ webhookUrl: target.url });
    world.context.client.deliver('webhook-bridge', 'echo', { to: '*' });
    world.context.client.deliver('Alice', 'hi');
    await world.reported('delivered', 1);
    expect(target.received.map((each) => bodyOf(each))).toEqual(['hi']);
  });
});

describe('unloading', () => {
  it('delivers what is in flight first', async () => {
    const first = Promise.withResolvers<void>();
    await using target = await startTarget((response, index) => {
      void (index === 0 ? first.promise : Promise.resolve()).then(() => response.writeHead(200).end());
    });
    await using world = await loadBridge({ webhookUrl: target.url });
    world.context.client.deliver('Alice', 'one');
    world.context.client.deliver('Alice', 'two');
    await target.arrived(1);
    const unloaded = world.plugin.onUnload?.();
    expect(world.context.client.deliver('Alice', 'too late')).toBe(false);
    first.resolve();
    await unloaded;
    expect(target.received.map((each) => bodyOf(each))).toEqual(['one', 'two']);
    expect(await world.plugin.health?.()).toMatchObject({ status: 'unhealthy' });
  });

  it('aborts what takes too long, and says how much stays', async () => {
    await using target = await startTarget(() => undefined);
    await using world = await loadBridge({ webhookUrl: target.url }, { closeLimitMs: 50 });
    world.context.client.deliver('Alice', 'one');
    world.context.client.deliver('Alice', 'two');
    await target.arrived(1);
    await world.plugin.onUnload?.();
    expect(world.context.logger.entries.at(-1)).toMatchObject({ level: 'warn', extra: { undelivered: 2 } });
  });

  it('gives what is in flight its time when the daemon aborts before it unloads', async () => {
    const answer = Promise.withResolvers<void>();
    await using target = await startTarget((response) => void answer.promise.then(() => response.writeHead(200).end()));
    await using world = await loadBridge({ webhookUrl: target.url });
    world.context.client.deliver('Alice', 'one');
    await target.arrived(1);
    world.context.abort();
    answer.resolve();
    await world.plugin.onUnload?.();
    expect(world.context.metrics.total('deliveries', { result: 'delivered' })).toBe(1);
  });

  it('can be loaded again', async () => {
    await using target = await startTarget((response) => response.writeHead(200).end());
    await using world = await loadBridge({ webhookUrl: target.url });
    await world.plugin.onUnload?.();
    await world.plugin.onLoad(world.context);
    world.context.client.deliver('Alice', 'hi');
    await target.arrived(1);
    expect(target.received).toHaveLength(1);
  });
});

describe('the default export', () => {
  it('is a bridge that delivers', async () => {
    await using target = await startTarget((response) => response.writeHead(200).end());
    await using context = await createTestContext({ config: { webhookUrl: target.url }, agentName: 'webhook-bridge' });
    await exported.onLoad(context);
    context.client.deliver('Alice', 'hi');
    await target.arrived(1);
    await exported.onUnload?.();
    expect(target.received[0]?.headers['webhook-id']).toMatch(/^msg_[0-9a-f-]{36}$/);
  });

  it('refuses to load without a URL', async () => {
    await using context = await createTestContext();
    await expect(exported.onLoad(context)).rejects.toBeInstanceOf(TypeError);
    expect(context.client.onMessage).toBeUndefined();
  });
});

/** An address at which nobody listens any more. */
async function addressOfNobody(): Promise<string> {
  await using target = await startTarget((response) => response.end());
  return target.url;
}

function verify(received: Received | undefined): unknown {
  return new Webhook(SECRET).verify(received?.text ?? '', received?.headers as Record<string, string>);
}
