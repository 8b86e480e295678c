import { ArError } from '@ar-registry/core/errors';
import { describeThrown } from '../contain.ts';
import type { Guest } from '../host/guest.ts';

/**
 * Calls what an adapter wants called before it is used; agent-relay calls `init` of no adapter that it is given.
 *
 * @throws PLUGIN_LOAD_FAILED, PLUGIN_LOAD_TIMEOUT
 */
export async function initialise(guest: Guest, inits: readonly (() => unknown)[]): Promise<void> {
  const { name: plugin, loadTimeoutMs: timeoutMs } = guest.prepared;
  for (const init of inits) {
    const outcome = await guest.call(init, { timeoutMs });
    if (outcome.kind === 'returned') continue;
    if (outcome.kind !== 'threw') throw new ArError('PLUGIN_LOAD_TIMEOUT', { plugin, timeoutMs });
    const { error } = outcome;
    throw new ArError('PLUGIN_LOAD_FAILED', { plugin, reason: describeThrown(error) }, { cause: error });
  }
}
