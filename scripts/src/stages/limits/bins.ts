/** Whether the signed index of a site has enough bins for its documents. It is read as it is: this is about size, not about trust. */
import path from 'node:path';
import {
  MOST_IN_BIN,
  TRUST_ROUTE,
  binNames,
  bitLengthFor,
  delegatedSigners,
  fileOf,
  parseMetadata,
  snapshotOf,
  type Metadata,
  type MetadataKind,
} from '@ar-registry/core/trust';
import { ArError, isArError } from '@ar-registry/core/errors';
import { inParallel } from '@ar-registry/io/install';
import { readFolderFile } from '@ar-registry/io/trust';

export interface BinUse {
  readonly bins: number;
  /** Of all of them. */
  readonly documents: number;
  /** How many a bin should have at most. */
  readonly limit: number;
  readonly fits: boolean;
  /** How many bins there should be. */
  readonly better: number;
}

/**
 * @param site absolute
 * @returns undefined for one that is not signed, or not so that it could be read: to say that is for `resign --check`
 * @throws FILE_ACCESS
 */
export async function measureBins(site: string): Promise<BinUse | undefined> {
  try {
    return await readBins(path.join(site, TRUST_ROUTE));
  } catch (error) {
    if (isArError(error) && (error.exit === 3 || error.code === 'FILE_NOT_FOUND')) return undefined;
    throw error;
  }
}

async function readBins(folder: string): Promise<BinUse> {
  const timestamp = await read(folder, 'timestamp', 'timestamp.json');
  const snapshot = await read(folder, 'snapshot', `${snapshotOf(timestamp).version}.snapshot.json`);
  const targets = await read(folder, 'targets', fileOf(snapshot, 'targets').file);
  const counts = await inParallel(binNames(delegatedSigners(targets)), async (name) => {
    const { signed } = await read(folder, 'targets', fileOf(snapshot, name).file);
    return Object.keys(signed.targets).length;
  });
  const [bins, documents] = [counts.length, counts.reduce((sum, count) => sum + count, 0)];
  const better = Math.max(bins, 2 ** bitLengthFor(documents));
  // Of the most that there can be nobody needs to be told.
  const fits = documents <= MOST_IN_BIN * bins || better === bins;
  return { bins, documents, limit: MOST_IN_BIN, fits, better };
}

async function read<Kind extends MetadataKind>(folder: string, kind: Kind, name: string): Promise<Metadata<Kind>> {
  const file = path.join(folder, name);
  const bytes = await readFolderFile(file);
  if (!bytes) throw new ArError('FILE_NOT_FOUND', { path: file });
  return parseMetadata(kind, name, bytes);
}
