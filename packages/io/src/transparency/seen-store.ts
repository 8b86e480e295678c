/**
 * The checkpoint of each registry's log as it was last seen here, beside what is trusted of that registry. It is what a
 * registry cannot take back: a log that does not go on from it is another log.
 */
import path from 'node:path';
import { readTextIfExists, writeAtomically } from '../files/index.ts';
import { registryFolder } from '../api-client/registry-folder.ts';

export interface SeenStore {
  /** @throws FILE_ACCESS */
  read(registryUrl: string): Promise<Uint8Array | undefined>;
  /** @throws DISK_FULL, FILE_ACCESS */
  keep(registryUrl: string, note: Uint8Array): Promise<void>;
}

/** @param folder of what is trusted of all registries; absolute */
export function createSeenStore(folder: string): SeenStore {
  const fileOf = (url: string): string => path.join(registryFolder(folder, url), 'checkpoint');
  return {
    read: async (url) => {
      const text = await readTextIfExists(fileOf(url));
      return text === undefined ? undefined : new TextEncoder().encode(text);
    },
    keep: (url, note) => writeAtomically(fileOf(url), note),
  };
}
