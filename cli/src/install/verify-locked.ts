import type { LockEntry } from '@ar-registry/core/install';
import { inParallel } from '@ar-registry/io/install';
import { createInstallStore, type InstallStore } from '@ar-registry/io/install-store';
import type { PluginName } from '@ar-registry/schemas';
import type { Context } from '../context.ts';

/** How the files of one plugin compare with its lock. */
export interface VerifiedPlugin {
  readonly name: PluginName;
  readonly entry: LockEntry;
  /** `absent`: the store has no entry. `linked`: a folder of the user's own, of which nothing is locked. */
  readonly state: 'intact' | 'changed' | 'absent' | 'linked';
  readonly changed: readonly string[];
  readonly missing: readonly string[];
  readonly added: readonly string[];
  /** Whether npm packages lie beside its files; they are not looked at. */
  readonly dependencies: 'none' | 'not-covered';
}

interface Locked {
  readonly name: PluginName;
  readonly entry: LockEntry;
}

/** Reads the files of each again. */
export function verifyLocked(
  locked: readonly Locked[],
  { dataDir, signal }: Pick<Context, 'dataDir' | 'signal'>,
): Promise<readonly VerifiedPlugin[]> {
  const store = createInstallStore({ dataDir });
  return inParallel(locked, (one) => {
    signal.throwIfAborted();
    return verifyOne(one, store);
  });
}

async function verifyOne({ name, entry }: Locked, store: InstallStore): Promise<VerifiedPlugin> {
  const nothing = { name, entry, changed: [], missing: [], added: [], dependencies: 'none' } as const;
  if (entry.source === 'folder') return { ...nothing, state: 'linked' };
  const found = await store.compare(name, entry);
  if (!found) return { ...nothing, state: 'absent' };
  const { changed, missing, added } = found;
  const intact = changed.length + missing.length + added.length === 0;
  const dependencies = found.entry?.dependencies === true ? 'not-covered' : 'none';
  return { name, entry, state: intact ? 'intact' : 'changed', changed, missing, added, dependencies };
}
