/** What tells clients which documents are not what they were, after a change of some. */
import { changeDelta, digestOf, isInDelta, type DeltaLimits, type DocumentDigest } from '@ar-registry/core/delta';
import { integrityOf } from '@ar-registry/io/digest';
import type { OutputWriter } from './output-files.ts';
import type { StagedOutput } from './staged-output.ts';
import { StateUnusable } from './state/store.ts';

/** An output that remembers the documents that are written into it. */
export interface NotedOutput extends StagedOutput {
  readonly noted: ReadonlyMap<string, Uint8Array>;
}

export function notingOutput(out: StagedOutput): NotedOutput {
  const noted = new Map<string, Uint8Array>();
  return {
    ...out,
    noted,
    write: async (path, bytes) => {
      if (isInDelta(path)) noted.set(path, bytes);
      await out.write(path, bytes);
    },
  };
}

/**
 * @param gone paths of what is no more, and may have been written again
 * @returns those of its own files that are no more
 * @throws StateUnusable where it has to be made of all documents, FILE_ACCESS, DISK_FULL
 */
export async function publishDelta(
  out: NotedOutput,
  gone: Iterable<string>,
  limits: DeltaLimits | undefined,
): Promise<readonly string[]> {
  const change = { removed: [] as DocumentDigest[], added: [] as DocumentDigest[] };
  const left = [...gone].filter((path) => isInDelta(path) && !out.noted.has(path));
  for (const path of new Set([...left, ...out.noted.keys()])) {
    // Of the build before: what is written now is moved there when all is made.
    const [before, now] = [await out.read(path), out.noted.get(path)].map((bytes) => toDigest(path, bytes));
    if (before?.digest === now?.digest) continue;
    if (before) change.removed.push(before);
    if (now) change.added.push(now);
  }
  if (change.removed.length + change.added.length === 0) return [];
  const read = (path: string): Promise<unknown> => readJson(out, path);
  const changed = await changeDelta(change, { read, hash: integrityOf, limits });
  if (!changed)
    throw new StateUnusable('The digests of documents are not what was published, or have another form now.');
  for (const { path, body } of changed.files) await out.write(path, new TextEncoder().encode(body));
  return changed.gone;
}

function toDigest(path: string, bytes: Uint8Array | undefined): DocumentDigest | undefined {
  return bytes && { path, digest: digestOf(path, bytes, integrityOf) };
}

async function readJson(out: Pick<OutputWriter, 'read'>, path: string): Promise<unknown> {
  const bytes = await out.read(path);
  try {
    return bytes && JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined; // whoever asked takes it for what is not there
  }
}
