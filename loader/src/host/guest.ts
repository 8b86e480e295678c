/**
 * The host's side of one plugin: its context, and the one way to call into it. Everything made here is given back by
 * `close`, in whatever state the plugin is.
 */
import type { Logger, MetricsCollector, PluginContext, RelayClient } from '@ar-registry/sdk';
import { contain, describeThrown, type Limits, type Outcome } from '../contain.ts';
import type { PreparedPlugin } from '../prepare.ts';
import { createGuardedClient, type CallbackSlot } from './client.ts';
import type { Host } from './host.ts';
import { createLogFile } from './log-file.ts';
import { createLogger } from './logger.ts';
import { logPath, makeDataDir } from './places.ts';

export interface Guest {
  readonly prepared: PreparedPlugin;
  readonly context: PluginContext;
  /** What the daemon knows the plugin's client by, which need not be there. */
  readonly agentName: string;
  /** Is called with the plugin's client, at once or when it is made. */
  readonly onClient: (listener: (client: RelayClient) => void) => void;
  readonly logger: Logger;
  /** The loader's instruments about this plugin. */
  readonly metrics: MetricsCollector;
  /** Calls into the plugin: contained, and on its account. */
  call<T>(call: () => T | PromiseLike<T>, limits: Limits): Promise<Outcome<T>>;
  /** Aborts the signal that the plugin was given. */
  abort(): void;
  /** Ends the connection, closes the log, forgets the metrics. */
  close(): Promise<void>;
}

/** @throws DISK_FULL, FILE_ACCESS if the plugin's data folder cannot be made */
export async function createGuest(prepared: PreparedPlugin, host: Host): Promise<Guest> {
  const { name } = prepared;
  // First of all, while plugins still start in their order: a name must not depend on which disk access is faster.
  const agentName = host.agentNames.reserve(name);
  const dataDir = await makeDataDir(host.dataDir, name).catch((error: unknown) => {
    host.agentNames.release(agentName);
    throw error;
  });
  const controller = new AbortController();
  const file = createLogFile({ path: logPath(host.dataDir, name) });
  const logger = createLogger({ file, level: host.logLevel, now: () => host.now() });
  const metrics = host.metrics.forLoader(name);
  const guarded = createGuardedClient({
    RelayClient: host.RelayClient,
    socketPath: host.socketPath,
    agentName,
    call: (slot, callback) =>
      callBack(callback, (error) => noteFault(slot, error, { logger, metrics }), { host, name }),
  });
  const unwatch = host.blame.watch(name, (error) => {
    metrics.counter('ar_plugin_uncaught_total');
    logger.error('failed where nothing caught it', { error: describeThrown(error) });
  });
  return {
    prepared,
    context: {
      daemon: host.daemon,
      get client() {
        return guarded.client;
      },
      config: structuredClone(prepared.config),
      logger,
      metrics: host.metrics.forPlugin(name),
      dataDir,
      signal: controller.signal,
    },
    agentName,
    onClient: guarded.onMade,
    logger,
    metrics,
    call: (call, limits) => host.blame.run(name, () => contain(call, limits)),
    abort: () => host.blame.run(name, () => controller.abort()),
    async close() {
      await guarded.close();
      unwatch();
      host.agentNames.release(agentName);
      host.metrics.drop(name);
      await file.close();
    },
  };
}

/** Runs a callback that nobody waits for; how it ends is only noted. */
function callBack(
  callback: () => unknown,
  onFault: (error: unknown) => void,
  { host, name }: { host: Host; name: PreparedPlugin['name'] },
): void {
  const run = async (): Promise<void> => {
    await callback();
  };
  host.blame.run(name, () => void run().catch(onFault));
}

function noteFault(
  slot: CallbackSlot,
  error: unknown,
  { logger, metrics }: { logger: Logger; metrics: MetricsCollector },
): void {
  logger.error(`${slot} of the relay client failed`, { error: describeThrown(error) });
  metrics.counter('ar_plugin_client_errors_total', 1, { callback: slot });
}
