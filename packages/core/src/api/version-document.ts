import type { Dist, VersionDocument, VersionRecord } from '@ar-registry/schemas';

/**
 * The document of one version. Made of its record and nothing else, so that it never changes either: clients cache it
 * for good, and the plugin's document holds its hash.
 */
export function toVersionDocument({
  manifest,
  dist,
  source,
  publishedAt,
  publishedBy,
  fixes,
}: VersionRecord): VersionDocument {
  return {
    schemaVersion: 1,
    name: manifest.name,
    version: manifest.version,
    manifest,
    dist: toDist(dist),
    ...(source === undefined ? {} : { source }),
    permissions: manifest.permissions,
    publishedAt,
    publishedBy: { login: publishedBy.login, id: publishedBy.id },
    fixes: fixes ?? [],
  };
}

function toDist({ tarball, integrity, size, unpackedSize, fileCount, files }: Dist): Dist {
  return {
    tarball,
    integrity,
    size,
    unpackedSize,
    fileCount,
    files: files.map((file) => ({ path: file.path, size: file.size, integrity: file.integrity })),
  };
}
