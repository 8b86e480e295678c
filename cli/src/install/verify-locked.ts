import path from 'node:path';
import type { LockEntry } from '@ar-registry/core/install';
import { MANIFEST_FILE } from '@ar-registry/core/layout';
import { parseManifest } from '@ar-registry/core/manifest';
import { readTextIfExists } from '@ar-registry/io/files';
import { inParallel, readLink } from '@ar-registry/io/install';
import { createInstallStore, type InstallStore } from '@ar-registry/io/install-store';
import type { NormalizedManifest, PluginName } from '@ar-registry/schemas';
import type { Context } from '../context.ts';

/** How the files of one plugin compare with its lock. */
export interface VerifiedPlugin {
  readonly name: PluginName;
  readonly entry: LockEntry;
  /**
   * `absent`: the store has no entry. `linked`: a folder of the user's own, of which nothing is locked; `broken`: that
   * folder, or the plugin in it, is gone. `mislabelled`: the files are those that are locked, but the lock calls them
   * something else than their manifest does.
   */
  readonly state: 'intact' | 'changed' | 'absent' | 'linked' | 'broken' | 'mislabelled';
  /** What the manifest of a mislabelled package says: `@scope/name@1.0.0 (bridge)`. */
  readonly packaged?: string;
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
export async function verifyLocked(
  locked: readonly Locked[],
  { dataDir, projectDir, signal }: Pick<Context, 'dataDir' | 'projectDir' | 'signal'>,
): Promise<readonly VerifiedPlugin[]> {
  const places = { store: createInstallStore({ dataDir }), dir: await projectDir() };
  return inParallel(locked, (one) => {
    signal.throwIfAborted();
    return verifyOne(one, places);
  });
}

async function verifyOne(
  { name, entry }: Locked,
  { store, dir }: { readonly store: InstallStore; readonly dir: string },
): Promise<VerifiedPlugin> {
  const nothing = { name, entry, changed: [], missing: [], added: [], dependencies: 'none' } as const;
  if (entry.source === 'folder') {
    const { kind } = await readLink({ name, path: entry.path }, dir);
    return { ...nothing, state: kind };
  }
  const found = await store.compare(name, entry);
  if (!found) return { ...nothing, state: 'absent' };
  const { changed, missing, added } = found;
  const dependencies = found.entry?.dependencies === true ? 'not-covered' : 'none';
  const compared = { name, entry, changed, missing, added, dependencies } as const;
  if (changed.length + missing.length + added.length > 0) return { ...compared, state: 'changed' };
  const packaged = await labelIn(store.packageDir(entry.integrity));
  if (packaged === labelOf({ ...entry, name })) return { ...compared, state: 'intact' };
  return { ...compared, state: 'mislabelled', packaged };
}

/** @param packageDir its files are those that the lock pins, so it is what was published that is read */
async function labelIn(packageDir: string): Promise<string> {
  const text = (await readTextIfExists(path.join(packageDir, MANIFEST_FILE))) ?? '';
  const { manifest } = parseManifest(text, MANIFEST_FILE);
  return manifest ? labelOf(manifest) : 'no valid manifest';
}

function labelOf({ name, version, type }: Pick<NormalizedManifest, 'name' | 'version' | 'type'>): string {
  return `${name}@${version} (${type})`;
}
