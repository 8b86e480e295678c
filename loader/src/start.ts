/**
 * Starting a prepared plugin: its code runs from here on. Whatever it does, `startPlugin` ends within the plugin's time
 * limit, and a plugin that fails leaves nothing behind that the loader could take back.
 */
import { randomUUID } from 'node:crypto';
import { ArError } from '@ar-registry/core/errors';
import type { HealthStatus, Plugin } from '@ar-registry/sdk';
import { BINDINGS } from './bindings/index.ts';
import type { Binding } from './bindings/binding.ts';
import { describeThrown, type Outcome } from './contain.ts';
import { createGuest, type Guest } from './host/guest.ts';
import { toHealth } from './host/health.ts';
import type { Host } from './host/host.ts';
import { toArError } from './loaded-plugin.ts';
import { importPlugin } from './instance/import-plugin.ts';
import type { PreparedPlugin } from './prepare.ts';

export interface RunningPlugin {
  readonly instance: Plugin;
  /** Asks the plugin; one without `health` is healthy while it runs. */
  health(): Promise<HealthStatus>;
  /** Unties and unloads it, each step within its time limit. Never throws. */
  stop(): Promise<void>;
}

/**
 * Starts a plugin.
 *
 * @param signal gives up loading
 * @throws PLUGIN_IMPORT_FAILED, PLUGIN_EXPORT_INVALID, PLUGIN_LOAD_FAILED, PLUGIN_LOAD_TIMEOUT, ABORTED, DISK_FULL,
 * FILE_ACCESS
 */
export async function startPlugin(prepared: PreparedPlugin, host: Host, signal: AbortSignal): Promise<RunningPlugin> {
  const binding = bindingOf(prepared);
  const startedMs = host.now();
  const guest = await createGuest(prepared, host);
  const loading = new Loading(guest, binding);
  const outcome = await guest.call(() => loading.run(), { timeoutMs: prepared.loadTimeoutMs, signal });
  if (outcome.kind !== 'returned') {
    const error = toLoadError(prepared, outcome);
    guest.logger.error('could not be loaded', { code: error.code, error: error.message });
    await giveUp(loading, guest);
    throw error;
  }
  const plugin = outcome.value;
  const detach = binding.attach(plugin, guest, host);
  guest.metrics.gauge('ar_plugin_load_seconds', (host.now() - startedMs) / 1000);
  guest.logger.info('loaded', { version: prepared.version });
  return toRunning(plugin, { guest, host, detach });
}

/** For `onUnload` of a plugin whose loading failed: whoever waits for the daemon waits for this as well. */
const GIVE_UP_TIMEOUT_MS = 1_000;

/** One attempt to load; knows how far it came, so that it can be undone. */
class Loading {
  readonly #guest: Guest;
  readonly #binding: Binding;
  /** Set once the plugin's code is there. */
  plugin: Plugin | undefined;
  /** Settles with `onLoad`, however long after the time limit. */
  finished: Promise<unknown> = Promise.resolve();

  constructor(guest: Guest, binding: Binding) {
    this.#guest = guest;
    this.#binding = binding;
  }

  async run(): Promise<Plugin> {
    const { prepared, context } = this.#guest;
    const plugin = await importPlugin(prepared, randomUUID());
    // The time limit ends the waiting, not this function: it must not go on with a plugin that was given up.
    context.signal.throwIfAborted();
    this.plugin = plugin;
    try {
      if (this.#binding.connectsClient) await context.client.connect();
      context.signal.throwIfAborted();
      this.finished = Promise.resolve(plugin.onLoad?.(context));
      await this.finished;
    } catch (error) {
      const facts = { plugin: prepared.name, reason: describeThrown(error) };
      throw new ArError('PLUGIN_LOAD_FAILED', facts, { cause: error });
    }
    return plugin;
  }
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
async function giveUp({ plugin, finished }: Loading, guest: Guest): Promise<void> {
  guest.abort();
  if (plugin) {
    await callUnload(plugin, guest, GIVE_UP_TIMEOUT_MS);
    // If `onLoad` hangs and ends after all, what it made since then is given back too.
    void finished.then(
      () => guest.call(() => plugin.onUnload?.(), { timeoutMs: GIVE_UP_TIMEOUT_MS }),
      () => undefined,
    );
  }
  await guest.close();
}

function toRunning(
  plugin: Plugin,
  { guest, host, detach }: { guest: Guest; host: Host; detach: () => Promise<void> },
): RunningPlugin {
  return {
    instance: plugin,
    async health() {
      const { healthTimeoutMs } = host.limits;
      if (plugin.health === undefined) return { status: 'healthy' };
      return toHealth(await guest.call(() => plugin.health?.(), { timeoutMs: healthTimeoutMs }), healthTimeoutMs);
    },
    async stop() {
      await detach();
      guest.abort();
      await callUnload(plugin, guest, host.limits.unloadTimeoutMs);
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
