/** From a started daemon to a loader with its plugins loaded: what both ways into the daemon have in common. */
import { join } from 'node:path';
import { ArError, isArError } from '@ar-registry/core/errors';
import { createInstallStore } from '@ar-registry/io/install-store';
import { readProject } from '@ar-registry/io/project';
import type { Lockfile, ProjectFile, Version } from '@ar-registry/schemas';
import type { Daemon, Logger } from '@ar-registry/sdk';
import { BINDINGS } from './bindings/index.ts';
import { loadConfigFile } from './config/config-file.ts';
import { entriesOfProject } from './config/read-entry.ts';
import { describeThrown } from './contain.ts';
import { createAgentNames } from './host/agent-names.ts';
import { createBlame } from './host/blame.ts';
import { createEventBus } from './host/event-bus.ts';
import { guardExit } from './host/exit-guard.ts';
import { DEFAULT_LIMITS, type Host, type HostLimits } from './host/host.ts';
import { createLogFile } from './host/log-file.ts';
import { createLogger, toLogLevel } from './host/logger.ts';
import { createMetricsRegistry } from './host/metrics.ts';
import { tapRouter } from './host/tap.ts';
import { followGenerations } from './instance/fresh-import.ts';
import { createLoader, type LoaderControl, type PluginConfig } from './loader.ts';
import { routerOf, type RelayClientClass } from './relay/types.ts';
import type { ProjectState } from './request-plugin.ts';

export type BlameUncaught = LoaderControl['blameUncaught'];

export interface AttachOptions {
  /** Absolute path of the folder that holds ar.config and ar-plugins.yaml. */
  readonly projectDir: string;
  /** A daemon that has started. */
  readonly daemon: Daemon;
  readonly RelayClient: RelayClientClass;
  readonly relayVersion: Version;
  readonly socketPath: string;
  /** agent-relay's data folder of the project. */
  readonly projectDataDir: string;
  /** agent-relay's data folder, which holds the install store. */
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly limits?: Partial<HostLimits>;
  /** Gives up what is still loading; what is loaded is unloaded. */
  readonly signal?: AbortSignal;
  /**
   * Is handed, before any plugin runs, what the process's handlers of uncaught errors should call: it returns whether a
   * plugin was behind the error, and deals with that plugin.
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
  const host = createHost(options);
  const logFile = createLogFile({ path: join(options.projectDataDir, 'plugins', 'logs', 'loader.log') });
  const logger = createLogger({ file: logFile, level: host.logLevel, now: host.now });
  const untap = tap(host, options, logger);
  const unfollow = followGenerations();
  const unguard = guardExit(host.blame);
  const store = createInstallStore({ dataDir: options.dataDir });
  const loader = createLoader({
    host,
    async readServices() {
      const { env, relayVersion } = options;
      return { project: await readState(options), store, env, relayVersion, boundTypes: new Set(BINDINGS.keys()) };
    },
  });
  options.onUncaught?.((error, kind) => loader.blameUncaught(error, kind));
  const { config, error: configError } = await readConfig(options);
  if (configError)
    logger.error('the configuration cannot be used', { code: configError.code, error: configError.message });
  options.signal?.addEventListener('abort', () => void loader.close(), { once: true });
  if (!options.signal?.aborted) await loader.loadAll(config);
  return {
    loader,
    configError,
    async detach() {
      await loader.close();
      untap();
      unfollow();
      unguard();
      await logFile.close();
    },
  };
}

function createHost(options: AttachOptions): Host {
  const { daemon, RelayClient, socketPath, projectDataDir, env } = options;
  return {
    daemon,
    RelayClient,
    socketPath,
    dataDir: projectDataDir,
    events: createEventBus(),
    metrics: createMetricsRegistry(),
    blame: createBlame(),
    agentNames: createAgentNames(),
    logLevel: toLogLevel(env['AGENT_RELAY_PLUGIN_LOG_LEVEL']),
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    now: () => options.now(),
  };
}

function tap({ events, now }: Host, { daemon, relayVersion }: AttachOptions, logger: Logger): () => void {
  const router = routerOf(daemon);
  if (typeof router?.register !== 'function' || typeof router.route !== 'function')
    throw new ArError('AGENT_RELAY_UNSUPPORTED', { found: relayVersion });
  return tapRouter(router, {
    now,
    isListening: () => events.hasListeners(),
    onEvent: (event) => events.emit(event),
    onFault: (error) => logger.error('an event could not be told to plugins', { error: describeThrown(error) }),
  });
}

/** The project's files as they are now; what is wrong with them concerns only the plugins that they name. */
async function readState({ projectDir, dataDir }: AttachOptions): Promise<ProjectState> {
  try {
    const { wanted, lock } = await readProject(projectDir, dataDir);
    return { dir: projectDir, wanted, lock };
  } catch (error) {
    if (!isArError(error)) throw error;
    const wanted: ProjectFile = { schemaVersion: 1, plugins: {} };
    const lock: Lockfile = { schemaVersion: 1, plugins: {} };
    return { dir: projectDir, wanted, lock, problem: error };
  }
}

async function readConfig(
  options: AttachOptions,
): Promise<{ readonly config: readonly PluginConfig[]; readonly error: ArError | undefined }> {
  try {
    const file = await loadConfigFile(options.projectDir);
    // Each entry is checked by itself when it is loaded.
    if (file) return { config: file.plugins as readonly PluginConfig[], error: undefined };
  } catch (error) {
    if (!isArError(error)) throw error;
    return { config: [], error };
  }
  const { wanted, problem } = await readState(options);
  return { config: entriesOfProject(wanted), error: problem };
}
