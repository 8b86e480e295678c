import { ARCHIVE_ROOT, checkEntries, DEFAULT_ARCHIVE_LIMITS, type ArchiveProblem } from '../archive/index.ts';
import { finding } from '../findings/index.ts';
import { MANIFEST_FILE } from '../layout/index.ts';
import type { PackageRule } from './package-view.ts';

/** What is packed may be in an archive: paths that every system can hold, and sizes within the limits. */
export const checkContents: PackageRule = ({ files, nameOf }) => {
  const entries = Array.from(files, ([path, { sizeBytes }]) => ({
    kind: 'file' as const,
    path: `${ARCHIVE_ROOT}/${path}`,
    sizeBytes,
    mode: 0o644,
  }));
  return checkEntries(entries, DEFAULT_ARCHIVE_LIMITS).map((problem) =>
    finding('PACKAGE_REFUSED', { file: nameOf(MANIFEST_FILE) }, { problem: `${sentence(problem)}.` }),
  );
};

function sentence(problem: ArchiveProblem): string {
  return problem.kind === 'too-large' ? `${problem.what} exceeds the limit of ${problem.limit}` : problem.problem;
}
