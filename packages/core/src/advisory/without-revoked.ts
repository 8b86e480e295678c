import type { PluginDocument } from '@ar-registry/schemas';
import { toSingleLine, truncate } from '../text/index.ts';
import { affectedText, blockingAdvisory, type Advisory } from './advisory.ts';

/**
 * The plugin with what its registry revoked as withdrawn, for all that chooses versions: nobody starts with one, and
 * who has one is led away from it.
 */
export function withoutRevoked(plugin: PluginDocument, list: readonly Advisory[]): PluginDocument {
  const own = list.filter((advisory) => advisory.plugin === plugin.name);
  if (own.length === 0) return plugin;
  const versions = plugin.versions.map((entry) => {
    const advisory = blockingAdvisory(own, plugin.name, entry.version);
    return advisory ? { ...entry, yanked: revokedText(advisory) } : entry;
  });
  return { ...plugin, versions };
}

function revokedText(advisory: Advisory): string {
  const { id, reason, replacement } = advisory;
  const instead = replacement === undefined ? '' : ` Use ${replacement}.`;
  return `revoked by ${id} (${affectedText(advisory)}): ${toSingleLine(truncate(reason, 400))}${instead}`;
}
