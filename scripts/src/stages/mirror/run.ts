/**
 * A mirror of a signed registry, full or by a policy.
 *
 * Everything that the registry signs is carried as it is, so that clients with the registry's own root check a mirror as they
 * check the registry: nobody can take a document away from under its signature. What a policy leaves out are the files that
 * only the document of a plugin pins: those of its versions. `mirror.json` says which, and why
 * (docs/decisions/020-mirrors.md).
 */
import type { Advisory } from '@ar-registry/core/advisory';
import { ArError, hasCode } from '@ar-registry/core/errors';
import { routes } from '@ar-registry/core/layout';
import { isPluginName } from '@ar-registry/core/name';
import { TRUST_ROUTE } from '@ar-registry/core/trust';
import { inParallel } from '@ar-registry/io/install';
import { fetchTrust, openMirrorFolder, type SignedState } from '@ar-registry/io/mirror';
import type { MirrorDocument, MirrorOutput, MirrorPolicy, PluginName } from '@ar-registry/schemas';
import { parseAdvisories } from './advisories.ts';
import { fetchDocuments, type MirrorPorts } from './documents.ts';
import { fetchLog } from './log.ts';
import { isOfNpmView, makeNpmView } from './npm-view.ts';
import { carryPlugin, type CarriedPlugin } from './plugin.ts';
import { fetchSearchFiles } from './search.ts';

export interface MirrorInput {
  /** Folder of the mirror; absolute. */
  readonly out: string;
  readonly policy: MirrorPolicy;
  /** Fingerprint of a root of the registry, in hexadecimal; without it the first one that it shows is taken. */
  readonly root: string | undefined;
  readonly dryRun: boolean;
  /** Also if that is much of the mirror. */
  readonly allowDeletions: boolean;
  /** Where the mirror is served: then there is a view for npm's clients, which names that address. */
  readonly baseUrl?: string | undefined;
}

export type MirrorOutcome = Omit<MirrorOutput, 'schemaVersion' | 'out'>;

/** So many versions may go at once, in parts of those there are, and at least so many. */
const MOST_LOST = 0.2;
const FEW = 10;

/**
 * Brings the folder to the state that the registry has signed by now.
 *
 * Only what differs is transferred. Where it ends early, whatever it was, the mirror is in its old state, and the next run
 * goes on where this one stopped.
 *
 * @param ports `onFirstUse` is told that a root was taken as it came
 * @throws MIRROR_OF_ANOTHER, MIRROR_UNSIGNED, MIRROR_SHRINKS, MIRROR_PATH_REFUSED, OUTPUT_FOLDER_FOREIGN, every `TRUST_…` and
 *   `LOG_…` of a client, and what fetching and writing throw
 */
export async function mirror(
  input: MirrorInput,
  { onFirstUse, ...ports }: Omit<MirrorPorts, 'folder'> & { readonly onFirstUse: (fingerprint: string) => void },
): Promise<MirrorOutcome> {
  const folder = await openMirrorFolder(input.out, !input.dryRun);
  const { note } = folder;
  if (note && note.origin !== ports.origin.url)
    throw new ArError('MIRROR_OF_ANOTHER', { folder: input.out, origin: note.origin });
  try {
    const outcome = await bringUpToDate(input, { ...ports, folder });
    if (!note && input.root === undefined) onFirstUse(outcome.root);
    return outcome;
  } catch (error) {
    // The registry may have been published anew between two answers; if it was not, this tells the same.
    if (!BETWEEN_STATES.some((code) => hasCode(error, code))) throw error;
    return bringUpToDate(input, { ...ports, folder });
  }
}

const BETWEEN_STATES = [
  'TRUST_METADATA_MISSING',
  'TRUST_LENGTH_MISMATCH',
  'TRUST_HASH_MISMATCH',
  'TRUST_MIXED',
  'LOG_FILE_MISSING',
  'REGISTRY_RESPONSE_TOO_LARGE',
] as const;

async function bringUpToDate(input: MirrorInput, ports: MirrorPorts): Promise<MirrorOutcome> {
  const { folder, origin, nowMs } = ports;
  const state = await fetchTrust({ origin, folder, pinned: input.root, nowMs });
  await markFolder(state, input, ports);
  const documents = await fetchDocuments(state.documents, ports);
  const advisories = parseAdvisories(await folder.newest(routes.advisories), origin.url);
  const plugins = await carryPlugins(state, { ...input, advisories }, ports);
  const files = [
    ...documents.routes,
    ...plugins.flatMap((plugin) => plugin.files),
    ...(await fetchSearchFiles(ports)),
    ...(await fetchLog(state.index, ports)),
    ...(await npmFiles(plugins, { ...input, advisories }, ports)),
  ];
  const stale = await staleFiles(new Set(files), state, ports);
  if (!input.allowDeletions) assertNotShrunk(stale, files);
  if (!input.dryRun)
    await publish({ state, files, stale, statement: toStatement(state, plugins, { input, origin }) }, ports);
  const { files: fetched, bytes: fetchedBytes } = origin.counts();
  return {
    origin: origin.url,
    root: state.fingerprint,
    applied: !input.dryRun,
    plugins: plugins.filter(({ versions }) => versions > 0).length,
    versions: sumOf(plugins, ({ versions }) => versions),
    withheld: sumOf(plugins, ({ withheld, problems }) => withheld.size - problems.length),
    fetched,
    fetchedBytes,
    ...(input.dryRun ? { missing: sumOf(plugins, ({ missing }) => missing) } : {}),
    unchanged: documents.unchanged.size,
    deleted: stale.length,
    problems: plugins.flatMap(({ name, problems }) => problems.map((problem) => ({ plugin: name, ...problem }))),
  };
}

