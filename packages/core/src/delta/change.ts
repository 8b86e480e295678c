/** The delta of a registry in which a few documents have changed, made of that which was there before. */
import type { ChangesHeadDocument, ChangesPartDocument } from '@ar-registry/schemas';
import { routes } from '../layout/index.ts';
import type { Hash } from '../ports.ts';
import { BINS, BIN_NAME_LETTERS, SHORT_LETTERS, binOf, type DocumentDigest } from './digest.ts';
import {
  DELTA_LIMITS,
  binFile,
  binsFiles,
  formOf,
  inBin,
  listFiles,
  nameInBins,
  splitBin,
  splitDigests,
  type DeltaFile,
  type DeltaLimits,
} from './format.ts';

/** Of documents, those that are no more or are something else, and those that are new or are so now. */
export interface DeltaChange {
  readonly removed: readonly DocumentDigest[];
  readonly added: readonly DocumentDigest[];
}

export interface ChangedDelta {
  /** To write: what leads to others last. */
  readonly files: readonly DeltaFile[];
  /** Paths of what nothing leads to any more. */
  readonly gone: readonly string[];
}

export interface DeltaPorts {
  /** Reads what was written before. @returns undefined for what is not there, or is no JSON */
  readonly read: (path: string) => Promise<unknown>;
  readonly hash: Hash;
  readonly limits?: DeltaLimits | undefined;
}

/** @returns undefined where it has to be made of all documents: it is not what was written, or will be in another form */
export async function changeDelta(change: DeltaChange, ports: DeltaPorts): Promise<ChangedDelta | undefined> {
  const before = await readBefore(ports);
  if (!before) return undefined;
  const [removed, added] = [pluginsOf(change.removed), pluginsOf(change.added)];
  const limits = ports.limits ?? DELTA_LIMITS;
  const step: Step = {
    removed,
    added,
    documents: before.documents + added.length - removed.length,
    advisories: advisoriesAfter(change, before.advisories),
    limits,
  };
  const isBinned = formOf(step.documents, limits) === 'bins';
  if (isBinned !== (formOf(before.documents, limits) === 'bins')) return undefined;
  const changed = isBinned ? await changeBins(before, step, ports) : changeList(before, step, ports);
  if (!changed) return undefined;
  const left = new Set(changed.files.map(({ path }) => path));
  return { files: changed.files, gone: [...changed.gone, ...before.named].filter((path) => !left.has(path)) };
}

/** What the head says, and the files that it leads to. */
interface Before extends Partial<Pick<ChangesPartDocument, 'digests' | 'bins' | 'whole'>> {
  readonly documents: number;
  readonly advisories: string | undefined;
  /** Paths of what the head leads to. */
  readonly named: readonly string[];
}

/** From one state to the next: digests of plugins' documents. */
interface Step {
  readonly removed: readonly string[];
  readonly added: readonly string[];
  /** How many there are then. */
  readonly documents: number;
  /** Then. */
  readonly advisories: string | undefined;
  readonly limits: DeltaLimits;
}

function pluginsOf(documents: readonly DocumentDigest[]): readonly string[] {
  return documents.flatMap((document) => (isAdvisories(document) ? [] : [document.digest]));
}

function advisoriesAfter({ removed, added }: DeltaChange, before: string | undefined): string | undefined {
  return added.find(isAdvisories)?.digest ?? (removed.some(isAdvisories) ? undefined : before);
}

function isAdvisories({ path }: DocumentDigest): boolean {
  return path === routes.advisories;
}

async function readBefore(ports: DeltaPorts): Promise<Before | undefined> {
  const head = (await ports.read(routes.changesHead)) as Partial<ChangesHeadDocument> | undefined;
  if (typeof head?.documents !== 'number') return undefined;
  const { documents, advisories, digests, index, whole } = head;
  const about = { documents, advisories };
  if (index === undefined) return { ...about, ...(digests === undefined ? {} : { digests }), named: [] };
  const named = [index, ...(whole === undefined ? [] : [whole])];
  // The whole has all that the index has.
  return { ...about, ...(await readPart(whole ?? index, ports)), named: named.map(routes.changesFile) };
}

