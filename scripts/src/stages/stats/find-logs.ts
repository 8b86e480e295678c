/** From what an operator names to logs: files, each once, and what they are. */
import { createReadStream } from 'node:fs';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { ArError } from '@ar-registry/core/errors';
import { translateFileError } from '@ar-registry/io/files';
import { detectFormat, type DetectedFormat, type LogFormat } from './formats.ts';

/** A log that can be read. */
export interface Log extends DetectedFormat {
  /** Real path. */
  readonly file: string;
  readonly compressed: boolean;
}

const HEAD_BYTES = 64 * 1024;

/**
 * The files that are named, and all in the folders that are, but for those whose names begin with a dot and for empty
 * ones. One that is named twice, or by a link, is one.
 *
 * @throws FILE_NOT_FOUND, FILE_ACCESS, LOG_FORMAT_UNKNOWN, LOG_UNREADABLE for a gzip file that is not whole
 */
export async function findLogs(
  named: readonly string[],
  { format, signal }: { readonly format: LogFormat | undefined; readonly signal: AbortSignal },
): Promise<readonly Log[]> {
  const files = new Set<string>();
  for (const path of named) for (const file of await filesAt(path)) files.add(file);
  const logs: Log[] = [];
  for (const file of [...files].toSorted()) {
    signal.throwIfAborted();
    const { head, compressed } = await readHead(file, signal);
    if (head.trim() === '') continue;
    const detected = detectFormat(head, format);
    if (!detected) throw new ArError('LOG_FORMAT_UNKNOWN', { file });
    logs.push({ file, compressed, ...detected });
  }
  return logs;
}

async function filesAt(path: string): Promise<readonly string[]> {
  try {
    const real = await realpath(path);
    const info = await stat(real);
    if (info.isFile()) return [real];
    if (!info.isDirectory()) throw new ArError('LOG_UNREADABLE', { file: path, problem: 'is no file' });
    const entries = (await readdir(real)).filter((name) => !name.startsWith('.'));
    return (await Promise.all(entries.map((name) => filesAt(join(real, name))))).flat();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw new ArError('FILE_NOT_FOUND', { path }, { cause: error });
    throw translateFileError(error, path);
  }
}

async function readHead(file: string, signal: AbortSignal): Promise<{ head: string; compressed: boolean }> {
  try {
    const bytes = await readStart(file);
    const compressed = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return { head: (compressed ? await unzipHead(file, signal) : bytes).toString('latin1'), compressed };
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_'))
      throw new ArError('LOG_UNREADABLE', { file, problem: 'is no whole gzip file' }, { cause: error });
    throw translateFileError(error, file);
  }
}

async function readStart(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Reads to the end: the database takes what there is of a file that was cut off, and a day must not become final so. */
async function unzipHead(file: string, signal: AbortSignal): Promise<Buffer> {
  const head: Buffer[] = [];
  let size = 0;
  const keep = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (size < HEAD_BYTES) head.push(chunk.subarray(0, HEAD_BYTES - size));
      size += chunk.length;
      done();
    },
  });
  await pipeline(createReadStream(file), createGunzip(), keep, { signal });
  return Buffer.concat(head);
}
