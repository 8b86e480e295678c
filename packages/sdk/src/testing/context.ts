// `await using` needs these types, also in a project whose `lib` lacks them.
/// <reference lib="esnext.disposable" preserve="true" />
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PluginContext } from '../plugin.ts';
import { createTestDaemon, type TestDaemon } from './daemon.ts';
import { createRecordingLogger, type RecordingLogger } from './logger.ts';
import { createRecordingMetrics, type RecordingMetrics } from './metrics.ts';
import { createRelayContext, type RelayContextOptions, type RelayTestContext } from './relay-context.ts';
import { createTestRelayClient, type TestRelayClient } from './relay-client.ts';

export interface TestContextOptions {
  /** What the loader would hand over: keys in camelCase, defaults filled in. Empty unless given. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** The client's own name; `test-plugin` unless given. */
  readonly agentName?: string;
  /** Names that `daemon.getAgents()` reports besides the client's own. */
  readonly agents?: readonly string[];
  /** Milliseconds since the epoch, for the envelopes that the test delivers; the system's clock unless given. */
  readonly now?: () => number;
}

/** A `PluginContext` whose parts record what the plugin does with them. */
export interface TestContext extends PluginContext, AsyncDisposable {
  readonly client: TestRelayClient;
  readonly daemon: TestDaemon;
  readonly logger: RecordingLogger;
  readonly metrics: RecordingMetrics;
  /** Aborts `signal`, as the loader does when it unloads the plugin. */
  abort(): void;
  /** Aborts, ends the client and deletes `dataDir`. `await using` calls it; for Node 22: `t.after(context.dispose)`. */
  readonly dispose: () => Promise<void>;
}

/**
 * Makes the context that a test hands to `onLoad`.
 *
 * The client is connected, as it is for bridges, and delivers what the test tells it to: `client.deliver('Alice', 'hi')`.
 * `dataDir` is a new folder under the system's temporary folder. With `relay`, the classes of an agent-relay that the
 * project has, daemon and client are real ones, and `connect('Alice')` makes further agents.
 */
export function createTestContext(options: RelayContextOptions): Promise<RelayTestContext>;
export function createTestContext(options?: TestContextOptions): Promise<TestContext>;
export function createTestContext(
  options: TestContextOptions | RelayContextOptions = {},
): Promise<TestContext | RelayTestContext> {
  return 'relay' in options ? createRelayContext(options) : createMemoryContext(options);
}

async function createMemoryContext(options: TestContextOptions): Promise<TestContext> {
  const agentName = options.agentName ?? 'test-plugin';
  const dataDir = await mkdtemp(join(tmpdir(), 'ar-plugin-test-'));
  const controller = new AbortController();
  const client = createTestRelayClient({ agentName, now: options.now ?? Date.now });
  const dispose = async (): Promise<void> => {
    controller.abort();
    client.destroy();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 3 });
  };
  return {
    client,
    daemon: createTestDaemon([agentName, ...(options.agents ?? [])]),
    config: { ...options.config },
    logger: createRecordingLogger(),
    metrics: createRecordingMetrics(),
    dataDir,
    signal: controller.signal,
    abort: () => controller.abort(),
    dispose,
    [Symbol.asyncDispose]: dispose,
  };
}
