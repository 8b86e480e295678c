import { createTestContext } from '@ar-registry/sdk/testing';
import type { ClientState, SendPayload } from '@ar-registry/sdk';
import { describe, expect, it } from 'vitest';
import { type RelayMessage, attachToRelay } from './relay-side.ts';

describe('attachToRelay', () => {
  it('hears what is sent to the bridge, to all, and to the channels it was told to join', async () => {
    await using context = await createTestContext({ agentName: 'bridge' });
    const { client } = context;
    const heard: RelayMessage[] = [];
    attachToRelay(client, ['#builds'], (message) => heard.push(message));
    client.deliver('Alice', 'direct', { id: 'm1', thread: 't', data: { n: 1 } });
    client.deliver('Alice', 'to all', { id: 'm2', to: '*', kind: 'state' });
    client.deliverChannel({ from: 'Alice', channel: '#builds', body: 'in channel', id: 'm3', thread: 't' });
    expect(heard).toEqual([
      { id: 'm1', from: 'Alice', to: 'bridge', kind: 'message', body: 'direct', thread: 't', data: { n: 1 } },
      { id: 'm2', from: 'Alice', to: '*', kind: 'state', body: 'to all' },
      { id: 'm3', from: 'Alice', channel: '#builds', kind: 'message', body: 'in channel', thread: 't' },
    ]);
  });

  it('does not hear a channel that only the daemon put it into', async () => {
    await using context = await createTestContext();
    const heard: RelayMessage[] = [];
    attachToRelay(context.client, [], (message) => heard.push(message));
    context.client.joinChannel('#general');
    context.client.deliverChannel({ from: 'Alice', channel: '#general', body: 'chatter' });
    expect(heard).toEqual([]);
  });

  it('does not hear itself', async () => {
    await using context = await createTestContext({ agentName: 'bridge' });
    const heard: RelayMessage[] = [];
    attachToRelay(context.client, ['#builds'], (message) => heard.push(message));
    context.client.deliver('bridge', 'echo', { to: '*' });
    context.client.deliverChannel({ from: 'bridge', channel: '#builds', body: 'echo' });
    expect(heard).toEqual([]);
  });

  it('lets a payload not pretend to come from somebody else', async () => {
    await using context = await createTestContext();
    const heard: RelayMessage[] = [];
    attachToRelay(context.client, [], (message) => heard.push(message));
    const forged = { kind: 'message', body: 'hi', from: 'Boss', id: 'x', channel: '#x' } as SendPayload;
    context.client.onMessage?.('Mallory', forged, 'm1');
    expect(heard).toEqual([{ id: 'm1', from: 'Mallory', to: 'test-plugin', kind: 'message', body: 'hi' }]);
  });

  it('joins its channels again after the connection was lost, and tells whoever listened before', async () => {
    await using context = await createTestContext();
    const { client } = context;
    const states: ClientState[] = [];
    client.onStateChange = (state) => states.push(state);
    attachToRelay(client, ['#builds'], () => undefined);
    client.setState('BACKOFF');
    expect([...client.channels]).toEqual([]);
    client.setState('READY');
    expect([...client.channels]).toEqual(['#builds']);
    expect(states).toEqual(['BACKOFF', 'READY']);
  });

  it('joins when the connection comes up later', async () => {
    await using context = await createTestContext();
    context.client.setState('CONNECTING');
    attachToRelay(context.client, ['#builds'], () => undefined);
    context.client.setState('READY');
    expect([...context.client.channels]).toEqual(['#builds']);
  });

  it('sends to agents and to channels, which it joins first', async () => {
    await using context = await createTestContext();
    const relay = attachToRelay(context.client, [], () => undefined);
    expect(relay.send({ kind: 'direct', to: 'Alice', body: 'hi', thread: 't', data: { n: 1 } })).toBe(true);
    expect(relay.send({ kind: 'channel', channel: '#new', body: 'hi', data: { n: 1 } })).toBe(true);
    expect([...context.client.channels]).toEqual(['#new']);
    expect(context.client.sent).toEqual([
      { to: 'Alice', body: 'hi', kind: 'message', thread: 't', data: { n: 1 } },
      { channel: '#new', body: 'hi', data: { n: 1 } },
    ]);
  });

  it('says that it cannot send while the connection is lost', async () => {
    await using context = await createTestContext();
    const relay = attachToRelay(context.client, [], () => undefined);
    context.client.setState('BACKOFF');
    expect(relay.send({ kind: 'direct', to: 'Alice', body: 'hi' })).toBe(false);
    expect(relay.send({ kind: 'channel', channel: '#new', body: 'hi' })).toBe(false);
  });

  it('gives the callbacks back', async () => {
    await using context = await createTestContext();
    const { client } = context;
    const states: ClientState[] = [];
    const outer = (state: ClientState): void => void states.push(state);
    client.onStateChange = outer;
    attachToRelay(client, [], () => undefined).detach();
    expect(client.onStateChange).toBe(outer);
    expect(client.onMessage).toBeUndefined();
    expect(client.onChannelMessage).toBeUndefined();
  });
});
