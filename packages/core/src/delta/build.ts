/** The delta of a registry, made of all of its documents. */
import type { Hash } from '../ports.ts';
import { BINS, binOf, digestOf, isInDelta, type DocumentDigest } from './digest.ts';
import { DELTA_LIMITS, binFile, binsFiles, formOf, listFiles, type DeltaFile, type DeltaLimits } from './format.ts';

/** @returns all files, those that others name first; the same for documents in any order */
export function deltaFiles(
  documents: readonly DocumentDigest[],
  hash: Hash,
  limits: DeltaLimits = DELTA_LIMITS,
): readonly DeltaFile[] {
  if (formOf(documents.length, limits) !== 'bins')
    return listFiles(
      documents.map(({ digest }) => digest),
      { hash, limits },
    );
  const bins = Map.groupBy(documents, ({ path }) => binOf(path, hash));
  const empty = binFile([], hash);
  const files = new Map<string, DeltaFile>();
  const names = Array.from({ length: BINS }, (_, bin) => {
    const own = bins.get(bin)?.map(({ digest }) => digest);
    const { name, ...file } = own ? binFile(own, hash) : empty;
    files.set(name, file);
    return name;
  });
  return [...files.values(), ...binsFiles(documents.length, names.join(''), hash)];
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
