import { createHash, hash, type Hash } from 'node:crypto';
import type { DistFile, Integrity } from '@ar-registry/schemas';
import { readChunks, readSmallFile, withRegularFile } from './regular-file.ts';

/** SHA-512 of `bytes` as an integrity string. */
export function integrityOf(bytes: Uint8Array): Integrity {
  return `sha512-${hash('sha512', bytes, 'base64')}`;
}

/** SHA-512 of all chunks of a stream. Throws `signal.reason` when aborted. */
export async function integrityOfStream(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<Integrity> {
  const hashing = createHash('sha512');
  for await (const chunk of chunks) {
    signal?.throwIfAborted();
    hashing.update(chunk);
  }
  signal?.throwIfAborted();
  return toIntegrity(hashing);
}

/** SHA-512 and size of a file, read once and in constant memory. Links are not followed. @throws FILE_NOT_FOUND, FILE_ACCESS */
export async function digestFile(path: string, signal?: AbortSignal): Promise<Pick<DistFile, 'size' | 'integrity'>> {
  signal?.throwIfAborted();
  const bytes = readSmallFile(path);
  if (bytes) return { size: bytes.length, integrity: integrityOf(bytes) };
  return withRegularFile(path, async (file) => {
    const hashing = createHash('sha512');
    let size = 0;
    for await (const chunk of readChunks(file, signal)) {
      hashing.update(chunk);
      size += chunk.length;
    }
    return { size, integrity: toIntegrity(hashing) };
  });
}

/** SHA-512 of a file. Links are not followed. @throws FILE_NOT_FOUND, FILE_ACCESS */
export async function integrityOfFile(path: string, signal?: AbortSignal): Promise<Integrity> {
  return (await digestFile(path, signal)).integrity;
}

/**
 * The same at once, for whoever has many files, most of them small: undefined for one that is not.
 *
 * @throws FILE_NOT_FOUND, FILE_ACCESS
 */
export function integrityOfSmallFile(path: string): Integrity | undefined {
  const bytes = readSmallFile(path);
  return bytes && integrityOf(bytes);
}

function toIntegrity(hashing: Hash): Integrity {
  return `sha512-${hashing.digest('base64')}`;
}
