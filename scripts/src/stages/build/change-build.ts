/**
 * Building what a change of an index makes anew, and nothing else: the documents of the plugins that changed, the lists
 * that they are in, and what a search has of them. What is known of the other plugins was kept by the build before.
 *
 * The result is that of a build of everything, byte for byte; where that is not certain, there is none, and everything is
 * built. Nothing of the output is touched before all is made.
 */
import { isDeepStrictEqual } from 'node:util';
import { pluginDocuments } from '@ar-registry/core/api';
import { hasCode } from '@ar-registry/core/errors';
import type { Finding } from '@ar-registry/core/findings';
import { indexPaths } from '@ar-registry/core/layout';
import { assembleSnapshot, type Snapshot } from '@ar-registry/core/snapshot';
import { openQuickRepository, type QuickRepository } from '@ar-registry/io/git';
import { integrityOf } from '@ar-registry/io/digest';
import { readIndexPart, type IndexReading } from '@ar-registry/io/index-store';
import type { AdvisoryRecord } from '@ar-registry/schemas';
import { affectedBy, pathsToRead, type Affected } from './affected.ts';
import { createReadmeRenderer, type ReadmeRenderer } from '../../readme/renderer.ts';
import type { BuildInput, BuildOutcome } from './build-input.ts';
import { findingsAfter } from './findings-after.ts';
import { leafCache } from './leaf-cache.ts';
import type { Listing } from './listing.ts';
import { notingOutput, publishDelta, type NotedOutput } from './publish-delta.ts';
import { publishLists } from './publish-lists.ts';
import { publishChangedOsv } from './publish-osv.ts';
import { publishReports, type PublishedReports } from './publish-reports.ts';
import { publishLeaves, type PublishedLeaves } from './publish-leaves.ts';
import { planIndexChange, type IndexChange } from './plan-change.ts';
import { readProvenance } from './read-provenance.ts';
import { finishStaged, openStagedOutput, type StagedOutput } from './staged-output.ts';
import { changeAggregates } from './state/aggregates.ts';
import type { PluginState } from './state/chunks.ts';
import { entryOfRow, factsIn, type PluginFacts } from './state/facts.ts';
import { stateKey } from './state/key.ts';
import { openState, type OpenState } from './state/open.ts';
import type { ChangedReports } from './state/reports.ts';
import { removeOtherParts, type StateReports, type StateRest } from './state/root.ts';
import { toPluginStates } from './state/save.ts';
import { StateUnusable } from './state/store.ts';
import { writeDocuments } from './write-documents.ts';

/**
 * @returns undefined where everything has to be built
 * @throws INDEX_UNREADABLE, REVISION_UNKNOWN, FILE_ACCESS, DISK_FULL, ABORTED
 */
export async function buildChange(
  input: BuildInput,
  signal: AbortSignal | undefined,
): Promise<BuildOutcome | undefined> {
  const { source } = input;
  if (!('revision' in source)) return undefined;
  try {
    const folder = typeof source.repository === 'string' ? source.repository : source.repository.gitDir;
    // It starts while the state is read.
    await using repository = openQuickRepository({ folder, signal });
    const [state, commit] = await Promise.all([readState(input), repository.findRevision(source.revision)]);
    if (source.prefix !== undefined && source.prefix !== state.root.prefix) return undefined;
    return commit === undefined ? undefined : await changeOutput({ input, state, repository, folder, commit, signal });
  } catch (error) {
    if (error instanceof StateUnusable || isOfGit(error)) return undefined;
    throw error;
  }
}

/** @throws StateUnusable, FILE_ACCESS, DISK_FULL */
async function readState(input: BuildInput): Promise<OpenState> {
  const key = await stateKey(input);
  await finishStaged(input.out);
  return openState(input.out, key);
}

/** Whoever builds everything says what is wrong with the repository, if anything is. */
function isOfGit(error: unknown): boolean {
  return hasCode(error, 'GIT_FAILED') || hasCode(error, 'COMMAND_NOT_FOUND');
}

interface Context {
  readonly input: BuildInput;
  readonly state: OpenState;
  readonly repository: QuickRepository;
  /** Of the repository; absolute. */
  readonly folder: string;
  readonly commit: string;
  readonly signal: AbortSignal | undefined;
}

