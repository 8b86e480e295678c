/** What waits, what was not delivered, and what was accepted, over restarts and a kill. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTestContext } from '@ar-registry/sdk/testing';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { SECRET, bodyOf, loadBridge, startTarget } from './world.ts';

const CHILD = fileURLToPath(new URL('support/bridge-until-killed.ts', import.meta.url));

describe('the queue', () => {
  it('is posted after a kill in the middle, in order and each with its id of before', { timeout: 30_000 }, async () => {
    await using context = await createTestContext();
    let up = false;
    await using target = await startTarget((response, index) => {
      // Takes the first and is away then.
      if (index === 0 || up) response.writeHead(200).end();
      else response.writeHead(503).end();
    });
    const args = ['--conditions=ar-source', '--no-warnings', CHILD, context.dataDir, target.url];
    const first = spawn(process.execPath, [...args, '5'], { stdio: ['ignore', 'pipe', 'inherit'] });
    await target.arrived(2);
    await expect.poll(() => linesOf(join(context.dataDir, 'queue-1.jsonl')).length).toBeGreaterThanOrEqual(5);
    first.kill('SIGKILL');
    await once(first, 'exit');
    up = true;
    const before = target.received.length;
    const second = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    await target.arrived(before + 4);
    second.kill('SIGKILL');
    await once(second, 'exit');
    const taken = [target.received[0], ...target.received.slice(before)].map((each) => each && bodyOf(each));
    expect(taken).toEqual([0, 1, 2, 3, 4].map((at) => `message ${at}`));
    const tries = target.received.filter((each) => bodyOf(each) === 'message 1');
    expect(new Set(tries.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  it('keeps what is left when the bridge is unloaded, and posts it when it is loaded again', async () => {
    let up = false;
    await using target = await startTarget((response) => response.writeHead(up ? 200 : 503).end());
    await using world = await loadBridge({ webhookUrl: target.url }, { closeLimitMs: 200, sleep: untilAborted });
    for (const body of ['one', 'two']) world.context.client.deliver('Alice', body);
    await target.arrived(1);
    await world.plugin.onUnload?.();
    up = true;
    const before = target.received.length;
    await world.plugin.onLoad(world.context);
    await target.arrived(before + 2);
    expect(target.received.slice(before).map((each) => bodyOf(each))).toEqual(['one', 'two']);
  });

  it('posts nothing of lines that are none', async () => {
    await using target = await startTarget((response) => response.writeHead(200).end());
    await using context = await createTestContext();
    const bad = { id: 'a\r\nx-evil: 1', body: 'x', contentType: 'application/json' };
    const lines = [{ seq: 1, item: bad }, { seq: 2, item: { ...bad, id: 'ok', body: 7 } }, null, { seq: 3 }];
    const good = {
      seq: 9,
      item: { id: 'msg_good', body: '{"data":{"body":"good"}}', contentType: 'application/json' },
    };
    writeFileSync(
      join(context.dataDir, 'queue-1.jsonl'),
      [...lines, good].map((line) => `${JSON.stringify(line)}\n`).join(''),
    );
    await using _ = await loadBridge({ webhookUrl: target.url }, {}, context);
    await target.arrived(1);
    expect(target.received.map(({ headers }) => headers['webhook-id'])).toEqual(['msg_good']);
  });
});

describe('dead letters', () => {
  it('are kept as they were, and posted again when the file is renamed', async () => {
    let status = 400;
    await using target = await startTarget((response) => response.writeHead(status).end());
    await using world = await loadBridge({ webhookUrl: target.url, webhookSecret: SECRET });
    for (const body of ['one', 'two']) world.context.client.deliver('Alice', body);
    await world.reported('given-up', 2);
    const dead = join(world.context.dataDir, 'dead-1.jsonl');
    expect(linesOf(dead).map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { at: expect.any(String), reason: 'status 400', id: 'msg_1', contentType: 'application/json' },
      { id: 'msg_2' },
    ]);
    status = 200;
    renameSync(dead, join(world.context.dataDir, 'replay-1.jsonl'));
    await world.plugin.health?.();
    await world.reported('delivered', 2);
    expect(target.received.slice(2).map((each) => bodyOf(each))).toEqual(['one', 'two']);
    // Signed anew: the old signature would be refused.
    const [, , again] = target.received;
    expect(new Webhook(SECRET).verify(again?.text ?? '', again?.headers as Record<string, string>)).toBeDefined();
    expect(existsSync(join(world.context.dataDir, 'replaying-1.jsonl'))).toBe(false);
  });

  it('go on from where a crash interrupted them, and wait where there is no room', async () => {
    await using target = await startTarget((response) => response.writeHead(200).end());
    await using context = await createTestContext();
    const letters = [1, 2, 3, 4, 5].map((n) => ({
      at: 'x',
      reason: 'y',
      id: `msg_${n}`,
      body: `{"data":{"body":"${n}"}}`,
      contentType: 'application/json',
    }));
    const text = letters.map((letter) => `${JSON.stringify(letter)}\n`).join('');
    writeFileSync(join(context.dataDir, 'replaying-1.jsonl'), `${text}{"half":`);
    await using world = await loadBridge({ webhookUrl: target.url, webhookQueueSize: 2 }, {}, context);
    for (let seen = 2; seen < 6; seen += 2) {
      await target.arrived(Math.min(seen, 5));
      await world.reported('delivered', Math.min(seen, 5));
      await world.plugin.health?.();
    }
    await target.arrived(5);
    expect(target.received.map((each) => bodyOf(each))).toEqual(['1', '2', '3', '4', '5']);
  });
});

describe('an endpoint that answers 410', () => {
  it('is left alone, also after a restart, until its dead letters are posted again or it has another URL', async () => {
    let status = 410;
    await using target = await startTarget((response) => response.writeHead(status).end());
    await using world = await loadBridge({ webhookUrl: target.url });
    world.context.client.deliver('Alice', 'one');
    await world.reported('gone', 1);
    expect(await world.plugin.health?.()).toMatchObject({
      status: 'unhealthy',
      message: expect.stringMatching(/gone/) as string,
    });
    status = 200;
    await world.plugin.onUnload?.();
    await world.plugin.onLoad(world.context);
    world.context.client.deliver('Alice', 'two');
    await world.reported('given-up', 1);
    expect(target.received).toHaveLength(1);
    renameSync(join(world.context.dataDir, 'dead-1.jsonl'), join(world.context.dataDir, 'replay-1.jsonl'));
    await world.plugin.health?.();
    await world.reported('delivered', 2);
    world.context.client.deliver('Alice', 'three');
    await world.reported('delivered', 3);
    expect(target.received.slice(1).map((each) => bodyOf(each))).toEqual(['one', 'two', 'three']);
  });

  it('is asked again under another URL', async () => {
    await using gone = await startTarget((response) => response.writeHead(410).end());
    await using target = await startTarget((response) => response.writeHead(200).end());
    await using world = await loadBridge({ webhookUrl: gone.url });
    world.context.client.deliver('Alice', 'one');
    await world.reported('gone', 1);
    await world.plugin.onUnload?.();
    await world.plugin.onLoad({ ...world.context, config: { webhookUrl: target.url } });
    world.context.client.deliver('Alice', 'two');
    await target.arrived(1);
    expect(target.received).toHaveLength(1);
  });
});

describe('what was accepted', () => {
  it('is known again after a restart', async () => {
    const config = { webhookUrl: 'http://127.0.0.1:9/', webhookInboundPort: 0, webhookSecret: SECRET };
    await using world = await loadBridge(config);
    const post = async (): Promise<number> => {
      const text = JSON.stringify({ to: 'Alice', body: 'once' });
      const at = new Date();
      const headers = {
        'content-type': 'application/json',
        'webhook-id': 'msg_once',
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': new Webhook(SECRET).sign('msg_once', at, text),
      };
      return (await fetch(await world.inboundUrl(), { method: 'POST', body: text, headers })).status;
    };
    expect(await post()).toBe(202);
    expect(linesOf(join(world.context.dataDir, 'seen.jsonl'))).toHaveLength(1);
    await world.plugin.onUnload?.();
    await world.plugin.onLoad(world.context);
    expect(await post()).toBe(409);
  });
});

function linesOf(file: string): readonly string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
}

function untilAborted(_ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
