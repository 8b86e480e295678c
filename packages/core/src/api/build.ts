/**
 * The static API, derived from a snapshot: every document, in the order in which they may be published.
 *
 * Leaves come before roots: whoever reads a document while it is new finds all that it speaks of. Equal input gives
 * equal bytes: names in code-unit order, keys in a fixed order, no time, compact JSON with a line feed at the end.
 */
import type {
  Integrity,
  PluginName,
  PluginPageDocument,
  Provenance,
  RebuildReport,
  Version,
} from '@ar-registry/schemas';
import { sortFindings, type Finding } from '../findings/index.ts';
import { BADGE_KINDS, drawPluginBadges } from '../badges/index.ts';
import { changesDocument } from '../changes/index.ts';
import { deltaFiles, noting, type DeltaLimits, type DocumentDigest } from '../delta/index.ts';
import { badgeRoute, routes } from '../layout/index.ts';
import { toPackument } from '../npm-view/index.ts';
import type { Hash } from '../ports.ts';
import type { Snapshot, SnapshotPlugin } from '../snapshot/index.ts';
import { toAdvisories, toAdvisory } from './advisory-documents.ts';
import { countCategories, countTags, toCategories, toFeatured, toPopular, toTags } from './lists.ts';
import { toOverview, type Overview } from './overview.ts';
import { toPluginDocument } from './plugin-document.ts';
import { countPages, toPages, toPluginList } from './plugin-pages.ts';
import { toConfig, toStatus } from './registry-documents.ts';
import { searchDocuments, type SearchOptions } from './search-documents.ts';
import type { SearchEntry } from '../search/index.ts';
import { toReviewDocuments } from './review-documents.ts';
import { toStatsDocuments } from './stats-documents.ts';
import { toStatsRegistry } from './stats-registry.ts';
import { pluginTable, registryTable } from './stats-tables.ts';
import { toSummary } from './summary.ts';
import { toVersionDocument } from './version-document.ts';

/** One file of the API. `path` is relative to the root that is served; `body` is its text. */
export interface ApiDocument {
  readonly path: string;
  readonly body: string;
  /** Documents come in this order: first all versions, last the one of `config`. */
  readonly kind: 'version' | 'plugin' | 'npm' | 'table' | 'stats' | 'badge' | 'search' | 'list' | 'status' | 'config';
}

/** The README of a plugin’s latest version, as it is published. */
export interface ReadmeFacts {
  readonly integrity: Integrity;
  /** Bytes. */
  readonly size: number;
}

export interface BuildInputs {
  readonly readmes: ReadonlyMap<PluginName, ReadmeFacts>;
  /** The commit that the snapshot was read from. */
  readonly commit?: string | undefined;
  /** Where the API will be served; registry.yaml’s unless given. */
  readonly baseUrl?: string | undefined;
  /** What the provenance of versions says, by plugin. */
  readonly provenance?: ReadonlyMap<PluginName, ReadonlyMap<Version, Provenance>> | undefined;
  /** What the last comparison with what is served found. */
  readonly rebuild?: RebuildReport | undefined;
  /** How a search index becomes many files; without it, it is one file whatever its size. */
  readonly search?: SearchOptions | undefined;
  /** Where the digests of documents stand, by how many there are: for tests, which have few. */
  readonly delta?: DeltaLimits | undefined;
  /** Of all that was left out. */
  readonly findings: readonly Finding[];
}

/** What the documents that are about many plugins are made with. */
export interface RegistryInputs extends Omit<BuildInputs, 'readmes' | 'provenance'> {
  /** Of the plugins' documents that are published, in any order. */
  readonly digests: readonly DocumentDigest[];
}

/** Plugins on a page of the list of all, where registry.yaml does not say. */
export const DEFAULT_PAGE_SIZE = 50;

/** All documents of `snapshot`, made one by one as they are taken. */
export function* buildDocuments(snapshot: Snapshot, inputs: BuildInputs, hash: Hash): Generator<ApiDocument> {
  const overview = toOverview(snapshot);
  const digests: DocumentDigest[] = [];
  yield* noting(recordDocuments(snapshot, inputs, hash), digests, hash);
  yield* statsDocuments(overview);
  yield* reviewDocuments(snapshot);
  yield* badges(snapshot);
  yield* listDocuments(overview, { ...inputs, digests }, hash);
}

/**
 * The documents that are about many plugins, and those of the registry: all but `pluginDocuments`, and to be published
 * after them.
 */
export function* registryDocuments(overview: Overview, inputs: RegistryInputs, hash: Hash): Generator<ApiDocument> {
  yield* statsDocuments(overview);
  yield* listDocuments(overview, inputs, hash);
}

function* listDocuments(overview: Overview, inputs: RegistryInputs, hash: Hash): Generator<ApiDocument> {
  const { plugins, changes, standing } = overview;
  const entries = plugins.flatMap(({ entry }) => entry ?? []);
  const digests = [...inputs.digests];
  yield* noting(advisoryDocuments(overview), digests, hash);
  yield* pluginLists(overview, entries);
  yield toDocument('list', routes.changes, changesDocument({ total: changes.length, changes, standing }));
  const search = yield* searchDocuments({ schemaVersion: 1, plugins: entries }, inputs.search, hash);
  const delta = deltaFiles(digests, hash, inputs.delta);
  for (const file of delta.slice(0, -1)) yield { kind: 'list', ...file };
  const findings = sortFindings(inputs.findings);
  yield toDocument(
    'status',
    routes.status,
    toStatus({
      plugins: plugins.length,
      versions: plugins.reduce((sum, { versions }) => sum + versions, 0),
      commit: inputs.commit,
      rebuild: inputs.rebuild,
      findings,
    }),
  );
  for (const file of delta.slice(-1)) yield { kind: 'status', ...file };
  yield toDocument('config', routes.config, toConfig(overview, { baseUrl: inputs.baseUrl, search }));
}

