/**
 * What is served below `api/v1/changes/`, by which a client that has kept documents learns which of them are what they
 * were: digests of all documents as they are now, and no history. A client compares what it has, so that it is no matter
 * how many changes it missed, whether the registry was rolled back or made anew, or from which mirror it comes.
 *
 * - The _head_ is what is asked for: it has the digests of a small registry, and of another one the name of the index.
 * - The _index_ has the digests, or where they are too many the names of 4,096 bins, in order.
 * - A _bin_ has the digests of the documents whose paths fall into it.
 * - The _whole_ is the index and all bins in one, for who has none of them yet.
 *
 * All but the head are named by their content, so that no two states can be mixed up: whoever finds one that is missing, or
 * is not what it is called, asks for the documents themselves. See docs/decisions/024-delta.md.
 */
import type { ChangesHeadDocument, ChangesPartDocument } from '@ar-registry/schemas';
import { routes } from '../layout/index.ts';
import type { Hash } from '../ports.ts';
import { BINS, BIN_NAME_LETTERS, DIGEST_LETTERS, SHORT_LETTERS, binNameOf, partNameOf } from './digest.ts';

/** A file to serve; `body` is its text. */
export interface DeltaFile {
  readonly path: string;
  readonly body: string;
}

/** Up to how many digests there are in the head, in an index, and in a whole: another number for tests alone. */
export interface DeltaLimits {
  readonly inHead: number;
  readonly inIndex: number;
  readonly inWhole: number;
}

/** A head has at most 760 bytes, an index some 50 KB in either form, and a whole 2.2 MB. */
export const DELTA_LIMITS: DeltaLimits = { inHead: 64, inIndex: BINS, inWhole: 64 * BINS };

/** Where the digests of so many documents stand. */
export function formOf(documents: number, { inHead, inIndex }: DeltaLimits): 'head' | 'index' | 'bins' {
  if (documents <= inHead) return 'head';
  return documents <= inIndex ? 'index' : 'bins';
}

/** What there are digests of: the plugins' documents, in any order, and the list of advisories, if there is one. */
export interface Digests {
  readonly plugins: readonly string[];
  readonly advisories: string | undefined;
}

/** @returns the files of a state whose digests are not in bins, that which leads to the others last */
export function listFiles(
  { plugins, advisories }: Digests,
  { hash, limits }: { readonly hash: Hash; readonly limits: DeltaLimits },
): readonly DeltaFile[] {
  const text = joinDigests(plugins);
  const about = { documents: plugins.length, advisories };
  if (formOf(plugins.length, limits) === 'head') return [headFile({ ...about, digests: text })];
  const { name, ...file } = partFile({ digests: text }, partNameOf, hash);
  return [file, headFile({ ...about, index: name })];
}

export interface Bins {
  readonly documents: number;
  readonly advisories: string | undefined;
  /** Names of all, one after another. */
  readonly names: string;
  /** What is in them, in order; undefined for what is too long to be in one file. */
  readonly digests: readonly string[] | undefined;
}

/** @returns the index, the whole, and the head */
export function binsFiles({ documents, advisories, names, digests }: Bins, hash: Hash): readonly DeltaFile[] {
  const { name: index, ...indexFile } = partFile({ bins: names }, partNameOf, hash);
  if (!digests) return [indexFile, headFile({ documents, advisories, index })];
  const { name: whole, ...wholeFile } = partFile({ bins: names, whole: [...digests] }, partNameOf, hash);
  return [indexFile, wholeFile, headFile({ documents, advisories, index, whole })];
}

/** The file of a bin, and its name. @param digests as `inBin` makes them */
export function binFile(digests: string, hash: Hash): NamedFile {
  return partFile({ bin: digests }, binNameOf, hash);
}

/** What the file of a bin has of digests. */
export function inBin(digests: readonly string[]): string {
  return joinDigests(digests.map((digest) => digest.slice(-SHORT_LETTERS)));
}

/** The digests in a list. */
export function splitDigests(text: string): string[] {
  return split(text, DIGEST_LETTERS);
}

/** What a bin has of them. */
export function splitBin(text: string): string[] {
  return split(text, SHORT_LETTERS);
}

/** Of the names of all bins, that of one. */
export function nameInBins(names: string, bin: number): string {
  return names.slice(bin * BIN_NAME_LETTERS, (bin + 1) * BIN_NAME_LETTERS);
}

function split(text: string, letters: number): string[] {
  const parts: string[] = [];
  for (let at = 0; at < text.length; at += letters) parts.push(text.slice(at, at + letters));
  return parts;
}

function joinDigests(digests: readonly string[]): string {
  return digests.toSorted().join('');
}

function headFile({
  advisories,
  ...head
}: Omit<ChangesHeadDocument, 'schemaVersion' | 'advisories'> & Pick<Digests, 'advisories'>): DeltaFile {
  const whole = { schemaVersion: 1, ...head, ...(advisories === undefined ? {} : { advisories }) };
  return { path: routes.changesHead, body: `${JSON.stringify(whole)}\n` };
}

interface NamedFile extends DeltaFile {
  readonly name: string;
}

function partFile(
  part: Omit<ChangesPartDocument, 'schemaVersion'>,
  nameOf: (body: string, hash: Hash) => string,
  hash: Hash,
): NamedFile {
  const body = `${JSON.stringify({ schemaVersion: 1, ...part })}\n`;
  const name = nameOf(body, hash);
  return { name, path: routes.changesFile(name), body };
}
