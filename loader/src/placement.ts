import { ArError } from '@ar-registry/core/errors';
import { splitName } from '@ar-registry/core/name';
import { RESERVED_SCOPES } from '@ar-registry/core/record';
import type { PluginName, TrustLevel } from '@ar-registry/schemas';

/** A trust level of the registry, or `local`: a folder of the user's own. */
export type Trust = TrustLevel | 'local';

/** Where a plugin's code runs. */
export type Placement = 'in-process';

/**
 * The trust level that counts for a locked plugin. The lockfile is a text that anybody may edit: `official` counts only
 * in the scopes that are reserved for official plugins, and is `community` elsewhere.
 */
export function countedTrust(plugin: PluginName, locked: TrustLevel): TrustLevel {
  return locked === 'official' && !RESERVED_SCOPES.includes(splitName(plugin).scope) ? 'community' : locked;
}

/**
 * Decides where a plugin runs: official plugins and the user's own folders in the daemon's process, others only where
 * the user says so. An archive from a file has no registry that vouches for it and counts as `community`.
 *
 * @throws SANDBOX_UNAVAILABLE
 */
export function decidePlacement(
  plugin: PluginName,
  { trust, isolation }: { readonly trust: Trust; readonly isolation?: 'process' | 'none' | undefined },
): Placement {
  if (isolation === 'process') throw new ArError('SANDBOX_UNAVAILABLE', { plugin, trust, isolation });
  if (isolation === 'none' || trust === 'official' || trust === 'local') return 'in-process';
  throw new ArError('SANDBOX_UNAVAILABLE', { plugin, trust });
}
