/**
 * The file that lines are appended to, rotated by size: `audit.log`, then `audit.log.1` (the newest) and so on.
 *
 * A line that could not be written is kept and tried again with the next one, in order, up to `MAX_PENDING`; the disk
 * may have room again by then. What does not fit is counted, never silently dropped.
 */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { createStream, type RotatingFileStream } from 'rotating-file-stream';

const MAX_PENDING = 1000;

export interface AuditFileOptions {
  readonly dir: string;
  readonly fileName: string;
  readonly maxSizeBytes: number;
  readonly maxFiles: number;
  /** Called once when writing begins to fail, not again until it has worked. */
  onFailure(error: Error): void;
  onRecovery(): void;
}

export interface AuditFileStatus {
  readonly written: number;
  /** Lines that wait for the file to become writable. */
  readonly pending: number;
  /** Lines given up: more were pending than memory may hold, or the file was closed before it could be written. */
  readonly lost: number;
  /** What the last attempt failed with; absent when it succeeded. */
  readonly failure?: string;
}

export interface AuditFile {
  /** Resolves when the operating system has the line, or when it is kept for later. Never rejects. */
  append(line: string): Promise<void>;
  status(): AuditFileStatus;
  /** Writes what is pending and closes the file. Lines appended later are lost, and counted. */
  close(): Promise<void>;
}

/** Opens the file, so that a folder which cannot be written is known at once. @throws what the file system says */
export async function openAuditFile(options: AuditFileOptions): Promise<AuditFile> {
  const pending: string[] = [];
  let stream: RotatingFileStream | undefined = await openStream(options);
  let failure: Error | undefined;
  let written = 0;
  let lost = 0;
  let closed = false;
  let tail = Promise.resolve();

  const flush = async (): Promise<void> => {
    try {
      for (let line = pending[0]; line !== undefined; line = pending[0]) {
        stream ??= await openStream(options);
        await write(stream, line);
        pending.shift();
        written += 1;
        if (failure) options.onRecovery();
        failure = undefined;
      }
    } catch (error) {
      stream?.destroy();
      stream = undefined;
      if (!failure) options.onFailure(toError(error));
      failure = toError(error);
    }
  };
  /** One flush at a time: order, and no second stream on the same file. */
  const enqueue = (work: () => Promise<void>): Promise<void> => (tail = tail.then(work));

  return {
    append(line) {
      if (closed || pending.length >= MAX_PENDING) {
        lost += 1;
        return tail;
      }
      pending.push(line);
      return enqueue(flush);
    },
    status: () => ({ written, pending: pending.length, lost, ...(failure && { failure: failure.message }) }),
    close() {
      closed = true;
      return enqueue(async () => {
        await flush();
        lost += pending.splice(0).length;
        if (stream) await finished(stream.end());
      });
    },
  };
}

async function openStream({ dir, fileName, maxSizeBytes, maxFiles }: AuditFileOptions): Promise<RotatingFileStream> {
  const torn = await endsInsideLine(join(dir, fileName));
  const stream = createStream(fileName, { path: dir, size: `${maxSizeBytes}B`, rotate: maxFiles - 1, mode: 0o600 });
  // Every failure also reaches the callback of the write it belongs to; without a listener it would end the process.
  stream.on('error', () => undefined);
  await write(stream, torn ? '\n' : '');
  return stream;
}

/** Whether the last write was cut off, by a crash or a full disk: the next line must not be glued to it. */
async function endsInsideLine(path: string): Promise<boolean> {
  try {
    await using file = await open(path, 'r');
    const { size } = await file.stat();
    if (size === 0) return false;
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
    return buffer[0] !== 0x0a;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

function write(stream: RotatingFileStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
