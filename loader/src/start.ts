/**
 * Starting a prepared plugin: its code runs from here on. Whatever it does, `startPlugin` ends within the plugin's time
 * limit, and a plugin that fails leaves nothing behind that the loader could take back.
 */
import { ArError } from '@ar-registry/core/errors';
import type { HealthStatus, Plugin } from '@ar-registry/sdk';
import { BINDINGS } from './bindings/index.ts';
import type { Binding } from './bindings/binding.ts';
import { describeThrown, type Outcome } from './contain.ts';
import { createGuest, type Guest } from './host/guest.ts';
import { toHealth } from './host/health.ts';
import type { Host } from './host/host.ts';
import { toArError } from './loaded-plugin.ts';
import type { Instance, SandboxStatus } from './instance/instance.ts';
import { openLocal } from './instance/open-local.ts';
import type { PreparedPlugin } from './prepare.ts';
import { openRemote } from './sandbox/open-remote.ts';

export interface RunningPlugin {
  readonly instance: Plugin;
  /** Absent for a plugin in the daemon's process. */
  readonly sandbox?: SandboxStatus;
  /** From import to the end of `onLoad`. */
  readonly loadMs: number;
  /** By the clock that nobody sets, see `Host`. */
  readonly startedMs: number;
  /** See `Instance`. */
  readonly memoryBytes?: () => Promise<number>;
  /** Asks the plugin; one without `health` is healthy while it runs. */
  health(): Promise<HealthStatus>;
  /** Tells, once, if its process ends although nobody ended it. It still has to be stopped. */
  onCrash(listener: (error: ArError) => void): void;
  /** Unties and unloads it, each step within its time limit. Never throws. */
  stop(): Promise<void>;
}

/**
 * Starts a plugin.
 *
 * @param signal gives up loading
 * @throws PLUGIN_IMPORT_FAILED, PLUGIN_EXPORT_INVALID, PLUGIN_LOAD_FAILED, PLUGIN_LOAD_TIMEOUT, SANDBOX_UNAVAILABLE,
 * SANDBOX_FOLDER_UNSAFE, SANDBOX_PACKAGE_LINKED, ABORTED, DISK_FULL, FILE_ACCESS
 */
export async function startPlugin(prepared: PreparedPlugin, host: Host, signal: AbortSignal): Promise<RunningPlugin> {
  const binding = bindingOf(prepared);
  const startedMs = host.elapsedMs();
  const release = claimType(binding, prepared, host);
  const guest = await createGuest(prepared, host).catch((error: unknown) => {
    release();
    throw error;
  });
  binding.restrict?.(guest);
  const loading = new Loading({ guest, binding, host });
  const outcome = await guest.call(() => loading.run(), { timeoutMs: prepared.loadTimeoutMs, signal });
  if (outcome.kind !== 'returned') {
    const error = toLoadError(prepared, outcome);
    guest.logger.error('could not be loaded', { code: error.code, error: error.message });
    await giveUp(loading, guest);
    release();
    throw error;
  }
  const instance = outcome.value;
  const { plugin } = instance;
  const detach = await attachOrGiveUp({ binding, loading, guest, host }, plugin).catch((error: unknown) => {
    release();
    throw error;
  });
  const loadMs = Math.round(host.elapsedMs() - startedMs);
  guest.metrics.gauge('ar_plugin_load_seconds', loadMs / 1000);
  guest.logger.info('loaded', { version: prepared.version });
  const untie = (): Promise<void> => detach().finally(release);
  return { ...toRunning(instance, { guest, host, detach: untie }), loadMs, startedMs: host.elapsedMs() };
}

/** Before anything of the plugin runs, in the order of the configuration: the first of an exclusive type wins. */
function claimType({ exclusive }: Binding, { name, type }: PreparedPlugin, host: Host): () => void {
  if (!exclusive) return () => undefined;
  const active = host.exclusive.get(type);
  if (active !== undefined) throw new ArError('PLUGIN_TYPE_TAKEN', { plugin: name, type, active });
  host.exclusive.set(type, name);
  return () => host.exclusive.delete(type);
}

async function attachOrGiveUp(
  { binding, loading, guest, host }: { binding: Binding; loading: Loading; guest: Guest; host: Host },
  plugin: Plugin,
): Promise<() => Promise<void>> {
  try {
    return await binding.attach(plugin, guest, host);
  } catch (thrown) {
    const error = toArError(guest.prepared.name, thrown);
    guest.logger.error('could not be loaded', { code: error.code, error: error.message });
    await giveUp(loading, guest);
    throw error;
  }
}

/** For `onUnload` of a plugin whose loading failed: whoever waits for the daemon waits for this as well. */
const GIVE_UP_TIMEOUT_MS = 1_000;

