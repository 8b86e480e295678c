/** agent-relay's daemon in a process of one's own, with plugins. */
import { realpath } from 'node:fs/promises';
import { ArError, isArError } from '@ar-registry/core/errors';
import { resolveDataDir } from '@ar-registry/core/layout';
import { translateFileError } from '@ar-registry/io/files';
import type { Daemon } from '@ar-registry/sdk';
import { attach, type AttachOptions, type Attached } from './attach.ts';
import { processContext, shareWithRelay, type ProcessContext } from './context.ts';
import { describeThrown } from './contain.ts';
import type { HostLimits } from './host/host.ts';
import type { LoaderControl } from './loader.ts';
import { startChecked } from './relay/before-listening.ts';
import { importRelay } from './relay/import.ts';
import { locateRelay } from './relay/locate.ts';
import type { HostDaemon, ProjectPaths, RelayModules } from './relay/types.ts';
import { startOnce } from './start-once.ts';

export interface StartRelayOptions {
  /** Folder that holds ar.config and ar-plugins.yaml; agent-relay is resolved from it, upwards. */
  readonly project: string;
  /**
   * Plugins take configuration from here; the process's own unless given. Its data folder is shared with agent-relay,
   * which reads it once in the life of a process: later calls must give the same.
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** See `AttachOptions`. */
  readonly userEnv?: AttachOptions['env'];
  readonly limits?: Partial<HostLimits>;
  /** See `AttachOptions`. */
  readonly resolveHost?: AttachOptions['resolveHost'];
  /** See `AttachOptions`. Without it, an error that a plugin leaves uncaught ends the process, as any would. */
  readonly onUncaught?: AttachOptions['onUncaught'];
  /** See `AttachOptions`; for development. Unless given, the variable `AGENT_RELAY_PLUGIN_WATCH` says. */
  readonly watch?: boolean;
  /** Is told, in one line, for whom it waits where that takes longer than a second; it goes to stderr unless given. */
  readonly onWait?: (line: string) => void;
  /**
   * Aborted before the daemon is started, it keeps it from being started, and its reason is thrown. Later, it gives up what is
   * still loading and unloads the rest, so that `stop` need not wait; it does not stop the daemon.
   */
  readonly signal?: AbortSignal;
}

export interface RunningRelay {
  readonly daemon: Daemon;
  readonly loader: LoaderControl;
  readonly socketPath: string;
  /** Why the configuration could not be read; the daemon runs without plugins then. */
  readonly configError: ArError | undefined;
  /** Unloads the plugins, last loaded first, and stops the daemon. May be called more than once. */
  stop(): Promise<void>;
}

/**
 * Starts the project's daemon and loads its plugins. The daemon starts even if every plugin fails, or if the
 * configuration is broken: `loader.getLoaded()` and `configError` say what happened.
 *
 * The stock commands find it: it has the paths and the pid file that `agent-relay up` would give it.
 *
 * @throws AGENT_RELAY_MISSING, AGENT_RELAY_UNSUPPORTED, SOCKET_PATH_TOO_LONG, DAEMON_RUNNING, DAEMON_START_FAILED, LOCK_HELD,
 * DISK_FULL, FILE_ACCESS (also if there is no such folder); the reason of the signal
 */
export async function startRelay(options: StartRelayOptions): Promise<RunningRelay> {
  const context = { ...processContext(), ...(options.env && { env: options.env }) };
  const projectDir = await realProject(options.project);
  const relay = await locateRelay(projectDir);
  shareWithRelay(context.env);
  const modules = await importRelay(relay);
  const paths = makePaths(modules, projectDir);
  const { signal } = options;
  const { limits, onUncaught, onWait = tellOnStderr, resolveHost, userEnv, watch } = options;
  const daemon = await startOnce(context, {
    place: paths.projectRoot,
    socketPath: paths.socketPath,
    pid: process.pid,
    signal,
    onWait,
    start: (beforeListening) => startDaemon(modules, paths, beforeListening),
  });
  const attached = await attachOrStop(daemon, () =>
    attach({
      ...commonOptions(context, paths),
      projectDir,
      daemon,
      RelayClient: modules.RelayClient,
      relayVersion: relay.version,
      relayDir: relay.dir,
      ...(userEnv && { user: { env: userEnv, home: context.home } }),
      ...(limits && { limits }),
      ...(resolveHost && { resolveHost }),
      ...(signal && { signal }),
      ...(watch !== undefined && { watch }),
      ...(onUncaught && { onUncaught }),
    }),
  );
  const { loader, configError } = attached;
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= attached.detach().then(() => daemon.stop()));
  return { daemon, loader, configError, socketPath: paths.socketPath, stop };
}

/** Makes agent-relay's folders of a project. @throws DISK_FULL, FILE_ACCESS */
export function makePaths({ ensureProjectDir, findProjectRoot }: RelayModules, from: string): ProjectPaths {
  const root = findProjectRoot(from);
  try {
    return ensureProjectDir(root);
  } catch (error) {
    // It is the data folder that cannot be made, or be written to, and not the project.
    throw translateFileError(error, pathOf(error) ?? root);
  }
}

/** What `attach` takes from the environment and from agent-relay's paths. */
export function commonOptions(
  { env, home, now }: ProcessContext,
  { dataDir: projectDataDir, socketPath }: ProjectPaths,
) {
  const watch = env['AGENT_RELAY_PLUGIN_WATCH'] === '1';
  return { env, now, projectDataDir, socketPath, watch, dataDir: resolveDataDir(env, home) };
}

function pathOf(error: unknown): string | undefined {
  const path = error instanceof Error && 'path' in error ? error.path : undefined;
  return typeof path === 'string' ? path : undefined;
}

async function realProject(project: string): Promise<string> {
  try {
    // agent-relay derives its folders from the path; `agent-relay status`, run in the folder, sees the real one.
    return await realpath(project);
  } catch (error) {
    throw new ArError('FILE_ACCESS', { path: project, reason: 'there is no such folder' }, { cause: error });
  }
}

function tellOnStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** @throws DAEMON_START_FAILED, and what `beforeListening` throws */
async function startDaemon(
  { Daemon }: RelayModules,
  paths: ProjectPaths,
  beforeListening: () => Promise<void>,
): Promise<HostDaemon> {
  const { socketPath, dbPath, teamDir } = paths;
  try {
    const pidFilePath = `${socketPath}.pid`;
    const daemon = new Daemon({ socketPath, pidFilePath, storagePath: dbPath, teamDir });
    await startChecked(daemon, () => daemon.start(), beforeListening);
    return daemon;
  } catch (error) {
    if (isArError(error)) throw error;
    throw new ArError('DAEMON_START_FAILED', { socketPath, reason: describeThrown(error) }, { cause: error });
  }
}

async function attachOrStop(daemon: HostDaemon, run: () => Promise<Attached>): Promise<Attached> {
  try {
    return await run();
  } catch (error) {
    await daemon.stop();
    throw error;
  }
}
