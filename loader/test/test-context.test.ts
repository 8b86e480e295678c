/** What the SDK gives to the tests of authors, around the real daemon. */
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createTestContext, type RelayClasses } from '@ar-registry/sdk/testing';
import type { Daemon } from '../../tools/agent-relay/node_modules/agent-relay/dist/daemon/server.js';
import type { RelayClient } from '../../tools/agent-relay/node_modules/agent-relay/dist/wrapper/client.js';
import { RELAY_DIR } from './support/relay-dir.ts';
import { CLIENT_URL, nextMessage, silenceRelay } from './support/relay.ts';

interface RealClasses {
  readonly Daemon: typeof Daemon;
  readonly RelayClient: typeof RelayClient;
}

/** As an author imports them, whose classes are those of the compiler. */
async function importClasses(): Promise<RelayClasses> {
  silenceRelay();
  const classes: RealClasses = {
    ...((await import(/* @vite-ignore */ `${RELAY_DIR}/dist/daemon/server.js`)) as Pick<RealClasses, 'Daemon'>),
    ...((await import(/* @vite-ignore */ CLIENT_URL)) as Pick<RealClasses, 'RelayClient'>),
  };
  return classes;
}

test('a plugin under test and an agent exchange messages by the real daemon, and nothing is left', async () => {
  const relay = await importClasses();
  const context = await createTestContext({ relay, agentName: 'echo', config: { word: 'x' } });
  const { client, daemon, dataDir, config, signal } = context;
  expect(config).toEqual({ word: 'x' });
  client.onMessage = (from, { body }) => client.sendMessage(from, `echo ${body}`);
  const alice = await context.connect('Alice');
  const received = nextMessage(alice as RelayClient);
  alice.sendMessage('echo', 'hello');
  expect(await received).toMatchObject({ from: 'echo', body: 'echo hello' });
  expect(daemon.getAgents()).toEqual(['echo', 'Alice']);
  await context.dispose();
  expect([signal.aborted, daemon.isRunning, existsSync(dataDir)]).toEqual([true, false, false]);
});

test('where the daemon cannot start, nothing is left either', async () => {
  const { RelayClient: Client } = await importClasses();
  const stopped: string[] = [];
  class Broken {
    readonly socketPath: string;
    readonly connectionCount = 0;
    readonly isRunning = false;
    constructor(config: { readonly socketPath: string }) {
      this.socketPath = config.socketPath;
    }
    getAgents(): string[] {
      return [];
    }
    broadcastSystemMessage(): void {}
    start(): Promise<void> {
      return Promise.reject(new Error('no'));
    }
    stop(): Promise<void> {
      stopped.push(this.socketPath);
      return Promise.resolve();
    }
  }
  await expect(createTestContext({ relay: { Daemon: Broken, RelayClient: Client } })).rejects.toThrow('no');
  expect(stopped.map((path) => existsSync(path.replace('/relay.sock', '')))).toEqual([false]);
});
