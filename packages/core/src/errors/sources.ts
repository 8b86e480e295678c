import type { ErrorEntries } from './entry.ts';

/** Of plugins that come from no registry: linked folders and git repositories. */
export interface SourceFacts {
  LINK_BROKEN: { plugin: string; path: string; problem: string };
  GIT_SOURCE_INVALID: { source: string; problem: string };
  GIT_BUILD_REFUSED: { plugin: string; source: string; script: string };
  GIT_BUILD_FAILED: { plugin: string; reason: string };
  GIT_SOURCE_CHANGED: { plugin: string; source: string; commit: string };
}

export const SOURCE_ERRORS: ErrorEntries<SourceFacts> = {
  LINK_BROKEN: {
    exit: 1,
    message: ({ plugin, path, problem }) => `${plugin} is linked to ${path}, but ${problem}.`,
    remedy: ({ plugin }) => `Put the folder back or install it from where it is now; else: ar plugin remove ${plugin}`,
  },
  GIT_SOURCE_INVALID: {
    exit: 1,
    message: ({ source, problem }) => `${source} cannot be installed: ${problem}.`,
    remedy: () => 'Choose another commit or folder of the repository, or tell its owner.',
  },
  GIT_BUILD_REFUSED: {
    exit: 1,
    message: ({ plugin, source, script }) =>
      `${plugin} has to be built, and to run “${script}” of ${source} was not agreed to.`,
    remedy: () =>
      'Look at the repository: its build runs with all of your rights. Then run the command with --allow-build.',
  },
  GIT_BUILD_FAILED: {
    exit: 4,
    message: ({ plugin, reason }) => `${plugin} could not be built from its repository: ${reason}`,
    remedy: () => 'Check that it builds in a clone of the repository, or tell its owner.',
  },
  GIT_SOURCE_CHANGED: {
    exit: 3,
    message: ({ plugin, source, commit }) =>
      `${plugin} is not what the lock pins: packing the commit ${commit} of ${source} gives other files.`,
    remedy: ({ source }) =>
      `Where the build depends on time or machine, that is why. To accept what it gives here: ar plugin install ${source}`,
  },
};
