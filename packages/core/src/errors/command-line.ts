import type { ErrorEntries } from './entry.ts';

export interface CommandLineFacts {
  PROJECT_FOREIGN: { file: string };
}

export const COMMAND_LINE_ERRORS: ErrorEntries<CommandLineFacts> = {
  PROJECT_FOREIGN: {
    exit: 3,
    message: ({ file }) => `${file} belongs to another user, so it is not taken for your project.`,
    remedy: () => 'Name its folder with --project if you trust whoever wrote it.',
  },
};
