import type { Integrity, PluginDocument, Provenance, Repository, Version, VersionRecord } from '@ar-registry/schemas';
import type { SnapshotPlugin } from '../snapshot/index.ts';
import { latestOf } from './latest.ts';
import { toSummary } from './summary.ts';

export interface PluginDocumentParts {
  /** Integrity of the document of each version. */
  readonly documents: ReadonlyMap<Version, Integrity>;
  /** What the provenance of each version says that has one that holds. */
  readonly provenance?: ReadonlyMap<Version, Provenance> | undefined;
  readonly readme?: NonNullable<PluginDocument['readme']> | undefined;
}

/** The document of one plugin. No counters: it changes by decisions of the registry alone. */
export function toPluginDocument(
  plugin: SnapshotPlugin,
  { documents, readme, provenance = new Map() }: PluginDocumentParts,
): PluginDocument {
  const { record, status, versions } = plugin;
  const { manifest } = latestOf(plugin);
  return {
    schemaVersion: 1,
    ...toSummary(plugin),
    owners: record.owners.map(({ login, id }) => ({ login, id })),
    repository: repositoryOf(plugin),
    ...(manifest.homepage === undefined ? {} : { homepage: manifest.homepage }),
    featured: record.featured ?? false,
    aliases: record.aliases ?? [],
    ...(record.renamedTo === undefined ? {} : { renamedTo: record.renamedTo }),
    distTags: Object.fromEntries(Object.entries(status.distTags).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    versions: versions.map((version) => toEntry(version, plugin, { documents, provenance })),
    ...(readme === undefined ? {} : { readme: { integrity: readme.integrity, size: readme.size } }),
  };
}

function toEntry(
  { manifest, dist, publishedAt, fixes }: VersionRecord,
  { status }: SnapshotPlugin,
  {
    documents,
    provenance,
  }: Required<Pick<PluginDocumentParts, 'documents'>> & { readonly provenance: ReadonlyMap<Version, Provenance> },
): PluginDocument['versions'][number] {
  const document = documents.get(manifest.version);
  if (document === undefined) throw new Error(`No document was made of ${manifest.name}@${manifest.version}.`);
  const proved = provenance.get(manifest.version);
  const deprecated = status.deprecated?.[manifest.version];
  const yanked = status.yanked?.[manifest.version];
  return {
    version: manifest.version,
    publishedAt,
    ...(manifest.minVersion === undefined ? {} : { minVersion: manifest.minVersion }),
    integrity: dist.integrity,
    size: dist.size,
    unpackedSize: dist.unpackedSize,
    fileCount: dist.fileCount,
    document,
    ...(deprecated === undefined ? {} : { deprecated }),
    ...(yanked === undefined ? {} : { yanked }),
    ...(fixes === undefined ? {} : { fixes }),
    ...(proved === undefined ? {} : { provenance: proved }),
  };
}

/** The repository that a reviewer has seen; the folder in it as long as the manifest speaks of the same one. */
function repositoryOf(plugin: SnapshotPlugin): Repository {
  const { url } = plugin.record.repository;
  const { repository } = latestOf(plugin).manifest;
  const same = repository.url === url && repository.directory !== undefined;
  return { type: 'git', url, ...(same ? { directory: repository.directory } : {}) };
}
