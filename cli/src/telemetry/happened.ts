/**
 * What a command did that a registry may be told: noted while it works, which costs nothing, and looked at when it is
 * done. Of plugins, only to the registry that they came from; of searches, only where there is one registry, since what
 * somebody looks for in a private one is not for a public one to know.
 */
import type { UpdateChange } from '@ar-registry/core/install';
import type { PluginName, Version } from '@ar-registry/schemas';
import type { Context } from '../context.ts';

export type Happened =
  | { readonly kind: 'install'; readonly registry: string; readonly name: PluginName; readonly version: Version }
  | { readonly kind: 'search'; readonly registry: string; readonly text: string; readonly total: number };

type Noting = Pick<Context, 'registry' | 'registries' | 'tell'>;

/** @param search without filters: what they left out is not missing */
export async function noteSearch(
  search: { readonly text: string; readonly total: number },
  { registries, tell }: Noting,
): Promise<void> {
  const [only, ...others] = await registries();
  if (only && others.length === 0) tell({ kind: 'search', registry: only.registryUrl, ...search });
}

/** @param installed with where each came from: of registries alone, not of folders, archives and git */
export async function noteInstalled(
  installed: readonly { readonly name: PluginName; readonly version: Version; readonly from: string }[],
  { registry, tell }: Noting,
): Promise<void> {
  const client = await registry();
  for (const { name, version, from } of installed)
    if (client.registryOf(name) === from) tell({ kind: 'install', registry: from, name, version });
}

/** The same of an update: what moved to a commit came from git. */
export async function noteUpdated(updated: readonly UpdateChange[], { registry, tell }: Noting): Promise<void> {
  const client = await registry();
  for (const { name, to, commit } of updated)
    if (commit === undefined) tell({ kind: 'install', registry: client.registryOf(name), name, version: to });
}
