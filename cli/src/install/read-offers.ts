import { advisoriesAgainst, withoutRevoked, type Advisory } from '@ar-registry/core/advisory';
import { hasCode } from '@ar-registry/core/errors';
import type { Updatable } from '@ar-registry/core/install';
import { settled } from '@ar-registry/core/resolve';
import { DOCUMENTS_AT_ONCE, inParallel, type InstallPorts } from '@ar-registry/io/install';
import type { PluginDocument, PluginName, Version } from '@ar-registry/schemas';
import { installedElsewhere, toldElsewhere, type Elsewhere } from './elsewhere.ts';

/** An installed plugin, and what the registry has of it. */
export interface Offer {
  readonly target: Updatable;
  /** What the registry revoked counts as withdrawn. */
  readonly plugin: PluginDocument;
  /** Against the installed version. */
  readonly advisories: readonly Advisory[];
}

export interface Offers {
  readonly offers: readonly Offer[];
  /** Installed, and not in the registry any more. */
  readonly missing: readonly PluginName[];
  /** Those of them that another registry had. */
  readonly elsewhere: readonly Elsewhere[];
}

type Asking = Pick<InstallPorts, 'client' | 'projectDir' | 'signal' | 'publishedBefore'>;

/**
 * Asks the registry for every plugin at once. One that it does not have does not stop the others.
 *
 * @throws REGISTRY_UNREACHABLE, with the registry that a plugin was installed from where that is another one
 */
export async function readOffers(targets: readonly Updatable[], ports: Asking): Promise<Offers> {
  const elsewhere = installedElsewhere(targets, ports);
  try {
    const { offers, missing } = await askForOffers(targets, ports);
    return { offers, missing, elsewhere: elsewhere.filter(({ plugin }) => missing.includes(plugin)) };
  } catch (error) {
    throw toldElsewhere(error, elsewhere);
  }
}

async function askForOffers(targets: readonly Updatable[], ports: Asking): Promise<Omit<Offers, 'elsewhere'>> {
  await ports.client.prepare(
    targets.map(({ name }) => name),
    ports.signal,
  );
  const ask = async (target: Updatable): Promise<Offer | PluginName> => {
    try {
      const { name, version } = target;
      const [published, list] = await Promise.all([
        ports.client.plugin(name, ports.signal),
        ports.client.advisories(name, ports.signal),
      ]);
      const advisories = version === undefined ? [] : advisoriesAgainst(list, name, version);
      // A version that has nothing of what is known against the installed one is no less safe for being young.
      const mends = (other: Version): boolean =>
        advisories.length > 0 && advisoriesAgainst(advisories, name, other).length === 0;
      const keeps = (other: Version): boolean => other === version || mends(other);
      return { target, plugin: settled(withoutRevoked(published, list), ports.publishedBefore, keeps), advisories };
    } catch (error) {
      if (hasCode(error, 'PLUGIN_NOT_FOUND')) return target.name;
      throw error;
    }
  };
  const found = await inParallel(targets, ask, DOCUMENTS_AT_ONCE);
  return {
    offers: found.filter((one) => typeof one !== 'string'),
    missing: found.filter((one) => typeof one === 'string'),
  };
}
