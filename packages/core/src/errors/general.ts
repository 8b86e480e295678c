import type { ErrorEntries } from './entry.ts';

export interface GeneralFacts {
  USAGE: { problem: string; suggestion?: string; help: string };
  ABORTED: { doing: string };
  LOCK_HELD: { resource: string; holder: string; waitedMs: number };
  DISK_FULL: { path: string };
  FILE_ACCESS: { path: string; reason: string };
  FILE_NOT_FOUND: { path: string };
  FILE_INVALID: { file: string; problem: string };
  COMMAND_FAILED: { command: string; exitCode: number | undefined; output: string };
  COMMAND_NOT_FOUND: { command: string };
  HOME_UNKNOWN: Record<string, never>;
  DATA_DIR_RELATIVE: { dir: string };
}

export const GENERAL_ERRORS: ErrorEntries<GeneralFacts> = {
  USAGE: {
    exit: 2,
    message: ({ problem }) => problem,
    remedy: ({ suggestion, help }) => (suggestion ? `Did you mean ${suggestion}? See: ${help}` : `See: ${help}`),
  },
  ABORTED: {
    exit: 130,
    message: ({ doing }) => `Interrupted while ${doing}.`,
    remedy: () => 'Run the command again: nothing was left half-done.',
  },
  LOCK_HELD: {
    exit: 4,
    message: ({ resource, holder, waitedMs }) =>
      `${resource} is in use by ${holder}; gave up after ${Math.round(waitedMs / 1000)} s.`,
    remedy: () => 'Wait until that command has ended, then run this one again.',
  },
  DISK_FULL: {
    exit: 4,
    message: ({ path }) => `No space is left on the disk that holds ${path}.`,
    remedy: () => 'Free some space and run the command again: what was installed before is untouched.',
  },
  FILE_ACCESS: {
    exit: 4,
    message: ({ path, reason }) => `${path} cannot be used: ${reason}.`,
    remedy: ({ path }) => `Check that ${path} exists and that you may read and write it.`,
  },
  FILE_NOT_FOUND: {
    exit: 1,
    message: ({ path }) => `${path} does not exist.`,
    remedy: () => 'Check the path.',
  },
  FILE_INVALID: {
    exit: 1,
    message: ({ file, problem }) => `${file} is not valid: ${problem}.`,
    remedy: ({ file }) => `Mend ${file}, or restore it from version control.`,
  },
  COMMAND_FAILED: {
    exit: 4,
    message: ({ command, exitCode, output }) =>
      `\`${command}\` failed with ${exitCode === undefined ? 'a signal' : `exit code ${exitCode}`}${output ? `: ${output}` : '.'}`,
    remedy: ({ command }) => `Run \`${command}\` by hand to see all that it says.`,
  },
  COMMAND_NOT_FOUND: {
    exit: 4,
    message: ({ command }) => `The program \`${command}\` was not found.`,
    remedy: ({ command }) => `Install ${command} and make sure that it is in PATH.`,
  },
  HOME_UNKNOWN: {
    exit: 4,
    message: () => 'There is no home folder: HOME is no absolute path, and the system knows none for this user.',
    remedy: () => 'Set HOME, or both AGENT_RELAY_DATA_DIR and XDG_CONFIG_HOME, to absolute paths.',
  },
  DATA_DIR_RELATIVE: {
    exit: 2,
    message: ({ dir }) => `AGENT_RELAY_DATA_DIR is no absolute path: ${dir}.`,
    remedy: () => 'Give the whole path: the data must be in one place wherever a command runs.',
  },
};
