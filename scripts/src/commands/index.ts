import type { Command } from '../command.ts';

/** The commands, each loaded when it is asked for. */
export const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  validate: async () => (await import('./validate.ts')).validate,
  scan: async () => (await import('./scan.ts')).scan,
  merge: async () => (await import('./merge.ts')).merge,
  build: async () => (await import('./build.ts')).build,
  serve: async () => (await import('./serve.ts')).serve,
};
