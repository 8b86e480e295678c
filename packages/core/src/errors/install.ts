import type { ErrorEntries } from './entry.ts';

export interface InstallFacts {
  NOT_INSTALLED: { plugin: string; suggestions: readonly string[] };
  SPEC_INVALID: { spec: string; problem: string };
  PERMISSIONS_NOT_GRANTED: { plugin: string; permissions: readonly string[] };
  PACKAGE_MISMATCH: { archive: string; expected: string; actual: string };
  LOCK_MISMATCH: { problem: string };
  LOCK_ADDRESS_REFUSED: { plugin: string; url: string; registry: string };
  DEPENDENCIES_FAILED: { plugin: string; reason: string };
  STORE_DAMAGED: { plugin: string; file: string };
  AGENT_RELAY_TOO_OLD: { plugin: string; needs: string; found: string };
}

export const INSTALL_ERRORS: ErrorEntries<InstallFacts> = {
  NOT_INSTALLED: {
    exit: 1,
    message: ({ plugin }) => `${plugin} is not installed in this project.`,
    remedy: ({ suggestions }) =>
      suggestions.length > 0 ? `Did you mean ${suggestions.join(' or ')}?` : 'See what is: ar plugin list',
  },
  SPEC_INVALID: {
    exit: 2,
    message: ({ spec, problem }) => `${spec} cannot be used here: ${problem}.`,
    remedy: ({ spec }) =>
      /^[\w-]+$/.test(spec)
        ? `Find the whole name of the plugin: ar plugin search ${spec}`
        : 'Give @scope/name, @scope/name@<version, range or tag>, ./folder, ./archive.tgz or github:owner/repository.',
  },
  PERMISSIONS_NOT_GRANTED: {
    exit: 1,
    message: ({ plugin, permissions }) =>
      `${plugin} asks for permissions that were not granted: ${permissions.join(', ')}.`,
    remedy: () => 'Read its README, then run the command again with --yes to grant them.',
  },
  PACKAGE_MISMATCH: {
    exit: 3,
    message: ({ archive, expected, actual }) => `${archive} holds ${actual}, but ${expected} was asked for.`,
    remedy: () =>
      'Do not use it. Restore ar-plugins.lock if it was changed by hand; else tell the registry’s operator.',
  },
  LOCK_MISMATCH: {
    exit: 1,
    message: ({ problem }) => `ar-plugins.lock does not fit ar-plugins.yaml: ${problem}.`,
    remedy: () => 'Install the plugin by name again, or restore both files from version control.',
  },
  LOCK_ADDRESS_REFUSED: {
    exit: 3,
    message: ({ plugin, url, registry }) =>
      `ar-plugins.lock takes ${plugin} from ${url}, which is not where the registry ${registry} has it.`,
    remedy: () => 'Find out who changed ar-plugins.lock, and restore it from version control.',
  },
  DEPENDENCIES_FAILED: {
    exit: 4,
    message: ({ plugin, reason }) => `npm could not bring the dependencies of ${plugin}: ${reason}`,
    remedy: () => 'Check that npm works here and reaches its registry, then run the command again.',
  },
  STORE_DAMAGED: {
    exit: 3,
    message: ({ plugin, file }) => `The installed files of ${plugin} were changed: ${file} is not what was published.`,
    remedy: () => 'Fetch it anew: ar plugin install',
  },
  AGENT_RELAY_TOO_OLD: {
    exit: 1,
    message: ({ plugin, needs, found }) => `${plugin} needs agent-relay ${needs} or newer; this project has ${found}.`,
    remedy: () => 'Update agent-relay within its major version 1, or choose an older version of the plugin.',
  },
};
