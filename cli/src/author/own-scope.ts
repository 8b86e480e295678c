/**
 * That a scope is reserved is news to whoever does not own it, and noise to whoever does. Nobody is believed to: the
 * registry must name the owner of that very plugin.
 */
import { hasCode, isArError } from '@ar-registry/core/errors';
import type { Account, PluginName } from '@ar-registry/schemas';
import type { Context } from '../context.ts';
import { findGitHub } from './github.ts';
import { findPublisher } from './publish-settings.ts';

interface Told {
  readonly findings: readonly { readonly code: string }[];
}

/** `told` without what is said of a reserved scope. */
export function withoutScope<T extends Told>(told: T): T {
  return { ...told, findings: told.findings.filter(({ code }) => code !== 'SCOPE_RESTRICTED') };
}

/**
 * Whether the registry has the plugin, and as one of whoever runs this: whom AR_PUBLISHER, git or GitHub names. False where
 * that cannot be found out.
 */
export async function isOwnPlugin(name: PluginName, dir: string, context: Context): Promise<boolean> {
  try {
    const account = await whoRuns(dir, context);
    if (!account) return false;
    const { owners } = await (await context.registryOf(name)).plugin(name, context.signal);
    return owners.some(({ id }) => id === account.id);
  } catch (error) {
    context.signal.throwIfAborted();
    if (!isArError(error)) throw error;
    return false;
  }
}

async function whoRuns(dir: string, context: Context): Promise<Account | undefined> {
  try {
    return await findPublisher(undefined, dir, context);
  } catch (error) {
    if (!hasCode(error, 'PUBLISHER_UNKNOWN')) throw error;
    return (await findGitHub(context))?.whoAmI();
  }
}
