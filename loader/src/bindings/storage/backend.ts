/** What is behind the storage that the daemon sees: a plugin, or the storage that the daemon brought itself. */
import type { StorageAdapter, StoragePlugin } from '@ar-registry/sdk';
import type { Answer, Caller } from '../caller.ts';

export interface Backend {
  has(method: keyof StorageAdapter): boolean;
  /** Never rejects. */
  call(method: keyof StorageAdapter, args: readonly unknown[]): Promise<Answer<unknown>>;
}

type Methods = Partial<Record<keyof StorageAdapter, (...args: readonly unknown[]) => unknown>>;

/** A plugin: each call contained and limited in time. */
export function pluginBackend(plugin: StoragePlugin, caller: Caller): Backend {
  const methods = plugin as unknown as Methods;
  return {
    has: (method) => typeof methods[method] === 'function',
    call: (method, args) => caller.ask(method, () => methods[method]?.(...args)),
  };
}

/** agent-relay's own storage. */
export function ownBackend(storage: unknown): Backend {
  const methods = (storage ?? {}) as Methods;
  return {
    has: (method) => typeof methods[method] === 'function',
    async call(method, args) {
      try {
        return { ok: true, value: await methods[method]?.(...args) };
      } catch {
        // agent-relay would only have logged it.
        return { ok: false };
      }
    },
  };
}