async function changeOutput(context: Context): Promise<BuildOutcome | undefined> {
  const change = await planOf(context);
  if (!change) return undefined;
  await using renderer = createReadmeRenderer();
  // A process that renders is ready when the archive has been read.
  if (change.paths.some((path) => path.includes('/versions/'))) renderer.prepare();
  return await makeOutput(context, change, renderer);
}

async function makeOutput(
  context: Context,
  change: IndexChange,
  renderer: ReadmeRenderer,
): Promise<BuildOutcome | undefined> {
  const { input, state, signal } = context;
  const listed = input.reports === undefined ? NO_REPORTS : await state.changedReports(input.reports);
  const affected = listed && (await affectedBy(change, { ...context, reports: listed.names }));
  if (!listed || !affected) return undefined;
  const { reading, snapshot, findings: ofRecords } = await readAffected(context, affected);
  if (!snapshot) return undefined;
  const advisories = mergeAdvisories(state.rest.advisories, change, snapshot);
  const before = state.chunks.read([...affected.names]);
  const downloads = downloadsOf(snapshot, before, state);
  const whole = { ...snapshot, downloads, advisories: [...advisories.values()] };
  const out = notingOutput(await openStagedOutput(input.out));
  const npmView = (input.baseUrl ?? snapshot.registry.baseUrl) !== undefined;
  const known = before.flatMap(({ facts, leaf }) => (leaf ? [[facts.name, leaf] as const] : []));
  const cache = leafCache(new Map(known), out);
  const leaves = await publishLeaves(whole, { reading, out, npmView, cache, renderer, signal });
  const told = await publishTold(leaves.snapshot, { context, out });
  if (!told) return undefined;
  const proved = await readProvenance(leaves.snapshot, reading);
  const found = findingsAfter(state.rest, {
    affected,
    paths: new Set([...change.paths, ...reading.files.keys()]),
    ofRecords: [...reading.findings, ...ofRecords],
    ofFiles: [...leaves.findings, ...told.reports.findings, ...proved.findings],
  });
  await writeDocuments(
    pluginDocuments(leaves.snapshot, { ...leaves, provenance: proved.provenance, baseUrl: input.baseUrl }, integrityOf),
    out,
    signal,
  );
  const reports = { count: told.reports.count, parts: listed.parts };
  const rest = { advisories, ...found };
  return finish({ context, out, change, affected, before, leaves, rest, reports, goneOsv: told.gone });
}

/** Of the plugins that are read: what lists have of them says it, of those that are in lists. */
function downloadsOf({ plugins }: Snapshot, before: readonly PluginState[], state: OpenState): Snapshot['downloads'] {
  const listed = before.flatMap(({ facts: { name, row } }) =>
    row ? [[name, entryOfRow(row).downloads] as const] : [],
  );
  const known = new Map(listed);
  return new Map(plugins.map(({ name }) => [name, known.get(name) ?? state.counts.of(name)]));
}

const NO_REPORTS: ChangedReports = { names: new Set(), parts: [] };

interface PublishedTold {
  readonly reports: PublishedReports;
  /** Paths of what is no more. */
  readonly gone: readonly string[];
}

/** What is published beside the plugins, from folders of others. @returns undefined where that is to be told with everything */
async function publishTold(
  snapshot: Snapshot,
  { context, out }: { readonly context: Context; readonly out: StagedOutput },
): Promise<PublishedTold | undefined> {
  const { input, state } = context;
  // What was wrong may be right by now.
  if (state.rest.findings.some(({ code }) => code === 'OSV_SNAPSHOT_UNUSABLE')) return undefined;
  const reports =
    input.reports === undefined
      ? { count: 0, findings: [] }
      : await publishReports(snapshot, { folder: input.reports, out });
  const gone = input.osv === undefined ? [] : await publishChangedOsv(input.osv, { out, site: input.out });
  return gone && { reports, gone };
}

interface Made {
  readonly context: Context;
  readonly out: NotedOutput;
  readonly change: IndexChange;
  readonly affected: Affected;
  readonly before: readonly PluginState[];
  readonly leaves: PublishedLeaves;
  readonly rest: StateRest;
  /** Of the plugins that changed, and what to keep of all. */
  readonly reports: StateReports;
  readonly goneOsv: readonly string[];
}

