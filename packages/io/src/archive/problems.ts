import type { ArchiveProblem } from '@ar-registry/core/archive';
import { ArError } from '@ar-registry/core/errors';

/** The error for what is wrong with the archive called `archive`: the first problem, and how many more there are. */
export function archiveError(
  archive: string,
  [first, ...more]: readonly [ArchiveProblem, ...ArchiveProblem[]],
  cause?: unknown,
): ArError {
  const options = cause === undefined ? {} : { cause };
  if (first.kind === 'too-large') {
    return new ArError('ARCHIVE_TOO_LARGE', { archive, what: first.what, limit: first.limit }, options);
  }
  const problem = more.length === 0 ? first.problem : `${first.problem} (and ${more.length} more)`;
  return new ArError('ARCHIVE_INVALID', { archive, problem }, options);
}

/** The same for a single problem that is not one of size. */
export function invalidArchive(archive: string, problem: string, cause?: unknown): ArError {
  return archiveError(archive, [{ kind: 'invalid', problem }], cause);
}

/** The same for one limit that is exceeded. */
export function tooLarge(archive: string, what: string, limit: number): ArError {
  return archiveError(archive, [{ kind: 'too-large', what, limit }]);
}
