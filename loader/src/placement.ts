import { splitName } from '@ar-registry/core/name';
import { RESERVED_SCOPES } from '@ar-registry/core/record';
import type { PluginName, TrustLevel } from '@ar-registry/schemas';

/** A trust level of the registry, or `local`: a folder of the user's own. */
export type Trust = TrustLevel | 'local';

/** Where a plugin's code runs: in the daemon's process, or in one of its own. */
export type Placement = 'in-process' | 'process';

/**
 * The trust level that counts for a locked plugin. The lockfile is a text that anybody may edit: `official` counts only
 * in the scopes that are reserved for official plugins, and is `community` elsewhere.
 */
export function countedTrust(plugin: PluginName, locked: TrustLevel): TrustLevel {
  return locked === 'official' && !RESERVED_SCOPES.includes(splitName(plugin).scope) ? 'community' : locked;
}

/**
 * Decides where a plugin runs: official plugins and the user's own folders in the daemon's process, others in one of
 * their own; the user may say otherwise for each. An archive from a file has no registry that vouches for it and counts
 * as `community`.
 */
export function decidePlacement({
  trust,
  isolation,
}: {
  readonly trust: Trust;
  readonly isolation?: 'process' | 'none' | undefined;
}): Placement {
  if (isolation !== undefined) return isolation === 'none' ? 'in-process' : 'process';
  return trust === 'official' || trust === 'local' ? 'in-process' : 'process';
}
