import type { ErrorEntries } from './entry.ts';

export interface ArchiveFacts {
  INTEGRITY_MISMATCH: { archive: string; expected: string; actual: string };
  ARCHIVE_INVALID: { archive: string; problem: string };
  ARCHIVE_TOO_LARGE: { archive: string; what: string; limit: number };
  ARCHIVE_NOT_IN_STORE: { integrity: string; store: string };
  PACKAGE_FILE_REFUSED: { file: string; problem: string };
}

export const ARCHIVE_ERRORS: ErrorEntries<ArchiveFacts> = {
  INTEGRITY_MISMATCH: {
    exit: 3,
    message: ({ archive, expected, actual }) =>
      `${archive} is not what was published: expected ${expected}, got ${actual}.`,
    remedy: () => 'Do not use it. Try again later, and tell the registry’s operator if it stays so.',
  },
  ARCHIVE_INVALID: {
    exit: 3,
    message: ({ archive, problem }) => `${archive} is refused: ${problem}.`,
    remedy: () => 'Pack the plugin with `ar plugin pack`, which never makes such an archive.',
  },
  ARCHIVE_TOO_LARGE: {
    exit: 3,
    message: ({ archive, what, limit }) => `${archive} is refused: ${what} exceeds the limit of ${limit}.`,
    remedy: () => 'Leave out what the plugin does not need at run time (see `files` in ar-plugin.yaml).',
  },
  ARCHIVE_NOT_IN_STORE: {
    exit: 1,
    message: ({ integrity, store }) => `The archive ${integrity} is not in the store ${store}.`,
    remedy: () => 'Publish the plugin again, or restore the store from a backup.',
  },
  PACKAGE_FILE_REFUSED: {
    exit: 1,
    message: ({ file, problem }) => `${file} cannot be packed: ${problem}.`,
    remedy: () => 'Mend it, or leave it out of the package (see `files` in ar-plugin.yaml).',
  },
};