/** A view of an earlier run belongs to the mirror until it is gone. */
async function markFolder(
  { fingerprint }: SignedState,
  { baseUrl }: MirrorInput,
  { folder, origin }: MirrorPorts,
): Promise<void> {
  const hasNpm = baseUrl !== undefined || folder.note?.npm === true;
  await folder.mark({ schemaVersion: 1, origin: origin.url, root: fingerprint, ...(hasNpm ? { npm: true } : {}) });
}

interface Informed extends MirrorInput {
  readonly advisories: readonly Advisory[];
}

async function npmFiles(
  plugins: readonly CarriedPlugin[],
  { baseUrl, advisories, dryRun }: Informed,
  ports: MirrorPorts,
): Promise<readonly string[]> {
  if (baseUrl === undefined) return [];
  // What it would be needs documents that a dry run does not write.
  if (dryRun) return (await ports.folder.list()).filter(isOfNpmView);
  return makeNpmView(plugins, { baseUrl, advisories }, ports);
}

async function carryPlugins(
  state: SignedState,
  { policy, dryRun, advisories }: Informed,
  ports: MirrorPorts,
): Promise<readonly CarriedPlugin[]> {
  return inParallel(pluginNames(state.documents.keys()).toSorted(), (name) =>
    carryPlugin(name, { policy, advisories, dryRun }, ports),
  );
}

/** By where their documents are. */
function pluginNames(paths: Iterable<string>): readonly PluginName[] {
  return [...paths].flatMap((path) => {
    const name = /^plugins\/(@[^/]+\/[^/]+)\.json$/.exec(path)?.[1] ?? '';
    return isPluginName(name) ? [name] : [];
  });
}

/** What is there and belongs to no state: neither to this one nor, of the metadata, to the one before. */
async function staleFiles(
  files: ReadonlySet<string>,
  { files: metadata, previous }: SignedState,
  { folder }: MirrorPorts,
): Promise<readonly string[]> {
  const kept = new Set([...metadata.keys(), ...previous].map((name) => `${TRUST_ROUTE}/${name}`));
  return (await folder.list()).filter((file) => !files.has(file) && !kept.has(file)).toSorted();
}

/** A registry, or a slip in a policy, must not empty a mirror in one go. @throws MIRROR_SHRINKS */
function assertNotShrunk(stale: readonly string[], files: readonly string[]): void {
  const lost = stale.filter(isArchive).length;
  const of = lost + files.filter(isArchive).length;
  if (lost > FEW && lost > of * MOST_LOST) throw new ArError('MIRROR_SHRINKS', { lost, of });
}

function isArchive(route: string): boolean {
  return route.endsWith('/download');
}

interface Publication {
  readonly state: SignedState;
  readonly files: readonly string[];
  readonly stale: readonly string[];
  readonly statement: MirrorDocument;
}

/** Leaves before roots: the timestamp, which says that all of it is so, comes last, and deletions after it. */
async function publish({ state, files, stale, statement }: Publication, { folder }: MirrorPorts): Promise<void> {
  await folder.stage(routes.mirror, Buffer.from(`${JSON.stringify(statement)}\n`));
  for (const [name, bytes] of state.files) await folder.stage(`${TRUST_ROUTE}/${name}`, bytes);
  const metadata = [...state.files.keys()].map((name) => `${TRUST_ROUTE}/${name}`);
  const leaves = files.filter((file) => file !== routes.config);
  await folder.publish([routes.mirror, ...leaves, routes.config, ...metadata]);
  await folder.remove(stale);
}

function toStatement(
  { fingerprint, index }: SignedState,
  plugins: readonly CarriedPlugin[],
  { input, origin }: { readonly input: MirrorInput; readonly origin: MirrorPorts['origin'] },
): MirrorDocument {
  return {
    schemaVersion: 1,
    origin: origin.url,
    root: fingerprint,
    timestamp: index.timestamp.signed.version,
    policy: input.policy,
    versions: sumOf(plugins, ({ versions }) => versions),
    withheld: Object.fromEntries(plugins.filter(({ withheld }) => withheld.size > 0).map(toWithheld)),
  };
}

function toWithheld({ name, versions, withheld }: CarriedPlugin): [PluginName, Record<string, string>] {
  const reasons = [...withheld].map(([version, reason]) => [version, reason.slice(0, 300)] as const);
  const [first] = reasons;
  const isAlike = versions === 0 && first && reasons.every(([, reason]) => reason === first[1]);
  return [name, isAlike ? { '*': first[1] } : Object.fromEntries(reasons)];
}

function sumOf<T>(items: readonly T[], count: (item: T) => number): number {
  return items.reduce((sum, item) => sum + count(item), 0);
}
