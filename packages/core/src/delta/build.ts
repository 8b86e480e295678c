/** The delta of a registry, made of all of its documents. */
import { routes } from '../layout/index.ts';
import type { Hash } from '../ports.ts';
import { BINS, binOf, digestOf, isInDelta, type DocumentDigest } from './digest.ts';
import {
  DELTA_LIMITS,
  binFile,
  binsFiles,
  formOf,
  inBin,
  listFiles,
  type DeltaFile,
  type DeltaLimits,
} from './format.ts';

/** @returns all files, those that others name first; the same for documents in any order */
export function deltaFiles(
  documents: readonly DocumentDigest[],
  hash: Hash,
  limits: DeltaLimits = DELTA_LIMITS,
): readonly DeltaFile[] {
  const advisories = documents.find(({ path }) => path === routes.advisories)?.digest;
  const plugins = documents.flatMap(({ path, digest }) => (path === routes.advisories ? [] : [digest]));
  if (formOf(plugins.length, limits) !== 'bins') return listFiles({ plugins, advisories }, { hash, limits });
  const byBin = Map.groupBy(plugins, binOf);
  const digests = Array.from({ length: BINS }, (_, bin) => inBin(byBin.get(bin) ?? []));
  const empty = binFile('', hash);
  const bins = digests.map((own) => (own === '' ? empty : binFile(own, hash)));
  const files = new Map(bins.map(({ name, ...file }) => [name, file]));
  const names = bins.map(({ name }) => name).join('');
  const isInOne = plugins.length <= limits.inWhole;
  const all = { documents: plugins.length, advisories, names, digests: isInOne ? digests : undefined };
  return [...files.values(), ...binsFiles(all, hash)];
}

/** Hands on what there is, and notes the digests of the documents that the delta speaks of. */
export function* noting<T extends DeltaFile>(
  files: Iterable<T>,
  noted: DocumentDigest[],
  hash: Hash,
): Generator<T, void> {
  for (const file of files) {
    const { path, body } = file;
    if (isInDelta(path)) noted.push({ path, digest: digestOf(path, new TextEncoder().encode(body), hash) });
    yield file;
  }
}
