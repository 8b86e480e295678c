/** What a client learns of a delta: which of the documents that it has kept are those of now. */
import type { ChangesHeadDocument, ChangesPartDocument } from '@ar-registry/schemas';
import type { Hash } from '../ports.ts';
import { binOf, digestOf } from './digest.ts';
import { splitDigests } from './format.ts';

export interface DeltaReader {
  /** The index. */
  readonly readIndex: (name: string) => Promise<ChangesPartDocument>;
  /** Bins in the order of their names; undefined for one that cannot be had. */
  readonly readBins: (names: readonly string[]) => Promise<readonly (ChangesPartDocument | undefined)[]>;
  readonly hash: Hash;
}

/** Whether a document is as it is in the registry now; false also for one of which nobody knows. */
export type IsCurrent = (path: string, body: Uint8Array) => boolean;

/**
 * @param head attacker-controlled, as is all that it leads to: whoever serves them serves the documents too
 * @param paths of the documents that will be asked about
 * @throws what the reader throws
 */
export async function readDelta(
  head: ChangesHeadDocument,
  paths: readonly string[],
  reader: DeltaReader,
): Promise<IsCurrent> {
  const { hash } = reader;
  if (head.digests !== undefined) return among(new Set(splitDigests(head.digests)), hash);
  if (head.index === undefined) return () => false;
  const { digests, bins } = await reader.readIndex(head.index);
  if (digests !== undefined) return among(new Set(splitDigests(digests)), hash);
  if (bins === undefined) return () => false;
  return among(await readBins(splitDigests(bins), paths, reader), hash);
}

async function readBins(
  names: readonly string[],
  paths: readonly string[],
  { readBins: read, hash }: DeltaReader,
): Promise<ReadonlySet<string>> {
  const wanted = new Set(paths.flatMap((path) => names[binOf(path, hash)] ?? []));
  const bins = await read([...wanted]);
  // Digests are of the path too, so that those of several bins can be in one set.
  return new Set(bins.flatMap((bin) => splitDigests(bin?.digests ?? '')));
}

function among(digests: ReadonlySet<string>, hash: Hash): IsCurrent {
  return (path, body) => digests.has(digestOf(path, body, hash));
}
