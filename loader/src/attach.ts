/** From a started daemon to a loader with its plugins loaded: what both ways into the daemon have in common. */
import { join } from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { dataPaths, LOADER_LOG_FILE, pluginLogsPath } from '@ar-registry/core/layout';
import { createInstallStore } from '@ar-registry/io/install-store';
import type { Version } from '@ar-registry/schemas';
import type { Daemon, Logger } from '@ar-registry/sdk';
import { createGate, type Gate } from './bindings/gate/gate.ts';
import type { Denial, GatedMessage } from './bindings/gate/message.ts';
import { createNotices } from './bindings/gate/notice.ts';
import { createPlaces } from './bindings/gate/places.ts';
import { BINDINGS } from './bindings/index.ts';
import { createStorageSlot } from './bindings/storage/slot.ts';
import { elapsedMs, runtimeFacts } from './context.ts';
import { describeThrown } from './contain.ts';
import { createAgentNames } from './host/agent-names.ts';
import { createBlame, type Blame } from './host/blame.ts';
import { createEventBus } from './host/event-bus.ts';
import { toDenialEvent } from './host/events.ts';
import { guardExit } from './host/exit-guard.ts';
import { DEFAULT_LIMITS, type Host, type HostLimits } from './host/host.ts';
import { createLogFile } from './host/log-file.ts';
import { createLogger, toLogLevel, type LogLevel } from './host/logger.ts';
import { createMetricsRegistry } from './host/metrics.ts';
import { createRouterLayers } from './host/router-layers.ts';
import { tapOutput } from './host/output-tap.ts';
import { tapRouter } from './host/tap.ts';
import { createFreshImports } from './instance/fresh-import.ts';
import { createLoader, type LoaderControl } from './loader.ts';
import { createManifestReader } from './manifests.ts';
import { routerOf, type RelayClientClass, type RelayRouter } from './relay/types.ts';
import { createStateReader, readConfig } from './project-state.ts';
import type { PrepareServices } from './request-plugin.ts';
import type { ResolveHost } from './sandbox/name-lookups.ts';
import { createRevocations } from './revocations.ts';
import { createSandbox } from './sandbox/sandbox.ts';
import { openControl } from './control/control.ts';
import type { User } from './telemetry/consent.ts';
import { activeOf, telemetryFor } from './telemetry/telemetry-for.ts';
import { createConfigChecks } from './values/schema.ts';
import { watchFolders } from './watch.ts';
import { createTraffic } from './widget/traffic.ts';
import { createWidgetHost } from './widget/widget-host.ts';

/** Returns who was behind the error, a plugin or the project's ar.config, and deals with it; undefined if neither was. */
export type BlameUncaught = (...uncaught: Parameters<LoaderControl['blameUncaught']>) => string | undefined;