async function finish(made: Made): Promise<BuildOutcome | undefined> {
  const { context, out, change, affected, before, leaves, rest, goneOsv } = made;
  const { input, state, commit, signal } = context;
  const { findings } = rest;
  const now = factsIn(leaves.snapshot, affected.names);
  const listed = changedFacts(before, now);
  const aggregates = changeAggregates(
    state.aggregates,
    listed.before.map(({ facts }) => facts),
    listed.now,
  );
  if (!aggregates) return undefined;
  const listing = { input, state, commit, out, change, ...listed, again: now, aggregates, findings, signal };
  const lists = await publishLists({ ...listing, snapshot: leaves.snapshot });
  if (!lists) return undefined;
  const gone = new Set([...before.flatMap((plugin) => plugin.files), ...lists.gone, ...goneOsv]);
  for (const path of await publishDelta(out, gone, input.delta)) gone.add(path);
  const reports = countReports(made);
  const next = await state.write({
    ...lists,
    commit,
    aggregates,
    rest,
    gone: affected.names,
    now: toPluginStates(now, { paths: out.paths, leaves: leaves.leaves }),
    reports,
  });
  const counts = await out.commit(gone, next);
  removeOtherParts(input.out, next.root);
  const { written, deleted } = counts;
  return {
    written,
    deleted,
    unchanged: Math.max(0, state.root.files - written - deleted),
    plugins: aggregates.plugins,
    versions: aggregates.versions,
    reports: reports?.count ?? 0,
    findings,
  };
}

/** Of what was looked at again, what is another one now: no list follows from the rest. */
function changedFacts(before: readonly PluginState[], now: readonly PluginFacts[]): Pick<Listing, 'before' | 'now'> {
  const then = new Map(before.map(({ facts }) => [facts.name, facts]));
  const same = new Set(now.flatMap((facts) => (isDeepStrictEqual(then.get(facts.name), facts) ? [facts.name] : [])));
  return {
    before: before.filter(({ facts }) => !same.has(facts.name)),
    now: now.filter(({ name }) => !same.has(name)),
  };
}

/** All that are published now. */
function countReports({ context, before, reports }: Made): StateReports | undefined {
  const { root } = context.state;
  if (context.input.reports === undefined) return undefined;
  const then = before.flatMap(({ files }) => files.filter((file) => file.endsWith('/report.json'))).length;
  return { count: (root.reports?.count ?? 0) - then + reports.count, parts: reports.parts };
}

/** What changed since the state was kept; nothing where nobody knows. */
async function planOf({ state, repository, commit }: Context): Promise<IndexChange | undefined> {
  const { root } = state;
  // A clone without its history, or of another one, fails here.
  const changed = root.commit === commit ? [] : await repository.changedPaths(root.commit, commit);
  return planIndexChange(changed, root);
}

type PartReading = Omit<IndexReading, 'storePath'>;

interface ReadPart {
  readonly reading: PartReading;
  readonly snapshot: Snapshot | undefined;
  /** Of what the records say. */
  readonly findings: readonly Finding[];
}

async function readAffected(
  { input, state, repository, folder, commit }: Context,
  affected: Affected,
): Promise<ReadPart> {
  const { prefix, storePath } = state.root;
  const paths = pathsToRead(affected);
  const reading = await readIndexPart({ repository, folder, commit, prefix, paths, store: input.store, storePath });
  const assembled = assembleSnapshot(reading.files);
  const { findings } = assembled;
  return { reading, snapshot: assembled.ok ? assembled.snapshot : undefined, findings };
}

/** By path, in order. */
function mergeAdvisories(
  old: ReadonlyMap<string, AdvisoryRecord>,
  change: IndexChange,
  { advisories }: Snapshot,
): ReadonlyMap<string, AdvisoryRecord> {
  const kept = [...old].filter(([path]) => !change.advisories.has(path));
  const read = advisories.map((record) => [indexPaths.advisory(record.id), record] as const);
  return new Map([...kept, ...read].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
