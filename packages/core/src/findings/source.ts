import type { FindingEntries } from './entry.ts';

/**
 * What building the pinned commit of a version gave. `detail` is one line, shortened and cleaned: in part the words of
 * the author's own programs. One shape for all, because they come back as data from where those programs ran.
 */
export interface SourceFacts {
  SOURCE_UNREACHABLE: { detail: string };
  SOURCE_COMMIT_MISSING: { detail: string };
  SOURCE_REPOSITORY_TOO_LARGE: { detail: string };
  SOURCE_INSTALL_FAILED: { detail: string };
  SOURCE_BUILD_FAILED: { detail: string };
  SOURCE_TYPES_FAILED: { detail: string };
  SOURCE_TEST_FAILED: { detail: string };
  SOURCE_PACK_FAILED: { detail: string };
  SOURCE_NOT_REPRODUCIBLE: { detail: string };
  /** `problem` completes “the provenance …”. In part the words of whoever signed it. */
  PROVENANCE_INVALID: { problem: string };
  REPORT_UNUSABLE: { problem: string };
  OSV_SNAPSHOT_UNUSABLE: { problem: string };
}

export const SOURCE_FINDINGS: FindingEntries<SourceFacts> = {
  SOURCE_UNREACHABLE: {
    severity: 'warning',
    message: ({ detail }) => `The source could not be fetched: ${detail}`,
    remedy: () => 'Make sure that everybody can clone the repository, then have the checks run again.',
  },
  SOURCE_COMMIT_MISSING: {
    severity: 'error',
    message: ({ detail }) => `The repository of the source does not have the commit: ${detail}`,
    remedy: () => 'Push the commit that you published from, then have the checks run again.',
  },
  SOURCE_REPOSITORY_TOO_LARGE: {
    severity: 'error',
    message: ({ detail }) => `The source is too large: ${detail}`,
    remedy: () => 'Keep large files out of the repository, or publish from a smaller one.',
  },
  SOURCE_INSTALL_FAILED: {
    severity: 'error',
    message: ({ detail }) => `The dependencies of the source could not be installed: ${detail}`,
    remedy: () =>
      'Commit a package-lock.json that fits package.json, of packages of the npm registry: `npm ci --ignore-scripts` must work.',
  },
  SOURCE_BUILD_FAILED: {
    severity: 'error',
    message: ({ detail }) => `The source does not build: ${detail}`,
    remedy: () => 'Make `npm run build` work in a fresh clone, without install scripts and without network.',
  },
  SOURCE_TYPES_FAILED: {
    severity: 'error',
    message: ({ detail }) => `The types of the source do not check: ${detail}`,
    remedy: () => 'Make `npm run typecheck` (or `tsc --noEmit`) work in a fresh clone.',
  },
  SOURCE_TEST_FAILED: {
    severity: 'error',
    message: ({ detail }) => `The tests of the source fail: ${detail}`,
    remedy: () => 'Make `npm test` work in a fresh clone, without network.',
  },
  SOURCE_PACK_FAILED: {
    severity: 'error',
    message: ({ detail }) => `What was built cannot be packed: ${detail}`,
    remedy: () => 'Make `ar plugin pack` work in a fresh clone after `npm run build`.',
  },
  SOURCE_NOT_REPRODUCIBLE: {
    severity: 'warning',
    message: ({ detail }) => `Building the source gives another archive than the one submitted: ${detail}`,
    remedy: () => 'Publish from a clean clone of the commit, with a build that gives the same files each time.',
  },
  PROVENANCE_INVALID: {
    severity: 'error',
    message: ({ problem }) => `The provenance proves nothing of this version: it ${problem}.`,
    remedy: () =>
      'Attach the bundle that the workflow made for this very archive, from the commit of `source`, or none.',
  },
  REPORT_UNUSABLE: {
    severity: 'warning',
    message: ({ problem }) => `The report of this version is not published: ${problem}.`,
    remedy: () => 'Make the reports anew: `ar-registry reports`.',
  },
  OSV_SNAPSHOT_UNUSABLE: {
    severity: 'warning',
    message: ({ problem }) => `The snapshot of known vulnerabilities is not published: ${problem}`,
    remedy: () => 'Make it anew: `ar-registry osv`.',
  },
};