export interface AttachOptions {
  /** Absolute path of the folder that holds ar.config and ar-plugins.yaml. */
  readonly projectDir: string;
  /** A daemon that has started. */
  readonly daemon: Daemon;
  readonly RelayClient: RelayClientClass;
  readonly relayVersion: Version;
  /** Absolute path of the agent-relay whose daemon runs. */
  readonly relayDir: string;
  readonly socketPath: string;
  /** agent-relay's data folder of the project. */
  readonly projectDataDir: string;
  /** agent-relay's data folder, which holds the install store. */
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** By whose settings registries are told which plugins are in use; without it nobody is told anything. */
  readonly user?: User;
  readonly limits?: Partial<HostLimits>;
  /** Resolves the hosts that sandboxed plugins connect to; the system does unless given. */
  readonly resolveHost?: ResolveHost;
  /** Whether plugins in folders of the user's own are loaded anew when a file of theirs changes. */
  readonly watch?: boolean;
  /** Gives up what is still loading; what is loaded is unloaded. */
  readonly signal?: AbortSignal;
  /**
   * Is handed, before any plugin or configuration runs, what the process's handlers of uncaught errors should call.
   */
  readonly onUncaught?: (blame: BlameUncaught) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface Attached {
  readonly loader: LoaderControl;
  /** Why the configuration could not be read; no plugin is loaded then. */
  readonly configError: ArError | undefined;
  /** Unloads all plugins and puts the daemon back as it was. */
  readonly detach: () => Promise<void>;
}

/**
 * Listens in on the daemon and loads every configured plugin. Never rejects for a plugin or a configuration.
 *
 * @throws AGENT_RELAY_UNSUPPORTED if the daemon has no router to listen to
 */
export async function attach(options: AttachOptions): Promise<Attached> {
  const logFile = createLogFile({ path: join(pluginLogsPath(options.projectDataDir), LOADER_LOG_FILE) });
  const logLevel = toLogLevel(options.env['AGENT_RELAY_PLUGIN_LOG_LEVEL']);
  const logger = createLogger({ file: logFile, level: logLevel, now: options.now });
  const readState = createStateReader(options);
  const host = createHost(options, { logger, logLevel, readState });
  const untap = tap(host, options, logger);
  const gate = putGate(host, options, logger);
  const configBlame = createBlame();
  const unguards = [guardExit(host.blame), guardExit(configBlame)];
  const loader = createLoader({ host, gate, readServices: serviceReader(options, { logger, readState }) });
  const closeControl = await openControl({ loader, projectDataDir: options.projectDataDir, pid: process.pid }, logger);
  options.onUncaught?.((error, kind) => loader.blameUncaught(error, kind) ?? blameConfig(error, configBlame, logger));
  host.telemetry?.follow(() => activeOf(loader));
  const {
    config,
    sandbox,
    error: configError,
  } = await readConfig(options.projectDir, readState, (file, call) => configBlame.run(file, call));
  host.sandbox.configure(sandbox);
  if (configError)
    logger.error('the configuration cannot be used', { code: configError.code, error: configError.message });
  options.signal?.addEventListener('abort', () => void loader.close(), { once: true });
  if (!options.signal?.aborted) await loader.loadAll(config);
  gate.open();
  const unwatch = options.watch === true ? watchFolders({ loader, logger }) : () => Promise.resolve();
  return {
    loader,
    configError,
    async detach() {
      await unwatch();
      await closeControl();
      await loader.close();
      host.telemetry?.close();
      await host.widgets.close();
      await host.sandbox.close();
      host.outputs.close();
      host.imports.close();
      for (const unguard of unguards) unguard();
      await logFile.close();
      // Last of all: what a policy keeps back must not pass while the daemon is about to stop.
      gate.remove();
      untap();
    },
  };
}

/** What the configuration left behind, such as a timer, failed; what it said is in use. */
function blameConfig(error: unknown, blame: Blame, logger: Logger): string | undefined {
  const file = blame.blame(error);
  if (file !== undefined)
    logger.error('the configuration failed where nothing caught it', { file, error: describeThrown(error) });
  return file;
}

type ReadState = ReturnType<typeof createStateReader>;

/** What preparing needs: the project as it is then, and what is remembered from one time to the next. */
function serviceReader(
  options: AttachOptions,
  { logger, readState }: { readonly logger: Logger; readonly readState: ReadState },
): () => Promise<PrepareServices> {
  const { dataDir, env, relayVersion } = options;
  const services = {
    store: createInstallStore({ dataDir }),
    manifests: createManifestReader(),
    checks: createConfigChecks(),
    revocations: createRevocations(options, logger),
    boundTypes: new Set(BINDINGS.keys()),
    env,
    relayVersion,
  };
  return async () => ({ project: await readState(), ...services });
}

interface HostPorts {
  readonly logger: Logger;
  readonly logLevel: LogLevel;
  readonly readState: ReadState;
}

function createHost(options: AttachOptions, { logger, logLevel, readState }: HostPorts): Host {
  const { daemon, RelayClient, socketPath, projectDataDir, projectDir, env, resolveHost, relayVersion } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const router = routerOrThrow(daemon, relayVersion);
  const layers = createRouterLayers(router);
  const now = (): number => options.now();
  return {
    projectDir,
    layers,
    traffic: createTraffic({
      router,
      layers,
      now,
      elapsedMs,
      onFault: (error) => logger.error('a message could not be observed', { error: describeThrown(error) }),
    }),
    outputs: tapOutput(daemon, (error) => logger.error('output could not be read', { error: describeThrown(error) })),
    storage: createStorageSlot(daemon, limits),
    memory: { service: undefined },
    widgets: createWidgetHost({
      onFault: (error) => logger.error('the page of the widgets cannot be served', { error: describeThrown(error) }),
    }),
    imports: createFreshImports(),
    relayDir: options.relayDir,
    daemon,
    RelayClient,
    socketPath,
    dataDir: projectDataDir,
    events: createEventBus(),
    metrics: createMetricsRegistry(),
    blame: createBlame(),
    agentNames: createAgentNames(),
    places: createPlaces(),
    exclusive: new Map(),
    sandbox: createSandbox({
      ...runtimeFacts(),
      elapsedMs,
      projectDir,
      env,
      resolve: resolveHost,
      snapshots: join(options.dataDir, dataPaths.guests),
    }),
    ...telemetryFor(options, async () => (await readState()).lock),
    logLevel,
    limits,
    now,
    elapsedMs,
  };
}

function tap({ events, now }: Host, { daemon, relayVersion }: AttachOptions, logger: Logger): () => void {
  return tapRouter(routerOrThrow(daemon, relayVersion), {
    now,
    isListening: () => events.hasListeners(),
    onEvent: (event) => events.emit(event),
    onFault: (error) => logger.error('an event could not be told to plugins', { error: describeThrown(error) }),
  });
}

/** Outside of the tap: plugins are told of what is delivered. */
function putGate(host: Host, { daemon, relayVersion }: AttachOptions, logger: Logger): Gate {
  const { places, limits, now } = host;
  return createGate(routerOrThrow(daemon, relayVersion), {
    layers: host.layers,
    places,
    notices: createNotices({ now, elapsedMs }),
    maxQueuedEvents: limits.maxQueuedEvents,
    maxQueuedBytes: limits.maxQueuedBytes,
    now,
    onDenied: (message, denial, plugin) => {
      const { sender, addressee, kind } = message;
      const { reason, from } = denial;
      host.traffic.denied(message, denial);
      tellHooks(host, { message, denial, plugin });
      const loaderMetrics = host.metrics.forLoader(plugin ?? '');
      loaderMetrics.counter('ar_plugin_messages_denied_total', 1, { kind });
      logger.info('a message was not delivered', { sender, addressee, from: from.slice(0, 20), reason, plugin });
    },
    onFault: (error) => logger.error('a message could not be routed', { error: describeThrown(error) }),
  });
}

/** Receivers that agent-relay would have delivered to, or whom the message names. */
function tellHooks(
  { events, now }: Host,
  {
    message,
    denial,
    plugin,
  }: { readonly message: GatedMessage; readonly denial: Denial; readonly plugin?: string | undefined },
): void {
  if (!events.hasListeners()) return;
  const { event, addressee, sizeBytes } = message;
  const receivers = denial.from.length === 0 ? [addressee] : denial.from;
  const by = plugin === undefined ? {} : { plugin };
  events.emit(toDenialEvent({ message: event, receivers, reason: denial.reason, ...by, ts: now() }, sizeBytes));
}

function routerOrThrow(daemon: Daemon, found: Version): RelayRouter {
  const router = routerOf(daemon);
  if (typeof router?.register === 'function' && typeof router.route === 'function') return router;
  throw new ArError('AGENT_RELAY_UNSUPPORTED', { found });
}
