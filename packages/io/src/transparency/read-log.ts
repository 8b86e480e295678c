/** A whole log, read back from its files: what whoever keeps or audits it needs. */
import { ArError } from '@ar-registry/core/errors';
import {
  CHECKPOINT_PATH,
  TILE_WIDTH,
  bundlePath,
  isSame,
  leafHash,
  openCheckpoint,
  parseBundle,
  rootOf,
  type Checkpoint,
  type LogIdentity,
} from '@ar-registry/core/transparency';
import { createTrustCrypto } from '../trust/crypto.ts';
import { sha256 } from './hash.ts';

/** A file by its path in the log; undefined where there is none. */
export type ReadLogFile = (path: string) => Promise<Uint8Array | undefined>;

export interface ServedLog {
  readonly checkpoint: Checkpoint;
  /** The checkpoint as it came. */
  readonly note: Uint8Array;
}

/**
 * The checkpoint of a log, whoever of these signed it.
 *
 * @returns undefined where there is none @throws LOG_CHECKPOINT_INVALID
 */
export async function readCheckpoint(
  read: ReadLogFile,
  identities: readonly LogIdentity[],
): Promise<ServedLog | undefined> {
  const note = await read(CHECKPOINT_PATH);
  if (!note) return undefined;
  const crypto = { ...createTrustCrypto(), hash: sha256 };
  let problem: unknown = new ArError('LOG_CHECKPOINT_INVALID', { problem: 'has no signature of the log’s key' });
  for (const identity of identities.toReversed()) {
    try {
      return { note, checkpoint: openCheckpoint(note, identity, crypto) };
    } catch (error) {
      if (!(error instanceof ArError)) throw error;
      problem = error;
    }
  }
  throw problem;
}

/** Every entry of the log. @throws LOG_FILE_MISSING, LOG_FILE_INVALID also where they are not those of the checkpoint */
export async function readEntries(read: ReadLogFile, { size, root }: Checkpoint): Promise<readonly Uint8Array[]> {
  const entries: Uint8Array[] = [];
  for (let index = 0; index * TILE_WIDTH < size; index += 1) {
    const width = Math.min(TILE_WIDTH, size - index * TILE_WIDTH);
    const file = bundlePath(index, width);
    const bytes = await read(file);
    if (!bytes) throw new ArError('LOG_FILE_MISSING', { file });
    const bundle = parseBundle(bytes);
    if (bundle?.length !== width) throw new ArError('LOG_FILE_INVALID', { file });
    entries.push(...bundle);
  }
  const leaves = entries.map((entry) => leafHash(entry, sha256));
  if (!isSame(rootOf(leaves, sha256), root)) throw new ArError('LOG_FILE_INVALID', { file: 'tile/entries' });
  return entries;
}
