import { AsyncLocalStorage } from 'node:async_hooks';
import type { PluginName } from '@ar-registry/schemas';

/** Knows on whose behalf code runs, across timers, promises and sockets: who is to blame for what nobody caught. */
export interface Blame {
  run<T>(plugin: PluginName, call: () => T): T;
  /** The plugin whose code runs now, also inside `uncaughtException` and `unhandledRejection` handlers. */
  current(): PluginName | undefined;
}

export function createBlame(): Blame {
  const storage = new AsyncLocalStorage<PluginName>();
  return { run: (plugin, call) => storage.run(plugin, call), current: () => storage.getStore() };
}
