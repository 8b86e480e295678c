/** A plugin for search engines. @source https://schema.org/SoftwareApplication */
import type { PluginDocument, VersionDocument } from '@ar-registry/schemas';

/** Strings of authors are in it: whoever writes it into a page escapes what ends a script. */
export function softwareJsonLd(
  plugin: PluginDocument,
  latest: VersionDocument,
  { url, image, downloadUrl }: { readonly url: string; readonly image: string; readonly downloadUrl: string },
): object {
  const { name, description, version, author, license, publishedAt, tags } = plugin;
  const { url: repository } = plugin.repository;
  return {
    '@context': 'https://schema.org',
    '@type': 'SoftwareApplication',
    name,
    description,
    url,
    image,
    downloadUrl,
    softwareVersion: version,
    applicationCategory: 'DeveloperApplication',
    applicationSubCategory: plugin.type,
    operatingSystem: 'Linux, macOS, Windows',
    softwareRequirements: 'agent-relay',
    author: { '@type': 'Person', name: author },
    license: /^[A-Za-z0-9.+-]+$/.test(license) ? `https://spdx.org/licenses/${license}.html` : license,
    datePublished: publishedAt,
    dateModified: latest.publishedAt,
    keywords: tags.join(', '),
    fileSize: `${latest.dist.size} B`,
    isAccessibleForFree: true,
    offers: { '@type': 'Offer', price: '0', priceCurrency: 'USD' },
    ...(repository.startsWith('https://') ? { sameAs: [repository] } : {}),
  };
}
