import type { ErrorEntries } from './entry.ts';

export interface OsvFacts {
  OSV_EXPORT_INVALID: { source: string; problem: string };
  OSV_EXPORT_SHRUNK: { source: string; records: number; before: number };
}

export const OSV_ERRORS: ErrorEntries<OsvFacts> = {
  OSV_EXPORT_INVALID: {
    exit: 1,
    message: ({ source, problem }) => `${source} is no export of the OSV database for npm: ${problem}.`,
    remedy: () => 'Give npm/all.zip of OSV’s export, or a folder with one JSON file for each record.',
  },
  OSV_EXPORT_SHRUNK: {
    exit: 1,
    message: ({ source, records, before }) =>
      `${source} has ${records} records for npm; the present snapshot has ${before}. It was left as it is.`,
    remedy: () => 'Look into why records are missing; take the export all the same with --force.',
  },
};
