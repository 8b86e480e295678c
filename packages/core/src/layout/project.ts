/** Names of the files of a project and of the store, written once for those who write and those who read. */
import type { Integrity } from '@ar-registry/schemas';
import { toHex } from '../integrity/index.ts';

export const PROJECT_FILE = 'ar-plugins.yaml';
export const LOCK_FILE = 'ar-plugins.lock';
export const MANIFEST_FILE = 'ar-plugin.yaml';
/** npm lockfile of a plugin's dependencies, inside its package. */
export const DEPENDENCY_LOCK_FILE = 'ar-deps.lock.json';
/** Written last into a store entry: its presence means that the entry is whole. */
export const STORE_ENTRY_FILE = 'ar-store.json';

/** Folder of a store entry, relative to the data folder. */
export function storeEntryPath(integrity: Integrity): string {
  const hex = toHex(integrity);
  return `plugins/store/sha512/${hex.slice(0, 2)}/${hex.slice(2)}`;
}
