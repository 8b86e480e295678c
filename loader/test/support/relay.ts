// `await using` needs these types.
/// <reference lib="esnext.disposable" />
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { vi } from 'vitest';
import type { RelayClient } from '../../../tools/agent-relay/node_modules/agent-relay/dist/wrapper/client.js';
import { startRelay, type RunningRelay, type StartRelayOptions } from '../../src/start-relay.ts';
import type { TestProject } from './project.ts';
import { RELAY_DIR } from './relay-dir.ts';

export const CLIENT_URL = pathToFileURL(join(RELAY_DIR, 'dist/wrapper/client.js')).href;

/** agent-relay prints every message; a test's output is no place for them. */
export function silenceRelay(): void {
  process.env['AGENT_RELAY_LOG_LEVEL'] = 'NONE'; // no level of its own, so nothing reaches it
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
}

export interface TestRelay extends RunningRelay, AsyncDisposable {
  /** A real client, connected; ended with the relay. */
  connect(agentName: string): Promise<RelayClient>;
}

/** Starts the real daemon for a project. `await using` stops it. */
export async function startTestRelay(
  project: TestProject,
  options: Partial<StartRelayOptions> & { readonly env?: Readonly<Record<string, string>> } = {},
): Promise<TestRelay> {
  const relay = await startRelay({ project: project.dir, ...options, env: { ...project.env, ...options.env } });
  const clients: RelayClient[] = [];
  return {
    ...relay,
    async connect(agentName) {
      const client = await connectClient(relay.socketPath, agentName);
      clients.push(client);
      return client;
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.destroy();
      await relay.stop();
    },
  };
}

export async function connectClient(socketPath: string, agentName: string): Promise<RelayClient> {
  const { RelayClient: Client } = (await import(/* @vite-ignore */ CLIENT_URL)) as { RelayClient: typeof RelayClient };
  const client = new Client({ socketPath, agentName, quiet: true, reconnect: false });
  await client.connect();
  return client;
}

/** The next message that a client gets. */
export function nextMessage(client: RelayClient): Promise<{ from: string; body: string }> {
  const { promise, resolve } = Promise.withResolvers<{ from: string; body: string }>();
  client.onMessage = (from, { body }) => resolve({ from, body });
  return promise;
}
