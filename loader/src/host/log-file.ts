/**
 * A log that plugins write to and users follow: one JSON object a line, in a file that is rotated by size.
 *
 * Writing never blocks the daemon and never fails for the writer: lines are batched, a flood is cut off, and a full
 * disk loses lines, not the daemon.
 */
import { appendFile, rename, stat } from 'node:fs/promises';
import { makeFolder } from '@ar-registry/io/files';
import { dirname } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';

export interface LogFile {
  /** Queues one line, without its line feed. */
  write(line: string): void;
  /** Settles when everything queued is written, or is lost because the disk refused it. */
  close(): Promise<void>;
}

export interface LogFileOptions {
  /** Absolute path. Older parts are `<path>.1`, `<path>.2`, … */
  readonly path: string;
  readonly maxBytes?: number;
  /** Older parts to keep. */
  readonly keep?: number;
}

const MAX_PENDING_CHARS = 1024 * 1024;
const DEFAULT_MAX_BYTES = 5 * 1024 * 1024;
const DEFAULT_KEEP = 3;

export function createLogFile({ path, maxBytes = DEFAULT_MAX_BYTES, keep = DEFAULT_KEEP }: LogFileOptions): LogFile {
  let pending: string[] = [];
  let pendingChars = 0;
  let lost = 0;
  let sizeBytes: number | undefined;
  let writing: Promise<void> | undefined;

  const flush = async (): Promise<void> => {
    await nextTurn();
    while (pending.length > 0) {
      const lines = lost > 0 ? [...pending, lossLine(lost)] : pending;
      const text = `${lines.join('\n')}\n`;
      pending = [];
      pendingChars = 0;
      lost = 0;
      try {
        sizeBytes = await append(text, { path, maxBytes, keep, sizeBytes });
      } catch {
        // The disk is full, or the folder is gone. There is nowhere to tell but the next line that gets through.
        lost += lines.length;
        sizeBytes = undefined;
      }
    }
    writing = undefined;
  };

  return {
    write(line) {
      if (pendingChars + line.length > MAX_PENDING_CHARS) {
        lost += 1;
        return;
      }
      pending.push(line);
      pendingChars += line.length;
      writing ??= flush();
    },
    close: async () => writing,
  };
}

interface AppendState {
  readonly path: string;
  readonly maxBytes: number;
  readonly keep: number;
  /** Undefined before the first write. */
  readonly sizeBytes: number | undefined;
}

/** @returns the size of the file afterwards */
async function append(text: string, { path, maxBytes, keep, sizeBytes }: AppendState): Promise<number> {
  const known = sizeBytes ?? (await openSize(path));
  const added = Buffer.byteLength(text);
  const full = known > 0 && known + added > maxBytes;
  if (full) await rotate(path, keep);
  await appendFile(path, text, { mode: 0o600 });
  return (full ? 0 : known) + added;
}

async function openSize(path: string): Promise<number> {
  await makeFolder(dirname(path), 0o700);
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

async function rotate(path: string, keep: number): Promise<void> {
  for (let part = keep; part >= 1; part -= 1) {
    const from = part === 1 ? path : `${path}.${part - 1}`;
    await rename(from, `${path}.${part}`).catch(ignoreMissing);
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
}

function lossLine(lost: number): string {
  return JSON.stringify({ level: 'warn', msg: 'lines were lost', extra: { lost } });
}
