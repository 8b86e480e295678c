/**
 * All that is made of some plugins alone: archives, READMEs, reports, documents, feeds. What is about many plugins is made
 * of what is told of each.
 */
import { pluginDocuments } from '@ar-registry/core/api';
import { noting, type DocumentDigest } from '@ar-registry/core/delta';
import { PROVENANCE_ROOT_FILE } from '@ar-registry/core/layout';
import { assemblePlugins, type Snapshot } from '@ar-registry/core/snapshot';
import { integrityOf } from '@ar-registry/io/digest';
import { openIndexPlace, type IndexParts } from '@ar-registry/io/index-store';
import { createReadmeRenderer, type ReadmeRenderer } from '../../../readme/renderer.ts';
import { leafCache } from '../leaf-cache.ts';
import { publishPluginFeeds } from '../publish-feeds.ts';
import { ownersOf } from '../plan-change.ts';
import { publishLeaves } from '../publish-leaves.ts';
import { publishReports } from '../publish-reports.ts';
import { readProvenance } from '../read-provenance.ts';
import { factsIn } from '../state/facts.ts';
import { writeDocuments } from '../write-documents.ts';
import type { PartJob, PartResult, PartSetting } from './part-job.ts';
import { openPartOutput, type PartOutput } from './part-output.ts';

export interface PartBuilder extends AsyncDisposable {
  /** One part after another. @throws GIT_FAILED, FILE_ACCESS, DISK_FULL, ABORTED */
  build(job: PartJob): Promise<PartResult>;
}

/** @param id of its own among those that build parts of one index */
export async function createPartBuilder(
  setting: PartSetting,
  id: number,
  signal: AbortSignal | undefined,
): Promise<PartBuilder> {
  const { place, store, storePath, renderers, temporaries } = setting;
  const index = await openIndexPlace(place, { store, storePath, signal });
  const renderer = createReadmeRenderer({ processes: renderers });
  const out = openPartOutput({ ...setting.out, temporaries: `${temporaries}/part-${id}` });
  return {
    build: (job) => buildPart(job, { setting, index, renderer, out, signal }),
    [Symbol.asyncDispose]: () => renderer[Symbol.asyncDispose](),
  };
}

interface Context {
  readonly setting: PartSetting;
  readonly index: IndexParts;
  readonly renderer: ReadmeRenderer;
  readonly out: PartOutput;
  readonly signal: AbortSignal | undefined;
}

async function buildPart({ plugins }: PartJob, context: Context): Promise<PartResult> {
  const { setting, index, renderer, out, signal } = context;
  const { head, baseUrl, reports, provenanceRoot } = setting;
  const { files, findings } = await index.read(plugins.flatMap(({ records }) => records));
  const names = new Set(plugins.map(({ name }) => name));
  const groups = plugins.map(({ name, records }) => [name, records.map(({ path }) => path)] as const);
  const assembled = assemblePlugins(groups, files, head);
  const snapshot: Snapshot = { ...head, advisories: advisoriesAbout(names, head), plugins: assembled.plugins };
  const npmView = (baseUrl ?? head.registry.baseUrl) !== undefined;
  const cache = leafCache(new Map(plugins.flatMap(({ name, leaf }) => (leaf ? [[name, leaf] as const] : []))), out);
  const leaves = await publishLeaves(snapshot, { reading: index, out, npmView, cache, renderer, signal });
  const told = reports === undefined ? undefined : await publishReports(leaves.snapshot, { folder: reports, out });
  const root = new Map(provenanceRoot === undefined ? [] : [[PROVENANCE_ROOT_FILE, provenanceRoot]]);
  const proved = await readProvenance(leaves.snapshot, { files: root, readArchive: index.readArchive });
  const { readmes } = leaves;
  const documents = pluginDocuments(leaves.snapshot, { readmes, provenance: proved.provenance, baseUrl }, integrityOf);
  const digests: DocumentDigest[] = [];
  await writeDocuments(noting(documents, digests, integrityOf), out, signal);
  const facts = factsIn(leaves.snapshot, names);
  await publishPluginFeeds(head.registry, facts, { out, baseUrl });
  const found = [...leaves.findings, ...(told?.findings ?? []), ...proved.findings];
  return {
    facts,
    leaves: leaves.leaves,
    digests,
    findings: [...findings, ...assembled.findings, ...found],
    unsettled: ownersOf(found),
    written: out.take(),
    reports: told?.count ?? 0,
  };
}

/** Those that speak of one of these plugins: to look at all of them for each plugin would take long. */
function advisoriesAbout(names: ReadonlySet<string>, { advisories }: PartSetting['head']): Snapshot['advisories'] {
  return advisories.filter(({ affected }) => affected.some(({ package: { name } }) => names.has(name)));
}
