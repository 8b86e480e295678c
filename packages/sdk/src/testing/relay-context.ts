import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PluginContext } from '../plugin.ts';
import type { Daemon, RelayClient } from '../relay.ts';
import { createRecordingLogger, type RecordingLogger } from './logger.ts';
import { createRecordingMetrics, type RecordingMetrics } from './metrics.ts';

/** The classes of an agent-relay 1.x that the project has: the SDK brings none. */
export interface RelayClasses {
  /** Of `agent-relay/dist/daemon/server.js`. */
  readonly Daemon: new (config: DaemonConfig) => Daemon & { start(): Promise<void>; stop(): Promise<void> };
  /** Of `agent-relay/dist/wrapper/client.js`. */
  readonly RelayClient: new (config: ClientConfig) => RelayClient;
}

interface DaemonConfig {
  socketPath: string;
  pidFilePath: string;
  teamDir: string;
  storageConfig: { type: string };
  consensus: boolean;
  cloudSync: boolean;
}

interface ClientConfig {
  socketPath: string;
  agentName: string;
  quiet: boolean;
  reconnect: boolean;
}

export interface RelayContextOptions {
  /** Starts the real daemon, which keeps messages in memory, and connects real clients to it. */
  readonly relay: RelayClasses;
  /** What the loader would hand over: keys in camelCase, defaults filled in. Empty unless given. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** The client's own name; `test-plugin` unless given. */
  readonly agentName?: string;
}

/** A `PluginContext` around a real daemon. Log and metrics record what the plugin does with them. */
export interface RelayTestContext extends PluginContext, AsyncDisposable {
  readonly logger: RecordingLogger;
  readonly metrics: RecordingMetrics;
  /** Connects one more agent, which ends with the context. */
  connect(agentName: string): Promise<RelayClient>;
  /** Aborts `signal`, as the loader does when it unloads the plugin. */
  abort(): void;
  /** Aborts, ends all clients and the daemon, and deletes `dataDir`. */
  readonly dispose: () => Promise<void>;
}

export async function createRelayContext(options: RelayContextOptions): Promise<RelayTestContext> {
  const { relay, config, agentName = 'test-plugin' } = options;
  const folder = await mkdtemp(join(tmpdir(), 'ar-plugin-test-'));
  const dataDir = await mkdtemp(join(folder, 'data-'));
  const socketPath = join(folder, 'relay.sock');
  const daemon = new relay.Daemon({
    socketPath,
    pidFilePath: `${socketPath}.pid`,
    teamDir: folder,
    storageConfig: { type: 'memory' },
    consensus: false,
    cloudSync: false,
  });
  const controller = new AbortController();
  const clients: RelayClient[] = [];
  const connect = async (name: string): Promise<RelayClient> => {
    const client = new relay.RelayClient({ socketPath, agentName: name, quiet: true, reconnect: false });
    clients.push(client);
    await client.connect();
    return client;
  };
  const dispose = async (): Promise<void> => {
    controller.abort();
    // What was just sent is written one turn later.
    await nextTurn();
    for (const client of clients) client.destroy();
    await daemon.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    await daemon.start();
    const client = await connect(agentName);
    return {
      client,
      daemon,
      config: { ...config },
      logger: createRecordingLogger(),
      metrics: createRecordingMetrics(),
      dataDir,
      signal: controller.signal,
      connect,
      abort: () => controller.abort(),
      dispose,
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}