/** One attempt to load; knows how far it came, so that it can be undone. */
class Loading {
  readonly #ports: LoadingPorts;
  #opening: Promise<Instance> | undefined;
  /** Set once the plugin's code is there. */
  plugin: Plugin | undefined;
  /** Settles with `onLoad`, however long after the time limit. */
  finished: Promise<unknown> = Promise.resolve();

  constructor(ports: LoadingPorts) {
    this.#ports = ports;
  }

  async run(): Promise<Instance> {
    const { guest, binding, host } = this.#ports;
    const { prepared, context } = guest;
    this.#opening = prepared.placement === 'process' ? openRemote(guest, host) : openLocal(guest, host);
    const instance = await this.#opening;
    const { plugin } = instance;
    // The time limit ends the waiting, not this function: it must not go on with a plugin that was given up.
    context.signal.throwIfAborted();
    this.plugin = plugin;
    try {
      if (binding.connectsClient) await context.client.connect();
      context.signal.throwIfAborted();
      this.finished = Promise.resolve(plugin.onLoad?.(context));
      await this.finished;
    } catch (error) {
      const facts = { plugin: prepared.name, reason: describeThrown(error) };
      throw new ArError('PLUGIN_LOAD_FAILED', facts, { cause: error });
    }
    return instance;
  }

  /** Ends the plugin's process, however far it came. An import into this process may never settle; it has none. */
  async close(): Promise<void> {
    if (this.#ports.guest.prepared.placement !== 'process') return;
    const instance = await this.#opening?.catch(() => undefined);
    await instance?.close();
  }
}

interface LoadingPorts {
  readonly guest: Guest;
  readonly binding: Binding;
  readonly host: Host;
}

function bindingOf({ name, type }: PreparedPlugin): Binding {
  const binding = BINDINGS.get(type);
  if (!binding) throw new ArError('PLUGIN_TYPE_UNSUPPORTED', { plugin: name, type });
  return binding;
}

function toLoadError(
  { name, loadTimeoutMs }: PreparedPlugin,
  outcome: Exclude<Outcome<unknown>, { kind: 'returned' }>,
): ArError {
  if (outcome.kind === 'timed-out')
    return new ArError('PLUGIN_LOAD_TIMEOUT', { plugin: name, timeoutMs: loadTimeoutMs });
  if (outcome.kind === 'aborted') return new ArError('ABORTED', { doing: `loading ${name}` });
  return toArError(name, outcome.error);
}

/** A plugin that failed may hold servers and timers already: it is asked to give them back like any other. */
async function giveUp(loading: Loading, guest: Guest): Promise<void> {
  const { plugin, finished } = loading;
  guest.abort();
  if (plugin) {
    await callUnload(plugin, guest, GIVE_UP_TIMEOUT_MS);
    // If `onLoad` hangs and ends after all, what it made since then is given back too.
    void finished.then(
      () => guest.call(() => plugin.onUnload?.(), { timeoutMs: GIVE_UP_TIMEOUT_MS }),
      () => undefined,
    );
  }
  await loading.close();
  await guest.close();
}

function toRunning(
  instance: Instance,
  { guest, host, detach }: { guest: Guest; host: Host; detach: () => Promise<void> },
): Omit<RunningPlugin, 'loadMs' | 'startedMs'> {
  const { plugin } = instance;
  const { name } = guest.prepared;
  let crashed = false;
  instance.onCrash((reason) => {
    crashed = true;
    guest.logger.error('crashed', { reason });
  });
  return {
    instance: plugin,
    ...(instance.sandbox && { sandbox: instance.sandbox }),
    ...(instance.memoryBytes && { memoryBytes: instance.memoryBytes }),
    onCrash: (listener) =>
      instance.onCrash((reason) => listener(new ArError('PLUGIN_CRASHED', { plugin: name, reason }))),
    async health() {
      const { healthTimeoutMs } = host.limits;
      if (plugin.health === undefined) return { status: 'healthy' };
      return toHealth(await guest.call(() => plugin.health?.(), { timeoutMs: healthTimeoutMs }), healthTimeoutMs);
    },
    async stop() {
      await detach();
      guest.abort();
      if (!crashed) await callUnload(plugin, guest, host.limits.unloadTimeoutMs);
      await instance.close();
      guest.logger.info('unloaded');
      await guest.close();
    },
  };
}

async function callUnload(plugin: Plugin, guest: Guest, timeoutMs: number): Promise<void> {
  const outcome = await guest.call(() => plugin.onUnload?.(), { timeoutMs });
  if (outcome.kind === 'returned') return;
  const error = outcome.kind === 'threw' ? describeThrown(outcome.error) : `no answer within ${timeoutMs} ms`;
  guest.logger.error('onUnload failed', { error });
}
