/** Hashes everything in the shared store again. */
import path from 'node:path';
import { filesIntegrity } from '../digest/index.ts';
import { createInstallStore, type Comparison } from '../install-store/index.ts';
import { readStore, type FoundEntry } from './entries.ts';

export interface VerifiedEntry {
  readonly found: FoundEntry;
  readonly differences: Comparison;
}

export interface VerifiedStore {
  readonly entries: readonly VerifiedEntry[];
  /** Absolute folders of entries that do not say what they are. */
  readonly unreadable: readonly string[];
}

/**
 * Compares each entry with the list of files that it was made with. Whether that list is the one that was published is
 * for `verify` of a project to say, whose lock pins it.
 */
export async function verifyStore(dataDir: string, signal: AbortSignal): Promise<VerifiedStore> {
  const absolute = path.resolve(dataDir);
  const store = createInstallStore({ dataDir: absolute });
  const { entries, unreadable } = await readStore(absolute, signal);
  const verified: VerifiedEntry[] = [];
  for (const found of entries) {
    signal.throwIfAborted();
    const { name, integrity, files } = found.entry;
    const differences = await store.compare(name, { integrity, files: filesIntegrity(files) });
    if (differences) verified.push({ found, differences });
  }
  return { entries: verified, unreadable: unreadable.map(({ folder }) => folder) };
}
