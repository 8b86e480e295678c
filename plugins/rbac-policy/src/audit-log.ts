/**
 * The log of decisions: one JSON line each, in a file that is rotated. A decision never waits for the disk; what does not
 * fit into memory while the disk is slow or full is counted, and told.
 */
import { finished } from 'node:stream/promises';
import { createStream } from 'rotating-file-stream';

const AUDIT_FILE = 'decisions.log';
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

export interface AuditLog {
  write(entry: Readonly<Record<string, unknown>>): void;
  status(): { readonly lost: number; readonly failure?: string };
  /** Resolves when what was written is in the file, or cannot be. */
  close(): Promise<void>;
}

/** @throws what the file system says, where the file cannot be opened */
export async function openAuditLog(dir: string): Promise<AuditLog> {
  const stream = createStream(AUDIT_FILE, { path: dir, size: '10M', rotate: 5, mode: 0o600 });
  let lost = 0;
  let failure: string | undefined;
  // Without a listener an error would end the process.
  stream.on('error', (error: Error) => (failure = error.message));
  await new Promise<void>((resolve, reject) => {
    stream.write('', (error) => (error ? reject(error) : resolve()));
  });
  return {
    write(entry) {
      if (stream.destroyed || stream.writableLength > MAX_WAITING_BYTES) lost += 1;
      else stream.write(`${JSON.stringify(entry)}\n`, (error) => (lost += error ? 1 : 0));
    },
    status: () => ({ lost, ...(failure === undefined ? {} : { failure }) }),
    close: async () => {
      // What went wrong is in `failure`.
      await finished(stream.end()).catch(() => undefined);
    },
  };
}
