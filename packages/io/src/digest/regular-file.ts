import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { ArError } from '@ar-registry/core/errors';
import { translateFileError } from '../files/index.ts';
import { systemCode } from './system-code.ts';

/** A link is not followed, and a named pipe does not block. Windows has neither flag. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * Opens `path` for `use`, if it is a regular file and not a link to one, and closes it.
 *
 * The paths come from trees that others wrote: a link could point anywhere, a device could never end.
 *
 * @throws FILE_NOT_FOUND, FILE_ACCESS, and what `use` throws
 */
export async function withRegularFile<Result>(
  path: string,
  use: (file: FileHandle) => Promise<Result>,
): Promise<Result> {
  try {
    await using file = await open(path, FLAGS);
    if (!(await file.stat()).isFile()) throw new ArError('FILE_ACCESS', { path, reason: 'it is not a regular file' });
    return await use(file);
  } catch (error) {
    throw translate(error, path);
  }
}

/** Of most files of a package, which by promises take ten times as long; also what a chunk may hold. */
const SMALL_BYTES = 64 * 1024;

/**
 * The content of a regular file that is small, read at once; undefined for a larger one.
 *
 * @throws FILE_NOT_FOUND, FILE_ACCESS
 */
export function readSmallFile(path: string): Buffer | undefined {
  try {
    const descriptor = openSync(path, FLAGS);
    try {
      const stats = fstatSync(descriptor);
      if (!stats.isFile()) throw new ArError('FILE_ACCESS', { path, reason: 'it is not a regular file' });
      return stats.size > SMALL_BYTES ? undefined : readToEnd(descriptor, stats.size);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw translate(error, path);
  }
}

/** Undefined where there is more than was said: somebody is writing. One byte more is asked for, so one read tells. */
function readToEnd(descriptor: number, size: number): Buffer | undefined {
  const buffer = Buffer.allocUnsafe(size + 1);
  let length = 0;
  for (let read = -1; read !== 0 && (length < size || read === -1); length += read)
    read = readSync(descriptor, buffer, length, buffer.length - length, null);
  return length > size ? undefined : buffer.subarray(0, length);
}

function translate(error: unknown, path: string): unknown {
  const code = systemCode(error);
  if (code === 'ENOENT') return new ArError('FILE_NOT_FOUND', { path }, { cause: error });
  if (code === 'ELOOP') return new ArError('FILE_ACCESS', { path, reason: 'it is a symbolic link' }, { cause: error });
  return translateFileError(error, path);
}

const CHUNK_BYTES = 256 * 1024;

/** The content of an open file in chunks. A chunk is overwritten by the next one. Ends by throwing `signal.reason` when aborted. */
export async function* readChunks(file: FileHandle, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  for (;;) {
    signal?.throwIfAborted();
    const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, null);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

/**
 * The content of a regular file, up to `limitBytes` of it. `truncated` tells that there is more.
 *
 * @throws FILE_NOT_FOUND, FILE_ACCESS
 */
export async function readRegularFile(
  path: string,
  limitBytes: number,
  signal?: AbortSignal,
): Promise<{ readonly bytes: Buffer; readonly truncated: boolean }> {
  return withRegularFile(path, async (file) => {
    const chunks: Buffer[] = [];
    let total = 0;
    for await (const chunk of readChunks(file, signal)) {
      chunks.push(Buffer.from(chunk));
      total += chunk.length;
      if (total > limitBytes) break;
    }
    return { bytes: Buffer.concat(chunks).subarray(0, limitBytes), truncated: total > limitBytes };
  });
}
