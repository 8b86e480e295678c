/**
 * A build of everything. Leaves are written before what names them, and one broken entry is left out and reported without
 * stopping the others.
 */
import { buildDocuments } from '@ar-registry/core/api';
import { sortFindings } from '@ar-registry/core/findings';
import { routes } from '@ar-registry/core/layout';
import { buildOpenApi } from '@ar-registry/core/openapi';
import type { ShardedIndex } from '@ar-registry/core/search';
import { assembleSnapshot, type Snapshot } from '@ar-registry/core/snapshot';
import { toShardedIndex } from '@ar-registry/io/api-client';
import { integrityOf } from '@ar-registry/io/digest';
import { readIndex } from '@ar-registry/io/index-store';
import { assembleReading } from '../validate/index.ts';
import type { BuildInput, BuildOutcome } from './build-input.ts';
import { openOutputFolder, type OutputFolder } from './output-folder.ts';
import { publishEvents } from './publish-events.ts';
import { publishFeeds } from './publish-feeds.ts';
import { publishLeaves } from './publish-leaves.ts';
import { publishOsv } from './publish-osv.ts';
import { readProvenance } from './read-provenance.ts';
import { publishReports, type PublishedReports } from './publish-reports.ts';
import { saveState } from './state/save.ts';
import { stateKey } from './state/key.ts';
import { writeDocuments } from './write-documents.ts';

/** @throws INDEX_UNREADABLE, REVISION_UNKNOWN, OUTPUT_FOLDER_FOREIGN, FILE_ACCESS, DISK_FULL, ABORTED */
export async function buildAll(input: BuildInput, signal: AbortSignal | undefined): Promise<BuildOutcome> {
  const { source, out, baseUrl, store, reports, osv, rebuild } = input;
  const key = input.state === 'none' ? undefined : await stateKey(input);
  const reading = await readIndex(source, { store, signal });
  const assembled = assembleSnapshot(reading.files);
  const snapshot = assembled.ok ? assembled.snapshot : assembleReading(reading);
  const folder = await openOutputFolder(out);
  const npmView = (baseUrl ?? snapshot.registry.baseUrl) !== undefined;
  const leaves = await publishLeaves(snapshot, { reading, out: folder, npmView, signal });
  const told =
    reports === undefined ? NO_REPORTS : await publishReports(leaves.snapshot, { folder: reports, out: folder });
  const unpublished = osv === undefined ? [] : await publishOsv(osv, folder);
  const proved = await readProvenance(leaves.snapshot, reading);
  const findings = sortFindings([
    ...reading.findings,
    ...assembled.findings,
    ...leaves.findings,
    ...told.findings,
    ...proved.findings,
    ...unpublished,
  ]);
  const { readmes } = leaves;
  let search: ShardedIndex | undefined;
  const inputs = {
    readmes,
    provenance: proved.provenance,
    commit: reading.commit,
    baseUrl,
    rebuild,
    findings,
    search: { ...input.search, pack: toShardedIndex, keep: (index: ShardedIndex) => (search = index) },
  };
  await writeOpenApi(leaves.snapshot, { folder, baseUrl });
  // Before the configuration, which says that they are there.
  await publishEvents(leaves.snapshot.registry, folder);
  await writeDocuments(buildDocuments(leaves.snapshot, inputs, integrityOf), folder, signal);
  await publishFeeds(leaves.snapshot, { out: folder, baseUrl, signal });
  const counts = await folder.finish();
  const { commit, prefix, storePath } = reading;
  if (key !== undefined && commit !== undefined && reports === undefined && osv === undefined) {
    const { paths } = folder;
    await saveState(out, { ...leaves, key, commit, prefix, storePath, paths, findings, search });
  }
  return { ...counts, ...countsOf(leaves.snapshot), reports: told.count, findings };
}

const NO_REPORTS: PublishedReports = { count: 0, findings: [] };

async function writeOpenApi(
  { registry }: Snapshot,
  { folder, baseUrl = registry.baseUrl }: { readonly folder: OutputFolder; readonly baseUrl: string | undefined },
): Promise<void> {
  const document = buildOpenApi({ title: registry.title, baseUrl });
  await folder.write(routes.openApi, new TextEncoder().encode(`${JSON.stringify(document)}\n`));
}

function countsOf({ plugins }: Snapshot): { readonly plugins: number; readonly versions: number } {
  return { plugins: plugins.length, versions: plugins.reduce((sum, { versions }) => sum + versions.length, 0) };
}
