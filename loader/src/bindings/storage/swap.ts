/**
 * Where a started daemon keeps its storage.
 *
 * agent-relay takes a storage adapter only before it starts; by then nobody knows whether the plugin that was configured
 * works, and a plugin could be neither reloaded nor unloaded. Its parts all read their storage from a field of their own
 * for every call, so the fields are set instead.
 */
import { ArError } from '@ar-registry/core/errors';
import type { StorageAdapter } from '@ar-registry/sdk';
import { routerOf } from '../../relay/types.ts';

interface Holder {
  storage?: unknown;
}

export interface StorageFields {
  /** What the daemon brought itself. */
  readonly own: unknown;
  set(storage: StorageAdapter): void;
  restore(): void;
}

/** @throws PLUGIN_LOAD_FAILED if this agent-relay has no such fields */
export function storageFields(daemon: object, plugin: string): StorageFields {
  const router = routerOf(daemon as Parameters<typeof routerOf>[0]) as
    | (Holder & { deliveryTracker?: Holder })
    | undefined;
  const holders = [daemon as Holder, router, router?.deliveryTracker].filter(
    (one) => one !== undefined && 'storage' in one,
  );
  if (!router || !holders.includes(router))
    throw new ArError('PLUGIN_LOAD_FAILED', {
      plugin,
      reason: 'this agent-relay keeps its storage where it cannot be replaced',
    });
  const originals = holders.map((holder) => holder?.storage);
  const cloud = (daemon as { cloudSync?: { setStorage?: (storage: unknown) => void } }).cloudSync;
  const own = router.storage;
  return {
    own,
    set(storage) {
      for (const holder of holders) Object.assign(holder ?? {}, { storage });
      cloud?.setStorage?.(storage);
    },
    restore() {
      for (const [index, holder] of holders.entries()) Object.assign(holder ?? {}, { storage: originals[index] });
      cloud?.setStorage?.(own);
    },
  };
}
