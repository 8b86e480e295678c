import { expect, test } from 'vitest';
import type { RelayClientClass } from '../relay/types.ts';
import { createGuardedClient, type GuardedClient } from './client.ts';

interface Made {
  readonly agentName: string;
  destroyed: boolean;
  connected: boolean;
}

function guarded(): { readonly client: GuardedClient; readonly made: readonly Made[] } {
  const made: Made[] = [];
  class FakeClient implements Made {
    readonly agentName: string;
    destroyed = false;
    connected = false;
    constructor({ agentName }: { readonly agentName: string }) {
      this.agentName = agentName;
      made.push(this);
    }
    connect(): Promise<void> {
      this.connected = true;
      return Promise.resolve();
    }
    destroy(): void {
      this.destroyed = true;
    }
  }
  const RelayClient = FakeClient as unknown as RelayClientClass;
  const client = createGuardedClient({
    RelayClient,
    socketPath: '/nowhere',
    agentName: 'plugin',
    call: (_, run) => void run(),
  });
  return { client, made };
}

test('a client is made once, when somebody asks for it', () => {
  const { client, made } = guarded();
  expect(made).toEqual([]);
  expect(client.client).toBe(client.client);
  expect(made).toMatchObject([{ agentName: 'plugin', destroyed: false }]);
});

test('who waits for it is told when it is made, or at once where it is', () => {
  const { client, made } = guarded();
  const told: unknown[] = [];
  client.onMade((one) => told.push(one));
  expect([told, made]).toEqual([[], []]);
  const { client: itself } = client;
  client.onMade((one) => told.push(one));
  expect(told).toEqual([itself, itself]);
});

test('none is made to be ended', async () => {
  const { client, made } = guarded();
  await client.close();
  expect(made).toEqual([]);
});

test('one that is made before its plugin is unloaded is ended then, one that is made after that at once', async () => {
  const [before, after] = [guarded(), guarded()];
  expect(before.client.client).toBeDefined();
  for (const { client } of [before, after]) await client.close();
  expect(after.client.client).toBeDefined();
  expect([before, after].map(({ made }) => made)).toMatchObject([[{ destroyed: true }], [{ destroyed: true }]]);
});

test('none connects once its plugin is unloaded, whenever it was made', async () => {
  const [before, after] = [guarded(), guarded()];
  await before.client.client.connect();
  expect(before.made).toMatchObject([{ connected: true }]);
  for (const { client } of [before, after]) {
    await client.close();
    await expect(client.client.connect()).rejects.toThrow('unloaded');
  }
  expect(after.made).toMatchObject([{ connected: false }]);
});

test('what a plugin writes into a slot is called through the guard until it is unloaded', async () => {
  const { client } = guarded();
  const { client: own } = client;
  const heard: string[] = [];
  own.onMessage = (from) => void heard.push(from);
  own.onMessage('Alice', {} as never, 'id');
  await client.close();
  own.onMessage('Bob', {} as never, 'id');
  expect(heard).toEqual(['Alice']);
});
