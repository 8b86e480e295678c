/**
 * Building the static API: from an index and its archives to a folder that any web server can serve.
 *
 * Leaves are written before what names them, and one broken entry is left out and reported without stopping the others.
 */
import { buildDocuments, type ApiDocument } from '@ar-registry/core/api';
import { sortFindings, type Finding } from '@ar-registry/core/findings';
import { routes } from '@ar-registry/core/layout';
import { buildOpenApi } from '@ar-registry/core/openapi';
import { assembleSnapshot, type Snapshot } from '@ar-registry/core/snapshot';
import { packSearchFile, toShardedIndex } from '@ar-registry/io/api-client';
import { integrityOf } from '@ar-registry/io/digest';
import { readIndex, type IndexSource } from '@ar-registry/io/index-store';
import { inParallel } from '@ar-registry/io/install';
import type { RebuildReport } from '@ar-registry/schemas';
import { openOutputFolder, type OutputCounts, type OutputFolder } from './output-folder.ts';
import { assembleReading } from '../validate/index.ts';
import { publishFeeds } from './publish-feeds.ts';
import { publishLeaves } from './publish-leaves.ts';
import { publishOsv } from './publish-osv.ts';
import { readProvenance } from './read-provenance.ts';
import { publishReports, type PublishedReports } from './publish-reports.ts';

export interface BuildInput {
  readonly source: IndexSource;
  /** Folder to write into; absolute. */
  readonly out: string;
  /** Where it will be served, if that is known and not what registry.yaml says. */
  readonly baseUrl?: string | undefined;
  /** Folder of the archives, where it is not the index that says so. Absolute. */
  readonly store?: string | undefined;
  /** Folder of the reports to publish with the versions. Absolute. */
  readonly reports?: string | undefined;
  /** Folder of the snapshot of known vulnerabilities to publish, as `osv` writes it. Absolute. */
  readonly osv?: string | undefined;
  /** What the last comparison with what is served found. */
  readonly rebuild?: RebuildReport | undefined;
}

export interface BuildOutcome extends OutputCounts {
  readonly plugins: number;
  readonly versions: number;
  readonly reports: number;
  /** Of what was left out, and warnings. Paths relative to the index. */
  readonly findings: readonly Finding[];
}

/** @throws INDEX_UNREADABLE, REVISION_UNKNOWN, OUTPUT_FOLDER_FOREIGN, FILE_ACCESS, DISK_FULL, ABORTED */
export async function build(
  { source, out, baseUrl, store, reports, osv, rebuild }: BuildInput,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<BuildOutcome> {
  const reading = await readIndex(source, { store, signal });
  const assembled = assembleSnapshot(reading.files);
  const snapshot = assembleReading(reading);
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
  const inputs = {
    readmes,
    provenance: proved.provenance,
    commit: reading.commit,
    baseUrl,
    rebuild,
    findings,
    search: { pack: toShardedIndex },
  };
  await writeOpenApi(leaves.snapshot, { folder, baseUrl });
  await writeDocuments(buildDocuments(leaves.snapshot, inputs, integrityOf), folder, signal);
  await publishFeeds(leaves.snapshot, { out: folder, baseUrl, signal });
  return { ...(await folder.finish()), ...countsOf(leaves.snapshot), reports: told.count, findings };
}

const NO_REPORTS: PublishedReports = { count: 0, findings: [] };

async function writeOpenApi(
  { registry }: Snapshot,
  { folder, baseUrl = registry.baseUrl }: { readonly folder: OutputFolder; readonly baseUrl: string | undefined },
): Promise<void> {
  const document = buildOpenApi({ title: registry.title, baseUrl });
  await folder.write(routes.openApi, new TextEncoder().encode(`${JSON.stringify(document)}\n`));
}

/** How many documents are held at a time. */
const BATCH = 256;

/** Documents of one kind in parallel; the next kind only when all of the one before are there. */
async function writeDocuments(
  documents: Iterable<ApiDocument>,
  out: OutputFolder,
  signal: AbortSignal | undefined,
): Promise<void> {
  let batch: ApiDocument[] = [];
  const flush = async (): Promise<void> => {
    signal?.throwIfAborted();
    await inParallel(batch, async (document) => out.write(document.path, await toBytes(document)));
    batch = [];
  };
  for (const document of documents) {
    if (batch.length >= BATCH || batch[0]?.kind !== document.kind) await flush();
    batch.push(document);
  }
  await flush();
}

/** Files of a search index are compressed as such, wherever they are served. */
async function toBytes({ kind, body }: ApiDocument): Promise<Uint8Array> {
  return kind === 'search' ? packSearchFile(body) : new TextEncoder().encode(body);
}

function countsOf({ plugins }: Snapshot): { readonly plugins: number; readonly versions: number } {
  return { plugins: plugins.length, versions: plugins.reduce((sum, { versions }) => sum + versions.length, 0) };
}
