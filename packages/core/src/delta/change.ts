/** The delta of a registry in which a few documents have changed, made of that which was there before. */
import type { ChangesHeadDocument, ChangesPartDocument } from '@ar-registry/schemas';
import { routes } from '../layout/index.ts';
import type { Hash } from '../ports.ts';
import { BINS, DIGEST_LETTERS, binOf, type DocumentDigest } from './digest.ts';
import {
  DELTA_LIMITS,
  binFile,
  binsFiles,
  formOf,
  listFiles,
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
  const limits = ports.limits ?? DELTA_LIMITS;
  const documents = before.documents + change.added.length - change.removed.length;
  const isBinned = formOf(documents, limits) === 'bins';
  if (isBinned !== (formOf(before.documents, limits) === 'bins')) return undefined;
  const changed = isBinned
    ? await changeBins({ documents, names: before.bins }, change, ports)
    : changeList(before.digests, change, { hash: ports.hash, limits });
  if (!changed) return undefined;
  const left = new Set(changed.files.map(({ path }) => path));
  return { files: changed.files, gone: [...changed.gone, ...before.named].filter((path) => !left.has(path)) };
}

/** What the head says, and the index that it leads to. */
interface Before extends Partial<Pick<ChangesPartDocument, 'digests' | 'bins'>> {
  readonly documents: number;
  /** Paths of what the head leads to. */
  readonly named: readonly string[];
}

async function readBefore(ports: DeltaPorts): Promise<Before | undefined> {
  const head = (await ports.read(routes.changesHead)) as Partial<ChangesHeadDocument> | undefined;
  if (typeof head?.documents !== 'number') return undefined;
  const { documents, digests, index } = head;
  if (index === undefined) return { documents, ...(digests === undefined ? {} : { digests }), named: [] };
  return { documents, ...(await readPart(index, ports)), named: [routes.changesFile(index)] };
}

function changeList(
  digests: string | undefined,
  change: DeltaChange,
  form: { readonly hash: Hash; readonly limits: DeltaLimits },
): ChangedDelta | undefined {
  const before = digestsIn(digests);
  const after = before && edited(before, change);
  return after && { files: listFiles(after, form), gone: [] };
}

interface Bins {
  readonly documents: number;
  /** Of all bins, one after another: most stay as they are, so that they are not taken apart. */
  readonly names: string | undefined;
}

async function changeBins(
  { documents, names: before }: Bins,
  { removed, added }: DeltaChange,
  ports: DeltaPorts,
): Promise<ChangedDelta | undefined> {
  if (before?.length !== BINS * DIGEST_LETTERS) return undefined;
  const { hash } = ports;
  let names = before;
  const old: string[] = [];
  const files = new Map<string, DeltaFile>();
  const byBin = (some: readonly DocumentDigest[]) => Map.groupBy(some, ({ path }) => binOf(path, hash));
  const [less, more] = [byBin(removed), byBin(added)];
  for (const bin of new Set([...less.keys(), ...more.keys()])) {
    const at = bin * DIGEST_LETTERS;
    old.push(before.slice(at, at + DIGEST_LETTERS));
    const digests = digestsIn((await readPart(old.at(-1) ?? '', ports))?.digests);
    const after = digests && edited(digests, { removed: less.get(bin) ?? [], added: more.get(bin) ?? [] });
    if (!after) return undefined;
    const { name, ...file } = binFile(after, hash);
    files.set(name, file);
    names = names.slice(0, at) + name + names.slice(at + DIGEST_LETTERS);
  }
  // Bins without documents have one file.
  const gone = [...new Set(old)].filter((name) => !isAmong(names, name)).map(routes.changesFile);
  return { files: [...files.values(), ...binsFiles(documents, names, hash)], gone };
}

function isAmong(names: string, name: string): boolean {
  let at = names.indexOf(name);
  while (at % DIGEST_LETTERS > 0) at = names.indexOf(name, at + 1);
  return at !== -1;
}

/** @returns undefined where one of those to take away is not there */
function edited(before: readonly string[], { removed, added }: DeltaChange): readonly string[] | undefined {
  const counts = new Map<string, number>();
  for (const { digest } of removed) counts.set(digest, (counts.get(digest) ?? 0) + 1);
  const kept = before.filter((digest) => {
    const count = counts.get(digest) ?? 0;
    if (count > 0) counts.set(digest, count - 1);
    return count === 0;
  });
  if (kept.length !== before.length - removed.length) return undefined;
  return [...kept, ...added.map(({ digest }) => digest)];
}

async function readPart(name: string, { read }: DeltaPorts): Promise<Partial<ChangesPartDocument> | undefined> {
  return (await read(routes.changesFile(name))) as Partial<ChangesPartDocument> | undefined;
}

function digestsIn(text: unknown): readonly string[] | undefined {
  return typeof text === 'string' ? splitDigests(text) : undefined;
}
