import type { DistFile } from '@ar-registry/schemas';
import { integrityOf } from '../digest/index.ts';
import type { ArchiveContents } from './read-archive.ts';

/** Path, size and integrity of each file of an archive, sorted by path: what `dist.files` and store entries hold. */
export function describeFiles(contents: Pick<ArchiveContents, 'files'>): DistFile[] {
  return Array.from(contents.files, ([path, { bytes }]) => ({
    path,
    size: bytes.length,
    integrity: integrityOf(bytes),
  })).toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
