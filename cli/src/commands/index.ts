/** The commands of `ar plugin`, in the order in which help lists them. */
import { presented } from '../command.ts';
import { AUTHORING } from './authoring.ts';
import type { CommandEntry } from './entry.ts';
import { USING } from './using.ts';

export type { CommandEntry } from './entry.ts';

/** Name of the schema in `schemas/v1/cli` of what a command prints with --json. */
export function documentOf({ name, document }: Pick<CommandEntry, 'name' | 'document'>): string {
  return document ?? name.replaceAll(' ', '-');
}

export const COMMANDS: readonly CommandEntry[] = [
  ...USING,
  ...AUTHORING,
  {
    name: 'doctor',
    summary: 'Check that everything here works, and say how to mend what does not.',
    load: async () =>
      presented((await import('./doctor.ts')).doctor, (await import('../present/doctor.ts')).presentDoctor),
  },
  {
    name: 'completion',
    summary: 'Print what your shell reads to complete this command.',
    load: async () =>
      presented(
        (await import('./completion.ts')).completion,
        (await import('../present/completion.ts')).presentCompletion,
      ),
  },
];