/**
 * The documents that each plugin has of its own, but those of its statistics: what a change of nothing but the plugins in
 * `snapshot` makes anew, besides the lists that they are in.
 */
export function* pluginDocuments(
  snapshot: Snapshot,
  inputs: Pick<BuildInputs, 'readmes' | 'baseUrl' | 'provenance'>,
  hash: Hash,
): Generator<ApiDocument> {
  yield* recordDocuments(snapshot, inputs, hash);
  yield* reviewDocuments(snapshot);
  yield* badges(snapshot);
}

function* recordDocuments(
  snapshot: Snapshot,
  inputs: Pick<BuildInputs, 'readmes' | 'baseUrl' | 'provenance'>,
  hash: Hash,
): Generator<ApiDocument> {
  const documents = new Map<SnapshotPlugin, ReadonlyMap<Version, Integrity>>();
  for (const plugin of snapshot.plugins) documents.set(plugin, yield* versionDocuments(plugin, hash));
  for (const plugin of snapshot.plugins) {
    const parts = {
      documents: documents.get(plugin) ?? new Map(),
      readme: inputs.readmes.get(plugin.name),
      provenance: inputs.provenance?.get(plugin.name),
    };
    yield toDocument('plugin', routes.plugin(plugin.name), toPluginDocument(plugin, parts));
  }
  yield* npmDocuments(snapshot, inputs.baseUrl ?? snapshot.registry.baseUrl);
}

function* versionDocuments(
  plugin: SnapshotPlugin,
  hash: Hash,
): Generator<ApiDocument, ReadonlyMap<Version, Integrity>> {
  const integrities = new Map<Version, Integrity>();
  for (const record of plugin.versions) {
    const { version } = record.manifest;
    const document = toDocument('version', routes.version(plugin.name, version), toVersionDocument(record));
    integrities.set(version, hash(new TextEncoder().encode(document.body)));
    yield document;
  }
  return integrities;
}

function* pluginLists(
  { plugins, registry, categories }: Overview,
  entries: readonly SearchEntry[],
): Generator<ApiDocument> {
  const featured = new Set(plugins.filter(({ isFeatured }) => isFeatured).map(({ name }) => name));
  const size = registry.pageSize ?? DEFAULT_PAGE_SIZE;
  let first: PluginPageDocument | undefined;
  for (const page of toPages(plugins, size)) {
    first ??= page;
    yield toDocument('list', routes.pluginsPage(page.page), page);
  }
  // It says how many pages there are, so that they come before it.
  yield toDocument(
    'list',
    routes.plugins,
    toPluginList(first?.plugins ?? [], { total: entries.length, pages: countPages(plugins.length, size) }),
  );
  yield toDocument('list', routes.featured, toFeatured(entries.filter(({ name }) => featured.has(name))));
  yield toDocument('list', routes.popular, toPopular(entries));
  yield toDocument('list', routes.categories, toCategories(categories, countCategories(entries)));
  yield toDocument('list', routes.tags, toTags(countTags(entries)));
}

function* advisoryDocuments(snapshot: Pick<Snapshot, 'advisories'>): Generator<ApiDocument> {
  for (const record of snapshot.advisories) yield toDocument('list', routes.advisory(record.id), toAdvisory(record));
  yield toDocument('list', routes.advisories, toAdvisories(snapshot));
}

/** None where nobody knows the address at which the registry will be served: those documents need it. */
function* npmDocuments(snapshot: Snapshot, baseUrl: string | undefined): Generator<ApiDocument> {
  if (baseUrl === undefined) return;
  const { advisories } = toAdvisories(snapshot);
  for (const plugin of snapshot.plugins) {
    const packument = toPackument(plugin, { baseUrl, advisories });
    if (packument) yield toDocument('npm', routes.npm(plugin.name), packument);
  }
}

function* badges({ plugins, downloads }: Snapshot): Generator<ApiDocument> {
  for (const plugin of plugins) {
    const drawn = drawPluginBadges(toSummary(plugin), downloads.get(plugin.name) ?? 0);
    for (const kind of BADGE_KINDS) yield { kind: 'badge', path: badgeRoute(plugin.name, kind), body: drawn[kind] };
  }
}

function* statsDocuments(overview: Overview): Generator<ApiDocument> {
  const documents = toStatsDocuments(overview);
  const { recent } = overview.stats;
  const registry = toStatsRegistry(overview, documents.plugins);
  for (const { name } of documents.plugins)
    yield { kind: 'table', path: routes.statsPluginTable(name), body: pluginTable(name, recent) };
  yield { kind: 'table', path: routes.statsRegistryTable, body: registryTable(registry, documents.totals) };
  for (const document of documents.plugins) yield toDocument('stats', routes.statsPlugin(document.name), document);
  for (const document of documents.shards) yield toDocument('stats', routes.statsDownloads(document.shard), document);
  yield toDocument('stats', routes.statsRegistry, registry);
  yield toDocument('stats', routes.statsTotals, documents.totals);
  yield toDocument('stats', routes.ratings, toReviewDocuments(overview).ratings);
}

function* reviewDocuments(snapshot: Snapshot): Generator<ApiDocument> {
  for (const document of toReviewDocuments(snapshot).plugins)
    yield toDocument('stats', routes.reviews(document.name), document);
}

function toDocument(kind: ApiDocument['kind'], path: string, value: object): ApiDocument {
  return { kind, path, body: `${JSON.stringify(value)}\n` };
}
