import type { ApiDocument } from '@ar-registry/core/api';
import { packSearchFile } from '@ar-registry/io/api-client';
import { inParallel } from '@ar-registry/io/install';
import type { OutputWriter } from './output-files.ts';

/** How many documents are held at a time. */
const BATCH = 256;

/**
 * Documents of one kind in parallel; the next kind only when all of the one before are there.
 *
 * @throws FILE_ACCESS, DISK_FULL, ABORTED
 */
export async function writeDocuments(
  documents: Iterable<ApiDocument>,
  out: OutputWriter,
  signal: AbortSignal | undefined,
): Promise<void> {
  let batch: ApiDocument[] = [];
  const flush = async (): Promise<void> => {
    signal?.throwIfAborted();
    await inParallel(batch, async (document) => out.write(document.path, await toBytes(document)));
    batch = [];
  };
  for (const document of documents) {
    if (batch.length >= BATCH || batch[0]?.kind !== document.kind) await flush();
    batch.push(document);
  }
  await flush();
}

/** Files of a search index are compressed as such, wherever they are served. */
async function toBytes({ kind, body }: ApiDocument): Promise<Uint8Array> {
  return kind === 'search' ? packSearchFile(body) : new TextEncoder().encode(body);
}
