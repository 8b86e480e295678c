import type { PluginDocument, VersionDocument } from '@ar-registry/schemas';
import type { NpmPlugin } from './packument.ts';

/**
 * A plugin as its documents tell of it, for who has no index: `toPackument` makes the same of it.
 *
 * @param versions those that there are; what the plugin's document says of others is left out
 */
export function npmPluginOf(
  { name, distTags, renamedTo, repository, versions: entries }: PluginDocument,
  versions: readonly VersionDocument[],
): NpmPlugin {
  const texts = (key: 'deprecated' | 'yanked'): Readonly<Record<string, string>> =>
    Object.fromEntries(entries.flatMap((entry) => (entry[key] === undefined ? [] : [[entry.version, entry[key]]])));
  const byVersion = new Map(versions.map((document) => [document.version, document]));
  return {
    name,
    status: { distTags, deprecated: texts('deprecated'), yanked: texts('yanked') },
    record: { repository, ...(renamedTo === undefined ? {} : { renamedTo }) },
    // In their order, and with the hash of the archive that the plugin's own document has: that is what is signed.
    versions: entries.flatMap(({ version, integrity, publishedAt }) => {
      const document = byVersion.get(version);
      return document ? [{ manifest: document.manifest, dist: { ...document.dist, integrity }, publishedAt }] : [];
    }),
  };
}
