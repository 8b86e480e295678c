import type { LockEntry } from '@ar-registry/core/install';
import type { PluginName } from '@ar-registry/schemas';
import { type Context, readProjectIfAny } from './context.ts';

/** What the project's lock says of a plugin; undefined where it is not installed. @throws FILE_INVALID */
export async function lockedHere(
  name: PluginName,
  { projectDir, dataDir }: Pick<Context, 'projectDir' | 'dataDir'>,
): Promise<LockEntry | undefined> {
  const project = await readProjectIfAny(await projectDir(), dataDir);
  const plugins = project?.lock.plugins ?? {};
  return Object.hasOwn(plugins, name) ? plugins[name] : undefined;
}

/** Whether it is installed, and from no registry. */
export function isLocal(lock: LockEntry | undefined): lock is Exclude<LockEntry, { source: 'registry' }> {
  return lock !== undefined && lock.source !== 'registry';
}
