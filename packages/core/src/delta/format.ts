/**
 * What is served below `api/v1/changes/`, by which a client that has kept documents learns which of them are what they
 * were: digests of all documents as they are now, and no history. A client compares what it has, so that it is no matter
 * how many changes it missed, whether the registry was rolled back or made anew, or from which mirror it comes.
 *
 * - The _head_ is what is asked for: it has the digests of a small registry, and of another one the name of the index.
 * - The _index_ has the digests, or where they are too many the names of 4,096 bins, in order.
 * - A _bin_ has the digests of the documents whose paths fall into it.
 *
 * All but the head are named by their content, so that no two states can be mixed up: whoever finds one that is missing, or
 * is not what it is called, asks for the documents themselves. See docs/decisions/024-delta.md.
 */
import type { ChangesHeadDocument, ChangesPartDocument } from '@ar-registry/schemas';
import { routes } from '../layout/index.ts';
import type { Hash } from '../ports.ts';
import { BINS, DIGEST_LETTERS, binNameOf, partNameOf } from './digest.ts';

/** A file to serve; `body` is its text. */
export interface DeltaFile {
  readonly path: string;
  readonly body: string;
}

/** Up to how many digests there are in the head, and in an index: another number for tests alone. */
export interface DeltaLimits {
  readonly inHead: number;
  readonly inIndex: number;
}

/** A head has at most 600 bytes, and an index some 32 KB, in either form. */
export const DELTA_LIMITS: DeltaLimits = { inHead: 64, inIndex: BINS };

/** Where the digests of so many documents stand. */
export function formOf(documents: number, { inHead, inIndex }: DeltaLimits): 'head' | 'index' | 'bins' {
  if (documents <= inHead) return 'head';
  return documents <= inIndex ? 'index' : 'bins';
}

/** @returns the files of a state whose digests are not in bins, that which leads to the others last */
export function listFiles(
  digests: readonly string[],
  { hash, limits }: { readonly hash: Hash; readonly limits: DeltaLimits },
): readonly DeltaFile[] {
  const text = joinDigests(digests);
  const documents = digests.length;
  if (formOf(documents, limits) === 'head') return [headFile({ documents, digests: text })];
  return underHead(documents, partBody({ digests: text }), hash);
}

/** @param names of all bins, one after another @returns the index, and the head */
export function binsFiles(documents: number, names: string, hash: Hash): readonly DeltaFile[] {
  return underHead(documents, partBody({ bins: names }), hash);
}

/** The file of a bin, and its name. */
export function binFile(digests: readonly string[], hash: Hash): DeltaFile & { readonly name: string } {
  const body = partBody({ digests: joinDigests(digests) });
  const name = binNameOf(body, hash);
  return { name, path: routes.changesFile(name), body };
}

/** The digests, or names, in a text that has nothing else. */
export function splitDigests(text: string): string[] {
  const digests: string[] = [];
  for (let at = 0; at < text.length; at += DIGEST_LETTERS) digests.push(text.slice(at, at + DIGEST_LETTERS));
  return digests;
}

function joinDigests(digests: readonly string[]): string {
  return digests.toSorted().join('');
}

function underHead(documents: number, body: string, hash: Hash): readonly DeltaFile[] {
  const index = partNameOf(body, hash);
  return [{ path: routes.changesFile(index), body }, headFile({ documents, index })];
}

function headFile(head: Omit<ChangesHeadDocument, 'schemaVersion'>): DeltaFile {
  return { path: routes.changesHead, body: `${JSON.stringify({ schemaVersion: 1, ...head })}\n` };
}

function partBody(part: Omit<ChangesPartDocument, 'schemaVersion'>): string {
  return `${JSON.stringify({ schemaVersion: 1, ...part })}\n`;
}
