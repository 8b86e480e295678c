import { ArError } from '@ar-registry/core/errors';
import type { PluginName, TrustLevel } from '@ar-registry/schemas';

/** A trust level of the registry, or `local`: a folder of the user's own. */
export type Trust = TrustLevel | 'local';

/** Where a plugin's code runs. */
export type Placement = 'in-process';

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
