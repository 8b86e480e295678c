import { closeSync, constants, openSync, readSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { ArError } from '@ar-registry/core/errors';

const LIMIT_BYTES = 16 * 1024 * 1024;
/** Shorter than anybody notices. */
const PAUSE_MS = 20;

/**
 * All that is written to a pipe until whoever writes closes it.
 *
 * It is looked at again and again: to read it as a file takes a thread, which keeps the process from ending for as long
 * as nobody writes, and not every runtime reads a pipe as it reads a connection.
 *
 * @throws FILE_ACCESS, what the file system says, and `signal.reason`
 */
export async function readPipe(file: string, signal?: AbortSignal): Promise<string> {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return await readToEnd(descriptor, { file, signal });
  } finally {
    closeSync(descriptor);
  }
}

async function readToEnd(
  descriptor: number,
  { file, signal }: { readonly file: string; readonly signal: AbortSignal | undefined },
): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for (let isOpened = false; ;) {
    const chunk = readNow(descriptor);
    if (chunk === NOBODY && isOpened) return Buffer.concat(chunks).toString('utf8');
    isOpened ||= chunk !== NOBODY;
    if (chunk.length === 0) await setTimeout(PAUSE_MS, undefined, signal && { signal });
    sizeBytes += chunk.length;
    if (sizeBytes > LIMIT_BYTES) throw new ArError('FILE_ACCESS', { path: file, reason: 'it is too large' });
    chunks.push(chunk);
  }
}

const NOBODY = Buffer.alloc(0);
const NOTHING_YET = Buffer.alloc(0);

/** What there is at this moment: `NOBODY` where no one has opened it to write, `NOTHING_YET` where someone has. */
function readNow(descriptor: number): Buffer {
  const buffer = Buffer.alloc(65_536);
  try {
    const sizeBytes = readSync(descriptor, buffer);
    return sizeBytes === 0 ? NOBODY : buffer.subarray(0, sizeBytes);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return NOTHING_YET;
    throw error;
  }
}
