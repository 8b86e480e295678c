/** A snapshot, turned into every document of the static API (DESIGN §6). Pure: the caller writes what it yields. */
import type { Finding, Integrity, PluginName, Version } from '@ar-registry/schemas';
import { routes } from '../layout/index.ts';
import type { Hash } from '../ports.ts';
import type { Snapshot, SnapshotPlugin } from '../snapshot/index.ts';
import { toDocument, type ApiDocument } from './document.ts';
import { buildListDocuments } from './lists.ts';
import { buildPluginDocument } from './plugin-document.ts';
import { buildConfig, buildStatus, type SearchIndexFacts } from './roots.ts';
import { buildVersionDocument } from './version-document.ts';

/** What the index does not say, or does not say as data. */
export interface BuildInputs {
  /** README.md of each plugin's current version, as it is in the archive; missing where there is none. */
  readonly readmes: ReadonlyMap<PluginName, Uint8Array>;
  /** Errors of what was left out of the snapshot. */
  readonly excluded: readonly Finding[];
  readonly commit?: string;
  readonly baseUrl?: string;
}

/** Every JSON document, leaves before roots. The order of the snapshot's plugins must be by name. */
export function* buildDocuments(snapshot: Snapshot, inputs: BuildInputs, hash: Hash): Generator<ApiDocument> {
  const encoder = new TextEncoder();
  const integrityOf = (text: string): Integrity => hash(encoder.encode(text));
  for (const plugin of snapshot.plugins) yield* pluginDocuments(plugin, { inputs, hash, integrityOf });
  let search: SearchIndexFacts | undefined;
  for (const document of buildListDocuments(snapshot)) {
    if (document.path === routes.search) search = searchFacts(document, snapshot, integrityOf);
    yield document;
  }
  if (!search) throw new Error('The lists hold the search index.');
  yield toDocument(routes.status, 'root', buildStatus(snapshot, inputs));
  yield toDocument(routes.config, 'root', buildConfig(snapshot.registry, search, inputs.baseUrl));
}

interface Tools {
  readonly inputs: BuildInputs;
  readonly hash: Hash;
  readonly integrityOf: (text: string) => Integrity;
}

function* pluginDocuments(plugin: SnapshotPlugin, { inputs, hash, integrityOf }: Tools): Generator<ApiDocument> {
  const documents = new Map<Version, Integrity>();
  for (const record of plugin.versions) {
    const { version } = record.manifest;
    const document = toDocument(routes.version(plugin.name, version), 'leaf', buildVersionDocument(record));
    documents.set(version, integrityOf(document.body));
    yield document;
  }
  const readme = inputs.readmes.get(plugin.name);
  const pins = { documents, ...(readme ? { readme: { integrity: hash(readme), size: readme.length } } : {}) };
  yield toDocument(routes.plugin(plugin.name), 'plugin', buildPluginDocument(plugin, pins));
}

function searchFacts(
  { body }: ApiDocument,
  { plugins }: Snapshot,
  integrityOf: (text: string) => Integrity,
): SearchIndexFacts {
  const entries = plugins.filter(({ record }) => record.renamedTo === undefined).length;
  return { entries, integrity: integrityOf(body), size: new TextEncoder().encode(body).length };
}
