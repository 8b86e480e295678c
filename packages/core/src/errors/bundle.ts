import type { ErrorEntries } from './entry.ts';

/** `file` is the path of the bundle; `path` that of a file in it, fit for a message. `problem` completes “it …”. */
export interface BundleFacts {
  BUNDLE_INVALID: { file: string; problem: string };
  BUNDLE_UNSUPPORTED: { file: string; version: number };
  BUNDLE_TRUNCATED: { file: string };
  BUNDLE_TOO_LARGE: { file: string; what: string; limit: number };
  BUNDLE_PATH_REFUSED: { file: string; path: string; problem: string };
  BUNDLE_FILE_UNEXPECTED: { file: string; path: string };
  BUNDLE_FILE_MISSING: { file: string; path: string };
  BUNDLE_FILE_CHANGED: { file: string; path: string };
  /** What an installation needs and the bundle has not. */
  BUNDLE_LACKS: { what: string };
  BUNDLE_REGISTRY_MISSING: { registry: string; plugin: string; has: readonly string[] };
  BUNDLE_ROOT_UNKNOWN: { registry: string };
  BUNDLE_REGISTRY_UNSIGNED: { registry: string };
  BUNDLE_SOURCE_REFUSED: { plugin: string; problem: string; instead: string };
  BUNDLE_EMPTY: { project: string };
}

const COPY_AGAIN = 'Copy it again from where it was made, or make it anew: ar plugin bundle';
const NOT_THIS_ONE = 'Do not install from it: it is not what `ar plugin bundle` writes. Make it anew.';

export const BUNDLE_ERRORS: ErrorEntries<BundleFacts> = {
  BUNDLE_INVALID: {
    exit: 3,
    message: ({ file, problem }) => `${file} is no bundle: it ${problem}.`,
    remedy: () => 'Give a file that `ar plugin bundle` wrote, as it was written.',
  },
  BUNDLE_UNSUPPORTED: {
    exit: 1,
    message: ({ file, version }) => `${file} is a bundle of format ${version}, which is newer than this program.`,
    remedy: () => 'Update ar here, or make the bundle with the version that is installed here.',
  },
  BUNDLE_TRUNCATED: {
    exit: 3,
    message: ({ file }) => `${file} is cut off.`,
    remedy: () => COPY_AGAIN,
  },
  BUNDLE_TOO_LARGE: {
    exit: 3,
    message: ({ file, what, limit }) => `${file} exceeds a limit of bundles: ${what} may be ${limit} at most.`,
    remedy: () => 'Make several bundles, each of some of the plugins.',
  },
  BUNDLE_PATH_REFUSED: {
    exit: 3,
    message: ({ file, path, problem }) => `${file} lists ${path}, which ${problem}.`,
    remedy: () => NOT_THIS_ONE,
  },
  BUNDLE_FILE_UNEXPECTED: {
    exit: 3,
    message: ({ file, path }) => `${file} holds ${path}, which its list does not have there.`,
    remedy: () => NOT_THIS_ONE,
  },
  BUNDLE_FILE_MISSING: {
    exit: 3,
    message: ({ file, path }) => `${file} lists ${path}, and does not hold it.`,
    remedy: () => NOT_THIS_ONE,
  },
  BUNDLE_FILE_CHANGED: {
    exit: 3,
    message: ({ file, path }) => `${path} in ${file} is not what its list says.`,
    remedy: () => COPY_AGAIN,
  },
  BUNDLE_LACKS: {
    exit: 1,
    message: ({ what }) => `The bundle does not have ${what}.`,
    remedy: () => 'Make a bundle that has it, where there is a network: ar plugin bundle',
  },
  BUNDLE_REGISTRY_MISSING: {
    exit: 1,
    message: ({ registry, plugin, has }) =>
      `${plugin} is asked from ${registry} here, and the bundle has nothing of it, but of ${has.join(', ') || 'no registry'}.`,
    remedy: () =>
      'Name the same registries here as where the bundle was made: ar plugin registry add <url> --fingerprint <sha256> --offline',
  },
  BUNDLE_ROOT_UNKNOWN: {
    exit: 3,
    message: ({ registry }) =>
      `Nobody has said here which keys ${registry} is trusted by, and a bundle cannot say so itself.`,
    remedy: ({ registry }) =>
      `Give the fingerprint that its makers publish: ar plugin registry add ${registry} --name default --fingerprint <sha256> --offline`,
  },
  BUNDLE_REGISTRY_UNSIGNED: {
    exit: 1,
    message: ({ registry }) => `${registry} signs nothing, so that nothing from it could be verified in a bundle.`,
    remedy: () =>
      'Sign the registry (ar-registry keys init); a registry in a folder can be taken along as it is, and needs no network.',
  },
  BUNDLE_SOURCE_REFUSED: {
    exit: 1,
    message: ({ plugin, problem }) => `${plugin} cannot go by a bundle: it ${problem}.`,
    remedy: ({ instead }) => instead,
  },
  BUNDLE_EMPTY: {
    exit: 1,
    message: ({ project }) => `The lock of ${project} names no plugin, so that there is nothing to bundle.`,
    remedy: () => 'Name plugins (ar plugin bundle @scope/name), or install some first.',
  },
};
