/** What is served, held against what was built, byte for byte. */
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { inParallel } from '@ar-registry/io/install';
import type { RebuildReport } from '@ar-registry/schemas';

/** A file of the site by its path; undefined where there is none. */
export type ReadSite = (path: string) => Promise<Uint8Array | undefined>;

export type Difference = RebuildReport['differences'][number];

/** Paths of the files of a folder that a build wrote; what begins with a dot is not served. */
export async function builtFiles(folder: string): Promise<readonly string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .filter((file) => file.split('/').every((part) => !part.startsWith('.')))
    .toSorted();
}

/** The files that are served otherwise than they were built. */
export async function compareFiles(
  files: readonly string[],
  {
    folder,
    read,
    signal,
  }: { readonly folder: string; readonly read: ReadSite; readonly signal?: AbortSignal | undefined },
): Promise<readonly Difference[]> {
  const compared = await inParallel(files, async (file): Promise<readonly Difference[]> => {
    signal?.throwIfAborted();
    const served = await read(file);
    if (!served) return [{ path: file, kind: 'missing' }];
    return (await readFile(path.join(folder, file))).equals(served) ? [] : [{ path: file, kind: 'different' }];
  });
  return compared.flat();
}
