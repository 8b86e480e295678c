/**
 * A build of everything. Leaves are written before what names them, and one broken entry is left out and reported without
 * stopping the others. What is made of each plugin alone is made in parts, by threads; of a plugin no more is kept than
 * lists and searches are made of.
 */
import { DEFAULT_PAGE_SIZE, placesOf, registryDocuments, type Overview } from '@ar-registry/core/api';
import { compareChanges } from '@ar-registry/core/changes';
import type { DocumentDigest } from '@ar-registry/core/delta';
import { sortFindings, type Finding } from '@ar-registry/core/findings';
import { PROVENANCE_ROOT_FILE, routes } from '@ar-registry/core/layout';
import { buildOpenApi } from '@ar-registry/core/openapi';
import type { ShardedIndex } from '@ar-registry/core/search';
import type { SnapshotHead } from '@ar-registry/core/snapshot';
import { toShardedIndex } from '@ar-registry/io/api-client';
import { integrityOf } from '@ar-registry/io/digest';
import type { PluginName } from '@ar-registry/schemas';
import type { BuildInput, BuildOutcome } from './build-input.ts';
import { publishHostRules } from './host-rules.ts';
import { keepLeafEntries, readLeafEntries } from './leaf-cache.ts';
import { openOutputFolder, type OutputFolder } from './output-folder.ts';
import { buildParts } from './part/part-pool.ts';
import type { PartResult } from './part/part-job.ts';
import { publishEvents } from './publish-events.ts';
import { publishGroupFeeds } from './publish-feeds.ts';
import { publishOsv } from './publish-osv.ts';
import { readHead, type IndexHead } from './read-head.ts';
import { entryOfRow, factsIn, type PluginFacts } from './state/facts.ts';
import { saveState } from './state/save.ts';
import { stateKey } from './state/key.ts';
import { writeDocuments } from './write-documents.ts';

/** @throws INDEX_UNREADABLE, REVISION_UNKNOWN, OUTPUT_FOLDER_FOREIGN, FILE_ACCESS, DISK_FULL, ABORTED */
export async function buildAll(input: BuildInput, signal: AbortSignal | undefined): Promise<BuildOutcome> {
  const { out, baseUrl, osv, rebuild } = input;
  const key = input.state === 'none' ? undefined : await stateKey(input);
  const index = await readHead(input, signal);
  const folder = await openOutputFolder(out);
  const parts = await buildPlugins(index, { input, folder, signal });
  const unpublished = osv === undefined ? [] : await publishOsv(osv, folder);
  const findings = sortFindings([...index.findings, ...parts.findings, ...unpublished]);
  const overview = toOverview(index.head, parts.facts);
  let search: ShardedIndex | undefined;
  const inputs = {
    commit: index.commit,
    baseUrl,
    rebuild,
    findings,
    digests: parts.digests,
    delta: input.delta,
    search: { ...input.search, pack: toShardedIndex, keep: (made: ShardedIndex) => (search = made) },
  };
  await writeOpenApi(overview, { folder, baseUrl });
  // Before the configuration, which says that they are there.
  await publishEvents(overview.registry, folder);
  await publishHostRules(folder, baseUrl ?? overview.registry.baseUrl);
  await writeDocuments(registryDocuments(overview, inputs, integrityOf), folder, signal);
  await publishGroupFeeds(overview, { out: folder, baseUrl, signal });
  const counts = await folder.finish();
  await keepState(input, { ...parts, key, index, folder, overview, findings, search });
  return { ...counts, ...countsOf(overview), reports: parts.reports, findings };
}

interface BuiltPlugins {
  /** Of all that the index speaks of, by name. */
  readonly facts: readonly PluginFacts[];
  readonly leaves: PartResult['leaves'];
  readonly digests: readonly DocumentDigest[];
  readonly findings: readonly Finding[];
  readonly unsettled: ReadonlySet<PluginName>;
  readonly reports: number;
}

