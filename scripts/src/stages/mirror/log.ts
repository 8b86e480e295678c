/** The log of decisions on a mirror: only its entries are fetched, and what they prove is made of them again. */
import { ArError, hasCode } from '@ar-registry/core/errors';
import { routes } from '@ar-registry/core/layout';
import {
  CHECKPOINT_PATH,
  leafHash,
  openCheckpoint,
  parseCheckpoint,
  type Checkpoint,
} from '@ar-registry/core/transparency';
import type { TrustedIndex } from '@ar-registry/core/trust';
import { readEntries, sha256 } from '@ar-registry/io/transparency';
import { logFiles } from '../log/index.ts';
import type { MirrorPorts } from './documents.ts';

/** 256 entries of the largest kind. */
const LIMIT_BYTES = 17 * 1024 * 1024;

/**
 * @returns routes of its files; none where the registry keeps no log
 * @throws LOG_CHECKPOINT_INVALID, LOG_FILE_MISSING, LOG_FILE_INVALID
 */
export async function fetchLog({ root }: TrustedIndex, ports: MirrorPorts): Promise<readonly string[]> {
  const { folder, crypto } = ports;
  const { log } = root.signed;
  const note = await folder.newest(at(CHECKPOINT_PATH));
  if (!log || !note) return [];
  const identity = { origin: log.origin, publicKey: log.public };
  const checkpoint = openCheckpoint(note, identity, { ...crypto, hash: sha256 });
  const entries = await entriesOf(checkpoint, ports);
  const leaves = entries.map((entry) => leafHash(entry, sha256));
  const before = await folder.read(at(CHECKPOINT_PATH));
  const seen = before ? Math.min(parseCheckpoint(before)?.size ?? 0, checkpoint.size) : 0;
  const found: string[] = [];
  for (const { path, bytes } of logFiles({ entries, leaves, seen })) {
    found.push(at(path));
    const held = await folder.read(at(path));
    if (held && Buffer.from(held).equals(bytes)) continue;
    // A tile never changes under its name; what is said of a plugin does.
    await (path.startsWith('tile/') ? folder.write(at(path), bytes) : folder.stage(at(path), bytes));
  }
  return found;
}

/** Those that are here first: what they come to is compared with the checkpoint. */
async function entriesOf(
  checkpoint: Checkpoint,
  { origin, folder, signal }: MirrorPorts,
): Promise<readonly Uint8Array[]> {
  const ask = async (path: string): Promise<Uint8Array | undefined> => {
    signal.throwIfAborted();
    return origin.get(at(path), LIMIT_BYTES);
  };
  try {
    return await readEntries(async (path) => (await folder.read(at(path))) ?? ask(path), checkpoint);
  } catch (error) {
    if (!(error instanceof ArError) || !hasCode(error, 'LOG_FILE_INVALID')) throw error;
    return readEntries(ask, checkpoint);
  }
}

function at(path: string): string {
  return `${routes.log}/${path}`;
}
