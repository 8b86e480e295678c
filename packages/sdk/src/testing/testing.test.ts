import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ChannelMessageEnvelope, ClientState, PluginContext } from '../index.ts';
import { createTestContext } from './index.ts';

describe('createTestContext', () => {
  it('gives a plugin everything that onLoad gets', async () => {
    await using context = await createTestContext({ config: { greeting: 'hi' }, agentName: 'bridge', agents: ['Bob'] });
    const asPlugin: PluginContext = context;
    expect(asPlugin.config).toEqual({ greeting: 'hi' });
    expect(asPlugin.client.agentName).toBe('bridge');
    expect(asPlugin.client.state).toBe('READY');
    expect(asPlugin.daemon.getAgents()).toEqual(['bridge', 'Bob']);
    expect(asPlugin.daemon.connectionCount).toBe(2);
    expect(asPlugin.signal.aborted).toBe(false);
  });

  it('deletes the data folder, aborts and disconnects at the end of its scope', async () => {
    let kept: PluginContext;
    {
      await using context = await createTestContext();
      await writeFile(join(context.dataDir, 'state.json'), '{}');
      kept = context;
    }
    expect(existsSync(kept.dataDir)).toBe(false);
    expect(kept.signal.aborted).toBe(true);
    expect(kept.client.state).toBe('DISCONNECTED');
  });

  it('can be disposed of twice', async () => {
    await using context = await createTestContext();
    await context.dispose();
    expect(existsSync(context.dataDir)).toBe(false);
  });

  it('aborts the signal on demand, as unloading does', async () => {
    await using context = await createTestContext();
    context.abort();
    expect(context.signal.aborted).toBe(true);
  });

  it('gives two contexts folders of their own', async () => {
    await using one = await createTestContext();
    await using other = await createTestContext();
    expect(one.dataDir).not.toBe(other.dataDir);
  });
});