async function buildPlugins(
  { head, plugins, place, storePath, texts }: IndexHead,
  {
    input,
    folder,
    signal,
  }: { readonly input: BuildInput; readonly folder: OutputFolder; readonly signal: AbortSignal | undefined },
): Promise<BuiltPlugins> {
  const { store, baseUrl, reports } = input;
  const before = await readLeafEntries(folder);
  const setting = {
    place,
    store,
    storePath,
    baseUrl,
    reports,
    head: { ...head, stats: { ...head.stats, plugins: new Map(), github: new Map(), recent: [] } },
    provenanceRoot: texts.get(PROVENANCE_ROOT_FILE),
    out: folder.part,
    temporaries: folder.temporaries,
  };
  const asked = plugins.map(({ name, records }) => ({ name, records, leaf: before.get(name) }));
  const results = await buildParts(setting, asked, { ...input.parts, signal });
  for (const { written } of results) folder.absorb(written);
  const leaves = new Map(results.flatMap((result) => [...result.leaves]));
  await keepLeafEntries(folder, leaves);
  return {
    facts: withOthers(
      head,
      results.flatMap(({ facts }) => facts),
      new Set(plugins.map(({ name }) => name)),
    ),
    leaves,
    digests: results.flatMap(({ digests }) => digests),
    findings: results.flatMap(({ findings }) => findings),
    unsettled: new Set(results.flatMap(({ unsettled }) => unsettled)),
    reports: results.reduce((sum, { reports: count }) => sum + count, 0),
  };
}

/** Advisories speak of plugins that the index does not have, or no longer. */
function withOthers(
  head: SnapshotHead,
  facts: readonly PluginFacts[],
  known: ReadonlySet<string>,
): readonly PluginFacts[] {
  const others = factsIn({ ...head, plugins: [] }).filter(({ name }) => !known.has(name));
  return others.length === 0 ? facts : [...facts, ...others].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function toOverview(head: SnapshotHead, facts: readonly PluginFacts[]): Overview {
  return {
    ...head,
    plugins: facts
      .filter(({ versions }) => versions > 0)
      .map(({ name, versions, isFeatured, publishedAt = '', row }) => ({
        name,
        versions,
        isFeatured,
        publishedAt,
        entry: row && entryOfRow(row),
      })),
    changes: facts.flatMap(({ changes }) => changes).toSorted(compareChanges),
    standing: facts.flatMap(({ standing }) => standing),
  };
}

async function keepState(
  { out, reports: folder, store }: BuildInput,
  built: BuiltPlugins & {
    readonly key: string | undefined;
    readonly index: IndexHead;
    readonly folder: OutputFolder;
    readonly overview: Overview;
    readonly search: ShardedIndex | undefined;
  },
): Promise<void> {
  const { key, index, overview } = built;
  const { commit, prefix, head } = index;
  const storePath = store === undefined ? index.storePath : undefined;
  if (key === undefined || commit === undefined) return;
  const reports = folder === undefined ? undefined : { folder, count: built.reports };
  const places = placesOf(overview.plugins, overview.registry.pageSize ?? DEFAULT_PAGE_SIZE);
  const whole = { ...built, key, commit, prefix, storePath, head, places, reports };
  await saveState(out, { ...whole, paths: built.folder.paths });
}

async function writeOpenApi(
  { registry }: Overview,
  { folder, baseUrl = registry.baseUrl }: { readonly folder: OutputFolder; readonly baseUrl: string | undefined },
): Promise<void> {
  const document = buildOpenApi({ title: registry.title, baseUrl });
  await folder.write(routes.openApi, new TextEncoder().encode(`${JSON.stringify(document)}\n`));
}

function countsOf({ plugins }: Overview): { readonly plugins: number; readonly versions: number } {
  return { plugins: plugins.length, versions: plugins.reduce((sum, { versions }) => sum + versions, 0) };
}
