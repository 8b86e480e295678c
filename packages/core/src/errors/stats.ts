import type { ErrorEntries } from './entry.ts';

export interface StatsFacts {
  LOG_FORMAT_UNKNOWN: { file: string };
  /** `problem` completes “the log …”. */
  LOG_UNREADABLE: { file: string; problem: string };
  /** What the database says, where it is no fault of a log. */
  COUNTING_FAILED: { doing: string; reason: string };
}

export const STATS_ERRORS: ErrorEntries<StatsFacts> = {
  LOG_FORMAT_UNKNOWN: {
    exit: 1,
    message: ({ file }) => `${file} is no access log of a format that is known.`,
    remedy: () => 'Leave the file out, or say its format with --format.',
  },
  LOG_UNREADABLE: {
    exit: 1,
    message: ({ file, problem }) => `The log ${file} ${problem}. Nothing was counted.`,
    remedy: () => 'Copy the log again once its server has finished it, or leave it out and lose what it tells.',
  },
  COUNTING_FAILED: {
    exit: 4,
    message: ({ doing, reason }) => `${doing} failed: ${reason}.`,
    remedy: () =>
      'Give more memory with --memory, or a folder on a larger disk with TMPDIR, and run the command again.',
  },
};
