/**
 * Which installed versions must not be loaded. The loader has no network: it goes by the last list of each registry that
 * the CLI verified and kept. Without one it loads what is installed, and says so.
 */
import { advisoriesAgainst, revoked } from '@ar-registry/core/advisory';
import { createAdvisoryStore, lockedUrl } from '@ar-registry/io/advisories';
import type { Lockfile, PluginName } from '@ar-registry/schemas';
import type { Logger } from '@ar-registry/sdk';

type RegistryLock = Extract<Lockfile['plugins'][string], { source: 'registry' }>;

export interface Revocations {
  /** @throws VERSION_REVOKED for what is `block-load`; what is only not to be installed any more is loaded */
  assertLoadable(name: PluginName, lock: RegistryLock): Promise<void>;
}

/** @param dataDir agent-relay's data folder */
export function createRevocations(
  { dataDir, projectDir }: { readonly dataDir: string; readonly projectDir: string },
  logger: Pick<Logger, 'warn'>,
): Revocations {
  const store = createAdvisoryStore(dataDir);
  const told = new Set<string>();
  return {
    async assertLoadable(name, lock) {
      const registry = lockedUrl(lock.registry, projectDir);
      const kept = await store.read(registry);
      if (kept.kind === 'kept') {
        const advisory = advisoriesAgainst(kept.list, name, lock.version).find(({ action }) => action === 'block-load');
        if (advisory) throw revoked(name, lock.version, advisory);
        return;
      }
      if (told.has(registry)) return;
      told.add(registry);
      const file = kept.kind === 'unreadable' ? { file: kept.file } : {};
      logger.warn('revoked versions are not known: run `ar plugin outdated` once', {
        registry,
        state: kept.kind,
        ...file,
      });
    },
  };
}
