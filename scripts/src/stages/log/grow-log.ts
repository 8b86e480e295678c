/**
 * A log that goes on in the folder that it lies in: what is read of it is the edge of its tree, its last entries, and what
 * it says of the plugins that something new is said of. However long it is, that is a few files.
 *
 * The edge counts if the signed root comes out of it, and the last entries if they are in that tree. The rest of the folder is
 * not looked at: `audit-log` does that.
 */
import { hasCode } from '@ar-registry/core/errors';
import {
  TILE_WIDTH,
  bundlePath,
  growLevels,
  isSame,
  leafHash,
  parseBundle,
  parseEntry,
  pluginLogPath,
  rootOfLevels,
  tilePath,
  tilesSince,
  type Checkpoint,
  type Level,
} from '@ar-registry/core/transparency';
import { proveInclusion, sha256, type ReadLogFile } from '@ar-registry/io/transparency';
import { validator as isPluginLog } from '@ar-registry/schemas/validators/api/plugin-log';
import { numbersByPlugin, pluginEntries, pluginFile, tileFiles, type LogFile } from './log-files.ts';

/** Where a log ends. */
export interface LogEnd {
  /** How many entries it has. */
  readonly size: number;
  /** Of the last one. */
  readonly commit: string;
  /** Of its tree. */
  readonly edge: readonly Level[];
  /** Entries of the last bundle, none of them if it is full. */
  readonly entries: readonly Uint8Array[];
}

/** @returns undefined where what is there is not that of the checkpoint @throws FILE_ACCESS */
export async function readLogEnd(read: ReadLogFile, checkpoint: Checkpoint): Promise<LogEnd | undefined> {
  const edge = await readEdge(read, checkpoint);
  const last = await readLastBundle(read, checkpoint);
  if (!edge || !last) return undefined;
  const { size } = checkpoint;
  const entries = size % TILE_WIDTH === 0 ? [] : last.entries;
  return areLeaves(entries, edge[0]?.hashes ?? []) ? { size, commit: last.commit, edge, entries } : undefined;
}

const NONE = new Uint8Array();

/** @returns undefined where its last entry is not that of the tree */
async function readLastBundle(
  read: ReadLogFile,
  checkpoint: Checkpoint,
): Promise<Pick<LogEnd, 'commit' | 'entries'> | undefined> {
  const index = Math.ceil(checkpoint.size / TILE_WIDTH) - 1;
  const bytes = await read(bundlePath(index, checkpoint.size - index * TILE_WIDTH));
  const entries = (bytes && parseBundle(bytes)) ?? [];
  const last = entries.at(-1) ?? NONE;
  const commit = parseEntry(last)?.commit;
  return commit !== undefined && (await isLast(last, checkpoint, read)) ? { commit, entries } : undefined;
}

/** Of each level the tile that is not full. */
async function readEdge(read: ReadLogFile, { size, root }: Checkpoint): Promise<readonly Level[] | undefined> {
  const levels: Level[] = [];
  for (let level = 0, count = size; count > 0; level += 1, count = Math.floor(count / TILE_WIDTH)) {
    const [index, width] = [Math.floor(count / TILE_WIDTH), count % TILE_WIDTH];
    const bytes = width === 0 ? new Uint8Array() : await read(tilePath({ level, index, width }));
    if (bytes?.length !== width * HASH_BYTES) return undefined;
    levels.push({ start: index * TILE_WIDTH, hashes: hashesIn(bytes) });
  }
  return isSame(rootOfLevels(levels, size, sha256), root) ? levels : undefined;
}

const HASH_BYTES = 32;

function hashesIn(bytes: Uint8Array): readonly Uint8Array[] {
  const count = bytes.length / HASH_BYTES;
  return Array.from({ length: count }, (_, at) => bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES));
}

async function isLast(entry: Uint8Array, checkpoint: Checkpoint, read: ReadLogFile): Promise<boolean> {
  const leaf = { leaf: leafHash(entry, sha256), index: checkpoint.size - 1 };
  try {
    return (await proveInclusion(leaf, checkpoint, read)) !== undefined;
  } catch (error) {
    if (hasCode(error, 'LOG_FILE_MISSING') || hasCode(error, 'LOG_FILE_INVALID')) return false;
    throw error;
  }
}

function areLeaves(entries: readonly Uint8Array[], leaves: readonly Uint8Array[]): boolean {
  return (
    entries.length === leaves.length &&
    entries.every((entry, at) => isSame(leafHash(entry, sha256), leaves[at] ?? NONE))
  );
}

export interface GrownLog {
  readonly size: number;
  readonly root: Uint8Array;
  /** What is new, or other than before. */
  readonly files: readonly LogFile[];
}

/**
 * @param added what comes after the end
 * @returns undefined where what the folder says of a plugin cannot be read @throws FILE_ACCESS
 */
export async function growLog(
  end: LogEnd,
  added: readonly Uint8Array[],
  read: ReadLogFile,
): Promise<GrownLog | undefined> {
  const size = end.size + added.length;
  const leaves = added.map((entry) => leafHash(entry, sha256));
  const levels = growLevels(end.edge, leaves, sha256);
  const content = { levels, entries: [...end.entries, ...added], start: end.edge[0]?.start ?? 0 };
  const files = [...tileFiles(tilesSince(end.size, size), content)];
  for (const [plugin, numbers] of numbersByPlugin(added)) {
    const bytes = await read(pluginLogPath(plugin));
    const before = bytes ? entriesIn(bytes) : [];
    if (!before) return undefined;
    const own = pluginEntries(added, numbers, end.size);
    // What is of no checkpoint is of somebody who was stopped.
    files.push(pluginFile(plugin, [...before.filter(({ index }) => index < end.size), ...own]));
  }
  return { size, root: rootOfLevels(levels, size, sha256), files };
}

function entriesIn(bytes: Uint8Array) {
  try {
    const result = isPluginLog(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
    return result.ok ? result.value.entries : undefined;
  } catch {
    return undefined; // no UTF-8, or no JSON
  }
}
