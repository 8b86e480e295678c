/** What a client learns of a delta: which of the documents that it has kept are those of now. */
import type { ChangesHeadDocument, ChangesPartDocument } from '@ar-registry/schemas';
import { routes } from '../layout/index.ts';
import type { Hash } from '../ports.ts';
import { PATH_LETTERS, binOf, digestOf, lettersOfBin, pathLettersOf } from './digest.ts';
import { nameInBins, splitBin, splitDigests } from './format.ts';

export interface DeltaReader {
  /** The index, or the whole, as its name says. */
  readonly readPart: (name: string) => Promise<ChangesPartDocument>;
  /** Bins in the order of their names; undefined for one that cannot be had. */
  readonly readBins: (names: readonly string[]) => Promise<readonly (ChangesPartDocument | undefined)[]>;
  readonly hash: Hash;
  /** What was learnt the last time. */
  readonly known?: KnownBins | undefined;
}

/** What a client has seen of bins, for the next time. */
export interface KnownBins {
  /** Name of the index that they are of. */
  readonly index: string;
  /** Names of all bins, as the index has them. */
  readonly names: string;
  /** By number of the bin, what is in those that were looked into. */
  readonly digests: Readonly<Record<number, string>>;
}

/** Whether a document is as it is in the registry now; false also for one of which nobody knows. */
export type IsCurrent = (path: string, body: Uint8Array) => boolean;

export interface Learnt {
  readonly isCurrent: IsCurrent;
  /** To be kept; undefined where the documents are in no bins. */
  readonly known: KnownBins | undefined;
}

/** Of so many bins that are not known, all are asked for in one piece. */
const MANY = 8;

/**
 * @param head attacker-controlled, as is all that it leads to: whoever serves them serves the documents too
 * @param paths of the documents that will be asked about
 * @throws what the reader throws
 */
export async function readDelta(
  head: ChangesHeadDocument,
  paths: readonly string[],
  reader: DeltaReader,
): Promise<Learnt> {
  const judge = { advisories: head.advisories, hash: reader.hash };
  if (head.digests !== undefined) return ofList(head.digests, judge);
  if (head.index === undefined) return { isCurrent: () => false, known: undefined };
  const plugins = paths.filter((path) => path !== routes.advisories);
  const wanted = [...new Set(plugins.map((path) => binOf(pathLettersOf(path, reader.hash))))];
  const found = await readBins({ index: head.index, whole: head.whole }, wanted, reader);
  if (found.digests !== undefined) return ofList(found.digests, judge);
  const { known } = found;
  if (!known) return { isCurrent: () => false, known: undefined };
  const own = wanted.flatMap((bin) => {
    const letters = lettersOfBin(bin);
    return splitBin(known.digests[bin] ?? '').map((short) => letters + short);
  });
  return { isCurrent: among(own, judge), known };
}

type Found = { readonly digests?: string | undefined; readonly known?: KnownBins };

interface Leads {
  readonly index: string;
  readonly whole: string | undefined;
}

/** What is in the bins that are wanted, by the fewest questions; or all digests, where there are no bins. */
async function readBins({ index, whole }: Leads, wanted: readonly number[], reader: DeltaReader): Promise<Found> {
  const before = reader.known;
  const isMuch = (lacking: readonly number[]): boolean => lacking.length >= MANY && whole !== undefined;
  const neverSeen = wanted.filter((bin) => before?.digests[bin] === undefined);
  if (whole !== undefined && isMuch(neverSeen)) return readWhole({ index, whole }, wanted, reader);
  const part = before?.index === index ? { bins: before.names } : await reader.readPart(index);
  const { digests, bins: names } = { digests: undefined, ...part };
  if (names === undefined) return { digests };
  const kept = stillSo(before, names);
  const lacking = wanted.filter((bin) => kept[bin] === undefined);
  if (whole !== undefined && isMuch(lacking)) return readWhole({ index, whole }, wanted, reader);
  const bins = await reader.readBins(lacking.map((bin) => nameInBins(names, bin)));
  const read = lacking.flatMap((bin, at) => {
    const own = bins[at]?.bin;
    return own === undefined ? [] : [[bin, own] as const];
  });
  return { known: { index, names, digests: { ...kept, ...Object.fromEntries(read) } } };
}

async function readWhole(
  { index, whole }: { readonly index: string; readonly whole: string },
  wanted: readonly number[],
  { readPart, known: before }: DeltaReader,
): Promise<Found> {
  const { bins: names, whole: all } = await readPart(whole);
  if (names === undefined || !all) return {};
  const read = wanted.flatMap((bin) => (all[bin] === undefined ? [] : [[bin, all[bin]] as const]));
  return { known: { index, names, digests: { ...stillSo(before, names), ...Object.fromEntries(read) } } };
}

/** What is known of bins that have the name which they had. */
function stillSo(before: KnownBins | undefined, names: string): Readonly<Record<number, string>> {
  if (!before) return {};
  const entries = Object.entries(before.digests);
  return Object.fromEntries(
    entries.filter(([bin]) => nameInBins(names, Number(bin)) === nameInBins(before.names, Number(bin))),
  );
}

interface Judge {
  readonly advisories: string | undefined;
  readonly hash: Hash;
}

function ofList(digests: string, judge: Judge): Learnt {
  return { isCurrent: among(splitDigests(digests), judge), known: undefined };
}

function among(digests: readonly string[], { advisories, hash }: Judge): IsCurrent {
  const byPath = new Map<string, string | undefined>();
  for (const digest of digests) {
    const letters = digest.slice(0, PATH_LETTERS);
    // Of two that begin alike nobody knows which is whose: a publisher may have chosen a name for that.
    byPath.set(letters, byPath.has(letters) ? undefined : digest);
  }
  return (path, body) => {
    const digest = digestOf(path, body, hash);
    if (path === routes.advisories) return digest === advisories;
    return byPath.get(digest.slice(0, PATH_LETTERS)) === digest;
  };
}
