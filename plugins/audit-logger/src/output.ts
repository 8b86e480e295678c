/**
 * One open stream on the file, rotated by size: `audit.log`, then `audit.log.1` (the newest) and so on.
 *
 * After a failure a stream is of no more use: open another. On a full disk the file system may take a part of a text
 * and report success, and only the next write fails; that is why opening tells whether the file ended inside a line.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { createStream, type RotatingFileStream } from 'rotating-file-stream';

export interface OutputOptions {
  readonly dir: string;
  readonly fileName: string;
  readonly maxSizeBytes: number;
  /** The current file included. */
  readonly maxFiles: number;
}

export interface Output {
  /** Whether the file ended inside a line: what was written last was cut off, by a full disk or a crash. It is ended. */
  readonly foundTornLine: boolean;
  /**
   * Rejects if the text could not be written, or if the rotation that followed failed. `onWritten` is called in the
   * second case too: the text is in the file and must not be written again.
   */
  readonly write: (text: string, onWritten: () => void) => Promise<void>;
  readonly abandon: () => void;
  readonly close: () => Promise<void>;
}

/** Opens the file for appending, readable by its owner alone. @throws what the file system says */
export async function openOutput({ dir, fileName, maxSizeBytes, maxFiles }: OutputOptions): Promise<Output> {
  const foundTornLine = await endTornLine(join(dir, fileName));
  const stream = createStream(fileName, { path: dir, size: `${maxSizeBytes}B`, rotate: maxFiles - 1, mode: 0o600 });
  // Every failure also reaches the callback of the write it belongs to; without a listener it would end the process.
  stream.on('error', () => undefined);
  let rotations = 0;
  stream.on('rotation', () => (rotations += 1));
  await write(stream, '');
  return {
    foundTornLine,
    async write(text, onWritten) {
      const before = rotations;
      try {
        await write(stream, text);
      } catch (error) {
        if (rotations > before) onWritten();
        throw error;
      }
      onWritten();
    },
    abandon: () => stream.destroy(),
    close: () => finished(stream.end()),
  };
}

/** Ends the file with a newline if it does not, so that the next line is not glued to what was cut off. */
async function endTornLine(path: string): Promise<boolean> {
  const file = await openExisting(path);
  if (!file) return false;
  try {
    const { size } = await file.stat();
    if (size === 0) return false;
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
    if (buffer[0] === 0x0a) return false;
    await file.write('\n', size);
    return true;
  } finally {
    await file.close();
  }
}

async function openExisting(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r+');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function write(stream: RotatingFileStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
