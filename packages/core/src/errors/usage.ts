/** Errors of the commands for what is installed already: update, verify, cache, enable, config. */
import type { ErrorEntries } from './entry.ts';

export interface UsageFacts {
  FILE_MERGE_CONFLICT: { file: string };
  FILE_TOO_NEW: { file: string; schemaVersion: number };
  PLUGIN_NOT_FETCHED: { plugin: string };
  CONFIG_KEY_UNKNOWN: { plugin: string; key: string; suggestions: readonly string[] };
  CONFIG_VALUE_INVALID: { plugin: string; key: string; problem: string };
  CONFIG_SECRET: { plugin: string; key: string; variable?: string };
  CONFIG_NOT_SET: { plugin: string; key: string };
  TERMINAL_NEEDED: { command: string; instead: string };
}

export const USAGE_ERRORS: ErrorEntries<UsageFacts> = {
  FILE_MERGE_CONFLICT: {
    exit: 1,
    message: ({ file }) => `${file} holds both sides of a merge that was not resolved.`,
    remedy: () =>
      'Resolve ar-plugins.yaml by hand, take one side of ar-plugins.lock as a whole, then run: ar plugin update',
  },
  FILE_TOO_NEW: {
    exit: 1,
    message: ({ file, schemaVersion }) =>
      `${file} has the format ${schemaVersion}, which was written by a newer version of ar.`,
    remedy: () => 'Update ar: npm install -g @ar-registry/cli@latest',
  },
  PLUGIN_NOT_FETCHED: {
    exit: 1,
    message: ({ plugin }) => `${plugin} is in ar-plugins.lock, but its files are not on this machine.`,
    remedy: () => 'Fetch what the lock names: ar plugin install',
  },
  CONFIG_KEY_UNKNOWN: {
    exit: 1,
    message: ({ plugin, key }) => `${plugin} has no configuration value ${key}.`,
    remedy: ({ plugin, suggestions }) =>
      suggestions.length > 0
        ? `Did you mean ${suggestions.join(' or ')}?`
        : `See which it has: ar plugin config list ${plugin}`,
  },
  CONFIG_VALUE_INVALID: {
    exit: 2,
    message: ({ plugin, key, problem }) => `${key} of ${plugin} cannot have this value: it ${problem}.`,
    remedy: ({ plugin }) => `See what each value may be: ar plugin config list ${plugin}`,
  },
  CONFIG_SECRET: {
    exit: 1,
    message: ({ plugin, key }) => `${key} of ${plugin} is a secret, and ar-plugins.yaml is no place for one.`,
    remedy: ({ key, variable }) =>
      variable === undefined
        ? `Hand it over in ar.config.ts, read from the environment: config: { ${key}: process.env.… }`
        : `Set ${variable} in the environment, or in .env beside ar-plugins.yaml (not committed).`,
  },
  CONFIG_NOT_SET: {
    exit: 1,
    message: ({ plugin, key }) => `${key} of ${plugin} is not set in ar-plugins.yaml and has no default.`,
    remedy: ({ plugin, key }) => `Set it: ar plugin config set ${plugin} ${key} <value>`,
  },
  TERMINAL_NEEDED: {
    exit: 2,
    message: ({ command }) => `${command} asks questions, and there is no terminal to ask them on.`,
    remedy: ({ instead }) => `Use instead: ${instead}`,
  },
};
