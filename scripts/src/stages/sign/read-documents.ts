import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { ArError } from '@ar-registry/core/errors';
import { TARGETS_ROUTE, isSignedPath } from '@ar-registry/core/trust';
import { translateFileError } from '@ar-registry/io/files';
import { inParallel } from '@ar-registry/io/install';
import { readFolderFile } from '@ar-registry/io/trust';
import type { TrustTargetFile } from '@ar-registry/schemas';

/**
 * Every document of a built site that the signed index names, by its path below `/api/v1/`.
 *
 * @throws FILE_NOT_FOUND for a folder that no build wrote, FILE_ACCESS
 */
export async function readDocuments(
  site: string,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, TrustTargetFile>> {
  const top = path.join(site, TARGETS_ROUTE);
  const paths = (await listFiles(top)).filter(isSignedPath);
  if (!paths.includes('config.json')) throw new ArError('FILE_NOT_FOUND', { path: path.join(top, 'config.json') });
  const entries = await inParallel(paths, async (document) => {
    signal?.throwIfAborted();
    const file = path.join(top, document);
    const bytes = await readFile(file).catch((error: unknown) => {
      throw translateFileError(error, file);
    });
    return [document, toTarget(bytes)] as const;
  });
  return new Map(entries);
}

/** One of them; undefined for one that is not there. @throws FILE_ACCESS */
export async function readDocument(site: string, document: string): Promise<TrustTargetFile | undefined> {
  const bytes = await readFolderFile(path.join(site, TARGETS_ROUTE, document));
  return bytes && toTarget(bytes);
}

function toTarget(bytes: Uint8Array): TrustTargetFile {
  return { length: bytes.length, hashes: { sha256: createHash('sha256').update(bytes).digest('hex') } };
}

/** Plain files below a folder, with `/` between their parts; what begins with a dot is nobody's document. */
async function listFiles(top: string): Promise<readonly string[]> {
  const found = await readdir(top, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    throw translateFileError(error, top);
  });
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(top, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .filter((file) => file.split('/').every((part) => !part.startsWith('.')))
    .toSorted();
}
