import { AsyncLocalStorage } from 'node:async_hooks';
import type { PluginName } from '@ar-registry/schemas';

/** Knows on whose behalf code runs, across timers, promises and sockets: who is to blame for what nobody caught. */
export interface Blame {
  run<T>(plugin: PluginName, call: () => T): T;
  /** Tells `onFault` of what is blamed on a plugin. @returns ends it */
  watch(plugin: PluginName, onFault: (error: unknown) => void): () => void;
  /** The plugin whose code runs now; undefined if it is no plugin's. */
  current(): PluginName | undefined;
  /** Remembers whose code runs now as the maker of an error, for where Node forgets: listeners of rejections. */
  mark(error: Error): void;
  /**
   * Blames an error on the plugin whose code runs now. Works inside `uncaughtException` and `unhandledRejection`
   * handlers: Node runs them on behalf of the code that failed.
   *
   * @returns undefined if it is no plugin's
   */
  blame(error: unknown): PluginName | undefined;
}

export function createBlame(): Blame {
  const storage = new AsyncLocalStorage<PluginName>();
  const marked = new WeakMap<Error, PluginName>();
  const watchers = new Map<PluginName, (error: unknown) => void>();
  return {
    run: (plugin, call) => storage.run(plugin, call),
    watch(plugin, onFault) {
      watchers.set(plugin, onFault);
      return () => watchers.delete(plugin);
    },
    current: () => storage.getStore(),
    mark(error) {
      const plugin = storage.getStore();
      if (plugin !== undefined) marked.set(error, plugin);
    },
    blame(error) {
      const plugin = storage.getStore() ?? (error instanceof Error ? marked.get(error) : undefined);
      if (plugin !== undefined) watchers.get(plugin)?.(error);
      return plugin;
    },
  };
}
