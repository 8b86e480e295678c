import type { VersionRecord } from '@ar-registry/schemas';
import { finding, type Finding } from '../findings/index.ts';
import { indexPaths } from '../layout/index.ts';
import { limitsOf } from '../record/index.ts';
import type { Snapshot } from '../snapshot/index.ts';
import type { IndexRule } from './rule.ts';

/** What a record says of its archive is within the limits of the registry, and names one archive only. */
export const checkDistLimits: IndexRule = ({ snapshot }) =>
  snapshot.plugins.flatMap(({ versions }) => versions.flatMap((version) => checkDist(version, snapshot)));

function checkDist({ manifest, dist }: VersionRecord, { registry }: Snapshot): readonly Finding[] {
  const limits = limitsOf(registry);
  const file = indexPaths.version(manifest.name, manifest.version);
  const largest = dist.files.reduce((most, { size }) => Math.max(most, size), 0);
  const measures: readonly (readonly [string, string, number, number])[] = [
    ['dist.size', 'The archive’s size in bytes', dist.size, limits.archiveBytes],
    ['dist.unpackedSize', 'The unpacked size in bytes', dist.unpackedSize, limits.unpackedBytes],
    ['dist.fileCount', 'The number of files', dist.fileCount, limits.fileCount],
    ['dist.files', 'The largest file’s size in bytes', largest, limits.fileBytes],
  ];
  const over = measures
    .filter(([, , found, limit]) => found > limit)
    .map(([path, what, found, limit]) => finding('DIST_OVER_LIMIT', { file, path }, { what, found, limit }));
  if (!dist.tarball.startsWith('store:') || dist.tarball === `store:${dist.integrity}`) return over;
  const facts = { what: 'dist.tarball', recorded: dist.integrity, found: dist.tarball };
  return [...over, finding('ARCHIVE_NOT_AS_RECORDED', { file, path: 'dist.tarball' }, facts)];
}
