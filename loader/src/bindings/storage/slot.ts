/**
 * The daemon's storage: its own, or a plugin's.
 *
 * A plugin's queue stands in from the moment it is known that there is such a plugin, so that what is sent while it loads
 * is kept for it. If it fails to load, everything goes to the daemon's own storage, as if it had never been configured.
 */
import type { Daemon, StorageAdapter } from '@ar-registry/sdk';
import type { PluginName } from '@ar-registry/schemas';
import type { HostLimits } from '../../host/host.ts';
import { ownBackend, type Backend } from './backend.ts';
import { createStoragePort, type PortOptions, type StoragePort } from './port.ts';
import { storageFields, type StorageFields } from './swap.ts';

export interface StorageSlot {
  /** A storage plugin will be loaded: what is stored from now on waits for it. Nothing if there is one already. */
  expect(plugin: PluginName): void;
  /** It could not be loaded. Nothing if another one was expected. */
  fail(plugin: PluginName): void;
  /**
   * It is loaded.
   *
   * @returns its port, and what gives the daemon its own storage back
   * @throws PLUGIN_LOAD_FAILED
   */
  bind(
    plugin: PluginName,
    backend: Backend,
    reports: PortReports,
  ): { readonly port: StoragePort; release(): Promise<void> };
}

export type PortReports = Pick<PortOptions, 'onDropped' | 'onUnusable' | 'onFailed'>;

interface Expected {
  readonly plugin: PluginName;
  readonly port: StoragePort;
  readonly fields: StorageFields;
  readonly backend: PromiseWithResolvers<Backend>;
  /** Set once the plugin is there to be told. */
  reports: PortReports | undefined;
}

type Limits = Pick<HostLimits, 'maxQueuedEvents' | 'maxQueuedBytes' | 'storageTimeoutMs' | 'unloadTimeoutMs'>;

export function createStorageSlot(daemon: Daemon, limits: Limits): StorageSlot {
  let current: Expected | undefined;

  const open = (plugin: PluginName): Expected => {
    const fields = storageFields(daemon, plugin);
    const backend = Promise.withResolvers<Backend>();
    const expected: Expected = {
      plugin,
      fields,
      backend,
      reports: undefined,
      port: createPort(limits, backend.promise, () => expected.reports),
    };
    fields.set(expected.port.adapter);
    current = expected;
    return expected;
  };

  const close = async (expected: Expected): Promise<void> => {
    if (current === expected) current = undefined;
    // First of all: from here on the daemon's own storage takes what comes.
    expected.fields.restore();
    await expected.port.close(limits.unloadTimeoutMs);
  };

  return {
    expect(plugin) {
      if (current) return;
      try {
        open(plugin);
      } catch {
        // `bind` says the same, where somebody hears it.
      }
    },
    fail(plugin) {
      if (current?.plugin !== plugin || current.reports) return;
      current.backend.resolve(ownBackend(current.fields.own));
      void close(current);
    },
    bind(plugin, backend, reports) {
      const expected = current ?? open(plugin);
      expected.reports = reports;
      expected.backend.resolve(backend);
      return { port: expected.port, release: () => close(expected) };
    },
  };
}

function createPort(limits: Limits, backend: Promise<Backend>, reports: () => PortReports | undefined): StoragePort {
  return createStoragePort({
    backend,
    maxWrites: limits.maxQueuedEvents,
    maxWriteBytes: limits.maxQueuedBytes,
    readTimeoutMs: limits.storageTimeoutMs,
    onDropped: (method: keyof StorageAdapter, why) => reports()?.onDropped(method, why),
    onUnusable: (method, problem) => reports()?.onUnusable(method, problem),
    onFailed: (id) => reports()?.onFailed(id),
  });
}
