// `await using` needs these types, also in a project whose `lib` lacks them.
/// <reference lib="esnext.disposable" preserve="true" />
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PluginContext } from '../plugin.ts';
import { installClock, type TestClock } from './clock.ts';
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
  /** Milliseconds since the epoch, for the envelopes that the test delivers; the clock's unless given. */
  readonly now?: () => number;
  /**
   * An instant, `'2026-01-01T09:00:00Z'` or milliseconds since the epoch: the clock of the process stands there, and moves
   * by `context.clock.advance(ms)` alone, until the context is disposed of. One context at a time can have it.
   */
  readonly clock?: string | number;
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

/** A context with a clock that stands still until the test moves it. */
export interface ClockedTestContext extends TestContext {
  readonly clock: TestClock;
}

/**
 * Makes the context that a test hands to `onLoad`.
 *
 * The client is connected, as it is for bridges, and delivers what the test tells it to: `client.deliver('Alice', 'hi')`.
 * `dataDir` is a new folder under the system's temporary folder. With `relay`, the classes of an agent-relay that the
 * project has, daemon and client are real ones, and `connect('Alice')` makes further agents.
 */
export function createTestContext(options: RelayContextOptions): Promise<RelayTestContext>;
export function createTestContext(
  options: TestContextOptions & { readonly clock: string | number },
): Promise<ClockedTestContext>;
export function createTestContext(options?: TestContextOptions): Promise<TestContext>;
export function createTestContext(
  options: TestContextOptions | RelayContextOptions = {},
): Promise<TestContext | RelayTestContext> {
  return 'relay' in options ? createRelayContext(options) : createMemoryContext(options);
}

async function createMemoryContext(options: TestContextOptions): Promise<TestContext | ClockedTestContext> {
  const agentName = options.agentName ?? 'test-plugin';
  // Before there is a folder to leave behind: it refuses what is no instant.
  const installed = options.clock === undefined ? undefined : installClock(options.clock);
  const dataDir = await mkdtemp(join(tmpdir(), 'ar-plugin-test-')).catch((error: unknown) => {
    installed?.restore();
    throw error;
  });
  const controller = new AbortController();
  const client = createTestRelayClient({ agentName, now: options.now ?? (() => Date.now()) });
  const dispose = async (): Promise<void> => {
    controller.abort();
    client.destroy();
    installed?.restore();
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
    ...(installed && { clock: installed.clock }),
    abort: () => controller.abort(),
    dispose,
    [Symbol.asyncDispose]: dispose,
  };
}
