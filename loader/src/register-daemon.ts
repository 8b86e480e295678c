/**
 * The way in through the stock command: the daemon class of the agent-relay that is about to run is wrapped, so that
 * plugins load after `start` and unload before `stop`, and a daemon never takes the socket of another away.
 */
import { realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { inspect } from 'node:util';
import { hasCode, isArError, type ArError } from '@ar-registry/core/errors';
import { attach, type AttachOptions, type Attached } from './attach.ts';
import { guardSpawner } from './bindings/policy/spawner.ts';
import { describeThrown } from './contain.ts';
import type { ProcessContext } from './context.ts';
import { createDaemonRuns, type RunPorts } from './daemon-runs.ts';
import { startChecked } from './relay/before-listening.ts';
import { importRelay } from './relay/import.ts';
import { locateRelay, type RelayPackage } from './relay/locate.ts';
import type { HostDaemon, RelayModules } from './relay/types.ts';
import { describeError, describeLoaded } from './report.ts';
import { startOnce } from './start-once.ts';
import { commonOptions, makePaths } from './start-relay.ts';

export interface RegisterOptions {
  readonly context: ProcessContext;
  readonly pid: number;
  /** The script that Node runs. */
  readonly script: string;
  /** One line of the report. */
  readonly print: (line: string) => void;
  /** The name under which `ar up` holds the lock for this process, if it does; no program that is started later hears of it. */
  readonly takeStarter: () => string | undefined;
  /** Hands over what nothing caught. `handle` returns false if no plugin is behind it. */
  readonly onUncaught: (handle: (error: unknown) => boolean) => void;
}

/** Wraps the daemon class that `script` will use. Does nothing in a process without agent-relay; never throws for it. */
export async function registerDaemon(options: RegisterOptions): Promise<void> {
  try {
    const relay = await locateFor(options.script);
    if (relay) await wrapDaemon(relay, options);
  } catch (error) {
    if (!isArError(error)) throw error;
    options.print(describeError(error));
  }
}

/** The very copy whose daemon will run: that of the script itself, or the one it would import. */
async function locateFor(script: string): Promise<RelayPackage | undefined> {
  try {
    return await locateRelay(dirname(await realpath(script).catch(() => script)));
  } catch (error) {
    if (hasCode(error, 'AGENT_RELAY_MISSING')) return undefined;
    throw error;
  }
}

async function wrapDaemon(relay: RelayPackage, options: RegisterOptions): Promise<void> {
  // A copy: agent-relay adds the `.env` of its folder to that of the process.
  const user = { env: { ...options.context.env }, home: options.context.home };
  const modules = await importRelay(relay);
  const { Daemon, RelayClient } = modules;
  const runs = createDaemonRuns<HostDaemon, Attached | undefined>();
  const prototype = Daemon.prototype as HostDaemon;
  // Both are called with the daemon as `this`, as they were before.
  // oxlint-disable-next-line typescript/unbound-method
  const { start, stop } = prototype;

  const attachTo = async (daemon: HostDaemon, signal: AbortSignal): Promise<Attached> => {
    const { context } = options;
    const paths = makePaths(modules, context.cwd);
    const socketPath = socketOf(daemon);
    const common = { ...commonOptions(context, paths), socketPath };
    // agent-relay takes the nearest folder with a package.json or the like, which may lie above that of the plugins.
    const projectDir = context.env['AGENT_RELAY_PLUGIN_PROJECT'] || paths.projectRoot;
    const own = {
      projectDir,
      daemon,
      RelayClient,
      relayVersion: relay.version,
      relayDir: relay.dir,
      user,
      signal,
      onUncaught: tellUncaught(options),
    };
    const attached = await attach({ ...common, ...own });
    // Other scripts that run a daemon do not spawn, and importing what spawns fails loudly without native code.
    if (!(await isWithin(options.script, relay.dir))) return attached;
    const unguard = await guardSpawner(relay.dir, attached.loader.policy);
    return { ...attached, detach: () => attached.detach().finally(unguard) };
  };

  const portsOf = (daemon: HostDaemon): RunPorts<Attached | undefined> => ({
    start: (signal) => startAlone(daemon, () => start.call(daemon), { modules, options, signal }),
    // Whatever is wrong with plugins, the daemon has started.
    attach: (signal) =>
      attachTo(daemon, signal)
        .then((attached) => tell(attached, options).then(() => attached))
        .catch((error: unknown) => {
          options.print(isArError(error) ? describeError(error) : `A bug of the loader: ${describeThrown(error)}`);
          return undefined;
        }),
    detach: async (attached) => attached?.detach(),
    stop: () => stop.call(daemon),
  });
  prototype.start = function startWithPlugins(this: HostDaemon) {
    return runs.start(this, portsOf(this));
  };
  prototype.stop = function stopWithPlugins(this: HostDaemon) {
    return runs.stop(this, portsOf(this));
  };
}

interface StartPorts {
  readonly modules: RelayModules;
  readonly options: RegisterOptions;
  readonly signal: AbortSignal;
}

/** @throws DAEMON_RUNNING, SOCKET_PATH_TOO_LONG, LOCK_HELD, DISK_FULL, FILE_ACCESS, HOME_UNKNOWN, and what `start` throws */
async function startAlone(
  daemon: HostDaemon,
  start: () => Promise<void>,
  { modules, options, signal }: StartPorts,
): Promise<void> {
  // agent-relay itself does nothing then.
  if (daemon.isRunning) return;
  const { context, pid, print, takeStarter } = options;
  try {
    const socketPath = socketOf(daemon);
    const project = makePaths(modules, context.cwd);
    // That of a script may be anywhere, and is no daemon of the project in whose folder it runs.
    const place = socketPath === project.socketPath ? project.projectRoot : await realSocket(socketPath);
    await startOnce(context, {
      place,
      socketPath,
      pid,
      startedBy: takeStarter(),
      signal,
      onWait: print,
      start: (beforeListening) => startChecked(daemon, start, beforeListening),
    });
  } catch (error) {
    throw isArError(error) ? printable(error) : error;
  }
}

/** The same for all who name it, whether it is there or not. */
async function realSocket(socketPath: string): Promise<string> {
  const folder = dirname(resolve(socketPath));
  return join(await realpath(folder).catch(() => folder), basename(socketPath));
}

function socketOf(daemon: HostDaemon): string {
  return (daemon as unknown as { readonly config: { readonly socketPath: string } }).config.socketPath;
}

/** The stock command prints whatever it catches as Node.js does: a stack trace says nothing to a user. */
function printable(error: ArError): ArError {
  return Object.defineProperty(error, inspect.custom, { value: () => describeError(error) });
}

function tellUncaught({ onUncaught, print }: RegisterOptions): NonNullable<AttachOptions['onUncaught']> {
  return (blame) =>
    onUncaught((error) => {
      const plugin = blame(error, 'exception');
      if (plugin !== undefined) print(`${plugin} failed where nothing caught it: ${describeThrown(error)}`);
      return plugin !== undefined;
    });
}

/** Whether a script is a file of the package: the stock command itself. */
async function isWithin(script: string, dir: string): Promise<boolean> {
  const [file, folder] = await Promise.all([script, dir].map((path) => realpath(path).catch(() => path)));
  return file !== undefined && folder !== undefined && file.startsWith(folder + sep);
}

async function tell({ loader, configError }: Attached, { print }: RegisterOptions): Promise<void> {
  if (configError) print(describeError(configError));
  for (const plugin of loader.getLoaded()) print(describeLoaded(plugin));
  const widgets = await loader.widgetsUrl;
  if (widgets !== undefined) print(`widgets ${widgets}`);
}
