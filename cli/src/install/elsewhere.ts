/** Plugins that were installed from another registry than the one that is asked about them now: as with --registry, once. */
import { hasCode, ArError } from '@ar-registry/core/errors';
import type { Updatable } from '@ar-registry/core/install';
import { lockedUrl } from '@ar-registry/io/advisories';
import type { InstallPorts } from '@ar-registry/io/install';
import type { PluginName } from '@ar-registry/schemas';

export interface Elsewhere {
  readonly plugin: PluginName;
  /** URL of the registry that the lock names. */
  readonly installedFrom: string;
  /** URL of the one that is asked. */
  readonly asked: string;
}

type Ports = Pick<InstallPorts, 'client' | 'projectDir'>;

/** @param targets their locks may be the work of others */
export function installedElsewhere(
  targets: readonly Pick<Updatable, 'name' | 'lock'>[],
  { client, projectDir }: Ports,
): readonly Elsewhere[] {
  return targets.flatMap(({ name: plugin, lock }) => {
    if (lock?.source !== 'registry') return [];
    const installedFrom = lockedUrl(lock.registry, projectDir).replace(/\/+$/, '');
    const asked = client.registryOf(plugin);
    return installedFrom === asked ? [] : [{ plugin, installedFrom, asked }];
  });
}

/** An error of a registry that is out of reach, with where the plugin came from, if that was another one. */
export function toldElsewhere(error: unknown, elsewhere: readonly Elsewhere[]): unknown {
  if (!hasCode(error, 'REGISTRY_UNREACHABLE')) return error;
  const found = elsewhere.find(({ asked }) => `${error.facts.url}/`.startsWith(`${asked}/`));
  if (!found) return error;
  const { plugin, installedFrom } = found;
  return new ArError('REGISTRY_UNREACHABLE', { ...error.facts, plugin, installedFrom }, { cause: error });
}
