/** The options that every command takes. */
import type { OptionValues } from './command.ts';

export const GLOBAL_OPTIONS = {
  json: { type: 'boolean', summary: 'print one JSON document on stdout' },
  registry: { type: 'string', value: 'URL', summary: 'address, folder or name of the registry (AR_REGISTRY)' },
  project: { type: 'string', value: 'FOLDER', summary: 'folder of the project, if not this one or one above' },
  global: { type: 'boolean', summary: 'the project of this user, in the data folder' },
  offline: { type: 'boolean', summary: 'ask nobody: use what is in the cache' },
  'allow-stale': { type: 'boolean', summary: 'take what a registry signed although it has expired' },
  yes: { type: 'boolean', summary: 'answer every question with yes' },
  quiet: { type: 'boolean', summary: 'print results and errors only' },
  verbose: { type: 'boolean', summary: 'print what is done, and what led to an error' },
  'no-color': { type: 'boolean', summary: 'print without colour (NO_COLOR)' },
  help: { type: 'boolean', summary: 'print help' },
} as const;

export type Globals = OptionValues<typeof GLOBAL_OPTIONS>;

/** Long name → letter. Few, since a letter cannot be guessed. */
export const SHORT_NAMES: Readonly<Record<string, string>> = { help: 'h', yes: 'y', follow: 'f' };