function changeList({ digests }: Before, step: Step, { hash }: DeltaPorts): ChangedDelta | undefined {
  const before = typeof digests === 'string' ? splitDigests(digests) : undefined;
  const plugins = before && edited(before, step);
  return (
    plugins && { files: listFiles({ plugins, advisories: step.advisories }, { hash, limits: step.limits }), gone: [] }
  );
}

async function changeBins(before: Before, step: Step, ports: DeltaPorts): Promise<ChangedDelta | undefined> {
  const bins = binsIn(before, step);
  if (!bins) return undefined;
  const changed = new Map<number, string>();
  const [less, more] = [Map.groupBy(step.removed, binOf), Map.groupBy(step.added, binOf)];
  for (const bin of new Set([...less.keys(), ...more.keys()])) {
    const digests = bins.digests?.[bin] ?? (await readPart(nameInBins(bins.names, bin), ports))?.bin;
    const change = { removed: shortened(less.get(bin)), added: shortened(more.get(bin)) };
    const after = typeof digests === 'string' ? edited(splitBin(digests), change) : undefined;
    if (!after) return undefined;
    changed.set(bin, inBin(after));
  }
  return withBins(bins, changed, { step, hash: ports.hash });
}

interface BinsBefore {
  /** Of all bins, one after another: most stay as they are, so that they are not taken apart. */
  readonly names: string;
  /** What is in them; undefined where that is in no one file. */
  readonly digests: readonly string[] | undefined;
}

/** @returns undefined where they are not what was written, or were not in one file and will be */
function binsIn({ bins, whole }: Before, { documents, limits }: Step): BinsBefore | undefined {
  if (bins?.length !== BINS * BIN_NAME_LETTERS) return undefined;
  if (documents > limits.inWhole) return { names: bins, digests: undefined };
  return whole?.length === BINS ? { names: bins, digests: whole } : undefined;
}

function withBins(
  before: BinsBefore,
  changed: ReadonlyMap<number, string>,
  { step: { documents, advisories }, hash }: { readonly step: Step; readonly hash: Hash },
): ChangedDelta {
  let { names } = before;
  const files = new Map<string, DeltaFile>();
  for (const [bin, own] of changed) {
    const { name, ...file } = binFile(own, hash);
    files.set(name, file);
    names = names.slice(0, bin * BIN_NAME_LETTERS) + name + names.slice((bin + 1) * BIN_NAME_LETTERS);
  }
  const digests = before.digests?.map((own, bin) => changed.get(bin) ?? own);
  // Bins without documents have one file.
  const old = new Set([...changed.keys()].map((bin) => nameInBins(before.names, bin)));
  const gone = [...old].filter((name) => !isAmong(names, name)).map(routes.changesFile);
  return { files: [...files.values(), ...binsFiles({ documents, advisories, names, digests }, hash)], gone };
}

function isAmong(names: string, name: string): boolean {
  let at = names.indexOf(name);
  while (at % BIN_NAME_LETTERS > 0) at = names.indexOf(name, at + 1);
  return at !== -1;
}

function shortened(digests: readonly string[] = []): readonly string[] {
  return digests.map((digest) => digest.slice(-SHORT_LETTERS));
}

/** @returns undefined where one of those to take away is not there */
function edited(
  before: readonly string[],
  { removed, added }: Pick<Step, 'removed' | 'added'>,
): readonly string[] | undefined {
  const counts = new Map<string, number>();
  for (const digest of removed) counts.set(digest, (counts.get(digest) ?? 0) + 1);
  const kept = before.filter((digest) => {
    const count = counts.get(digest) ?? 0;
    if (count > 0) counts.set(digest, count - 1);
    return count === 0;
  });
  return kept.length === before.length - removed.length ? [...kept, ...added] : undefined;
}

async function readPart(name: string, { read }: DeltaPorts): Promise<Partial<ChangesPartDocument> | undefined> {
  return (await read(routes.changesFile(name))) as Partial<ChangesPartDocument> | undefined;
}
