import { hideCredentials } from '@ar-registry/core/text';
import { openIndex } from '@ar-registry/io/propose';
import type { Account, PluginName, StatusRecord } from '@ar-registry/schemas';
import type { Context } from '../context.ts';
import { ownedPlugin } from './change-plugin.ts';
import { findRemote } from './publish-settings.ts';

export interface Published {
  readonly name: PluginName;
  readonly distTags: StatusRecord['distTags'];
  readonly owners: readonly Account[];
}

/**
 * What is published of a plugin: from the index where one is named, else from the registry.
 *
 * @throws PLUGIN_NOT_FOUND, and what `findRemote`, `openIndex` and `ApiClient.plugin` throw
 */
export async function readPublished(name: PluginName, index: string | undefined, context: Context): Promise<Published> {
  const { env, signal, output } = context;
  return output.during(`Looking up ${name}`, async () => {
    if (index === undefined && !env['AR_INDEX']) {
      const { distTags, owners } = await (await context.registry()).plugin(name, signal);
      return { name, distTags, owners };
    }
    const { remote, given } = await findRemote(index, name, context);
    await using target = await openIndex(remote, { signal });
    const { record, status } = ownedPlugin(await target.readState(name), name, hideCredentials(given));
    return { name, distTags: status.distTags, owners: record.owners };
  });
}
