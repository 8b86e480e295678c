/**
 * The log of decisions: one JSON line each, in a file that is rotated. A decision never waits for the disk; what does not
 * fit into memory while the disk is slow, or comes while it cannot be written, is counted, and told. It is tried again.
 */
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { createStream, type RotatingFileStream } from 'rotating-file-stream';

const AUDIT_FILE = 'decisions.log';
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
const AGAIN_MS = 5000;

export interface AuditLog {
  write(entry: Readonly<Record<string, unknown>>): void;
  /** `failure` as long as the file cannot be written. */
  status(): { readonly lost: number; readonly failure?: string };
  /** Resolves when what was written is in the file, or cannot be. */
  close(): Promise<void>;
}

/**
 * @param nowMs milliseconds, for when to try again
 * @throws what the file system says, where the file cannot be opened
 */
export async function openAuditLog(dir: string, nowMs: () => number): Promise<AuditLog> {
  let stream: RotatingFileStream | undefined;
  let lost = 0;
  let failure: string | undefined;
  let triedMs = nowMs();
  let opening: Promise<void> | undefined;

  const fail = (error: unknown): void => {
    failure = error instanceof Error ? error.message : String(error);
    stream?.destroy();
    stream = undefined;
  };
  const begin = async (): Promise<void> => {
    const opened = await openStream(dir);
    opened.on('error', fail);
    [stream, failure] = [opened, undefined];
  };
  const beginAgain = (): void => {
    if (opening || nowMs() - triedMs < AGAIN_MS) return;
    triedMs = nowMs();
    opening = begin()
      .catch(fail)
      .finally(() => (opening = undefined));
  };
  await begin();
  return {
    write(entry) {
      if (stream && stream.writableLength <= MAX_WAITING_BYTES) {
        stream.write(`${JSON.stringify(entry)}\n`, (error) => (lost += error ? 1 : 0));
        return;
      }
      lost += 1;
      if (!stream) beginAgain();
    },
    status: () => ({ lost, ...(failure === undefined ? {} : { failure }) }),
    close: async () => {
      await opening;
      // What went wrong is in `failure`.
      if (stream) await finished(stream.end()).catch(() => undefined);
    },
  };
}

async function openStream(dir: string): Promise<RotatingFileStream> {
  // Where there is no folder, what opens the file would try to make one for ever.
  await stat(dir);
  await endTornLine(join(dir, AUDIT_FILE));
  const stream = createStream(AUDIT_FILE, { path: dir, size: '10M', rotate: 5, mode: 0o600 });
  await new Promise<void>((resolve, reject) => {
    stream.once('error', reject);
    stream.write('', (error) => (error ? reject(error) : resolve()));
  });
  return stream;
}

/** Ends the file with a newline if it does not: a full disk takes a part of a line. */
async function endTornLine(path: string): Promise<void> {
  const file = await open(path, 'r+').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!file) return;
  try {
    const { size } = await file.stat();
    if (size === 0) return;
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
    if (buffer[0] !== 0x0a) await file.write('\n', size);
  } finally {
    await file.close();
  }
}