describe('TestRelayClient', () => {
  it('records what is sent, without the keys that were left out', async () => {
    await using context = await createTestContext();
    const { client } = context;
    expect(client.sendMessage('Alice', 'hello')).toBe(true);
    expect(client.sendMessage('Alice', 'all', 'action', { n: 1 }, 'thread-1', { importance: 9 })).toBe(true);
    expect(client.broadcast('to everyone')).toBe(true);
    expect(client.sendChannelMessage('#dev', 'in channel', { thread: 't', mentions: ['Bob'] })).toBe(true);
    expect(client.sent).toEqual([
      { to: 'Alice', body: 'hello', kind: 'message' },
      { to: 'Alice', body: 'all', kind: 'action', data: { n: 1 }, thread: 'thread-1', meta: { importance: 9 } },
      { to: '*', body: 'to everyone', kind: 'message' },
      { channel: '#dev', body: 'in channel', thread: 't', mentions: ['Bob'] },
    ]);
    expect(client.sent[0]).not.toHaveProperty('thread');
  });

  it('hands a delivered message to onMessage with an id, and tells a broadcast by its recipient', async () => {
    await using context = await createTestContext({ agentName: 'bridge' });
    const seen: unknown[][] = [];
    context.client.onMessage = (...args) => seen.push(args);
    expect(context.client.deliver('Alice', 'hi')).toBe(true);
    expect(context.client.deliver('Bob', 'all', { to: '*', kind: 'state', data: { n: 1 }, thread: 't', id: 'x' })).toBe(
      true,
    );
    expect(seen).toEqual([
      ['Alice', { kind: 'message', body: 'hi' }, 'message-1', undefined, undefined],
      ['Bob', { kind: 'state', body: 'all', data: { n: 1 }, thread: 't' }, 'x', undefined, '*'],
    ]);
  });

  it('says that nobody listens', async () => {
    await using context = await createTestContext();
    expect(context.client.deliver('Alice', 'hi')).toBe(false);
  });

  it('lets the test see what a callback throws', async () => {
    await using context = await createTestContext();
    context.client.onMessage = () => {
      throw new RangeError('a bug of the plugin');
    };
    expect(() => context.client.deliver('Alice', 'hi')).toThrow(RangeError);
  });

  it('delivers messages of joined channels only', async () => {
    await using context = await createTestContext({ now: () => 1700 });
    const { client } = context;
    const seen: ChannelMessageEnvelope[] = [];
    client.onChannelMessage = (...args) => seen.push(args[3]);
    const message = { from: 'Alice', channel: '#dev', body: 'hi', thread: 't' };
    expect(client.deliverChannel(message)).toBe(false);
    client.joinChannel('#dev');
    expect(client.deliverChannel(message)).toBe(true);
    client.leaveChannel('#dev');
    expect(client.deliverChannel(message)).toBe(false);
    expect(seen).toEqual([
      {
        v: 1,
        type: 'CHANNEL_MESSAGE',
        id: expect.any(String),
        ts: 1700,
        payload: { channel: '#dev', body: 'hi', thread: 't' },
      },
    ]);
  });

  it('hands a message of a channel to onMessage too, as the real client does', async () => {
    await using context = await createTestContext();
    const seen: unknown[][] = [];
    context.client.onMessage = (...args) => seen.push(args);
    expect(context.client.deliverChannel({ from: 'Alice', channel: '#general', body: 'hi', id: 'm1' })).toBe(true);
    const data = { _isChannelMessage: true, _channel: '#general' };
    expect(seen).toEqual([['Alice', { kind: 'message', body: 'hi', data }, 'm1', undefined, '#general']]);
  });

  it('sends and delivers nothing while the connection is lost, and forgets the channels', async () => {
    await using context = await createTestContext();
    const { client } = context;
    const states: ClientState[] = [];
    client.onStateChange = (state) => states.push(state);
    client.onMessage = () => undefined;
    client.joinChannel('#dev');
    client.setState('BACKOFF');
    expect(client.sendMessage('Alice', 'hi')).toBe(false);
    expect(client.broadcast('hi')).toBe(false);
    expect(client.sendChannelMessage('#dev', 'hi')).toBe(false);
    expect(client.deliver('Alice', 'hi')).toBe(false);
    expect(client.channels).toEqual(new Set());
    await client.connect();
    expect(client.sendMessage('Alice', 'hi')).toBe(true);
    expect(states).toEqual(['BACKOFF', 'READY']);
    expect(client.sent).toHaveLength(1);
  });

  it('waits for a message that matches, sent before or after', async () => {
    await using context = await createTestContext();
    const { client } = context;
    const later = client.waitForSent((message) => message.to === 'Bob');
    client.sendMessage('Alice', 'first');
    client.sendMessage('Bob', 'second');
    await expect(later).resolves.toMatchObject({ body: 'second' });
    await expect(client.waitForSent()).resolves.toMatchObject({ body: 'first' });
  });
});

describe('recording ports', () => {
  it('keeps log entries with their level and facts', async () => {
    await using context = await createTestContext();
    context.logger.debug('a');
    context.logger.info('b');
    context.logger.warn('c', { n: 1 });
    context.logger.error('d');
    expect(context.logger.entries).toEqual([
      { level: 'debug', message: 'a' },
      { level: 'info', message: 'b' },
      { level: 'warn', message: 'c', extra: { n: 1 } },
      { level: 'error', message: 'd' },
    ]);
  });

  it('adds counters up by label', async () => {
    await using context = await createTestContext();
    context.metrics.counter('sent');
    context.metrics.counter('sent', 2, { to: 'Alice' });
    context.metrics.gauge('queue', 7);
    context.metrics.histogram('seconds', 0.5);
    expect(context.metrics.total('sent')).toBe(3);
    expect(context.metrics.total('sent', { to: 'Alice' })).toBe(2);
    expect(context.metrics.total('sent', { to: 'Bob' })).toBe(0);
    expect(context.metrics.samples.map((sample) => sample.kind)).toEqual(['counter', 'counter', 'gauge', 'histogram']);
  });

  it('refuses to lower a counter', async () => {
    await using context = await createTestContext();
    expect(() => context.metrics.counter('sent', -1)).toThrow(RangeError);
  });

  it('keeps system messages', async () => {
    await using context = await createTestContext();
    context.daemon.broadcastSystemMessage('going down', { inSeconds: 5 });
    context.daemon.broadcastSystemMessage('bye');
    expect(context.daemon.systemMessages).toEqual([
      { message: 'going down', data: { inSeconds: 5 } },
      { message: 'bye' },
    ]);
  });
});
