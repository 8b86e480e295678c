import type { ReportedFinding } from '@ar-registry/schemas';
import type { Finding } from '../findings/index.ts';
import type { ErrorEntries } from './entry.ts';

export interface PublishFacts {
  /** `problem` completes “it …”. */
  PROVENANCE_UNUSABLE: { file: string; problem: string };
  /** `findings` are printed before the error. */
  FINDINGS: { subject: string; errors: number; findings?: readonly (Finding | ReportedFinding)[] };
  FOLDER_NOT_EMPTY: { folder: string };
  NAME_INVALID: { name: string; problem: string };
  PUBLISHER_UNKNOWN: { problem: string };
  INDEX_REMOTE_UNKNOWN: Record<string, never>;
  INDEX_NOT_FOUND: { remote: string };
  STORE_OUTSIDE: { store: string };
  VERSION_EXISTS: { plugin: string; version: string };
  /** `pullRequest`: its address, where there is one. */
  VERSION_SUBMITTED: { plugin: string; version: string; branch: string; pullRequest?: string | undefined };
  PUSH_REJECTED: { remote: string; branch: string; reason: string };
  GIT_FAILED: { doing: string; reason: string };
  DEPENDENCY_LOCK_FAILED: { plugin: string; reason: string };
}

export const PUBLISH_ERRORS: ErrorEntries<PublishFacts> = {
  PROVENANCE_UNUSABLE: {
    exit: 1,
    message: ({ file, problem }) => `${file} cannot be attached as provenance: it ${problem}.`,
    remedy: () => 'Give the Sigstore bundle that your workflow made for this very archive and commit.',
  },
  FINDINGS: {
    exit: 1,
    message: ({ subject, errors }) => `${subject} has ${errors} ${errors === 1 ? 'error' : 'errors'}.`,
    remedy: () => 'Mend what is listed above, then run the command again.',
  },
  FOLDER_NOT_EMPTY: {
    exit: 1,
    message: ({ folder }) => `${folder} exists and is not empty.`,
    remedy: () => 'Choose another name, or empty the folder first.',
  },
  NAME_INVALID: {
    exit: 2,
    message: ({ name, problem }) => `${name} is not a plugin name: ${problem}.`,
    remedy: () => 'Use @scope/name with a-z, 0-9 and hyphens.',
  },
  PUBLISHER_UNKNOWN: {
    exit: 2,
    message: ({ problem }) => `It is not known who publishes: ${problem}.`,
    remedy: () => 'Give your GitHub login and numeric id: --as <login>:<id>, or AR_PUBLISHER=<login>:<id>.',
  },
  INDEX_REMOTE_UNKNOWN: {
    exit: 2,
    message: () => 'It is not known where to publish.',
    remedy: () => 'Give the git remote of the index: --index <url>, or AR_INDEX=<url>.',
  },
  INDEX_NOT_FOUND: {
    exit: 1,
    message: ({ remote }) => `${remote} holds no registry index (no registry.yaml, also not under registry-index/).`,
    remedy: () => 'Check the address of the index repository.',
  },
  STORE_OUTSIDE: {
    exit: 2,
    message: ({ store }) => `This registry keeps its archives outside of its repository, in ${store}.`,
    remedy: () => 'Give the folder of its archives: --store <folder>.',
  },
  VERSION_EXISTS: {
    exit: 1,
    message: ({ plugin, version }) => `${plugin}@${version} is published already; a version never changes.`,
    remedy: () => 'Raise `version` in ar-plugin.yaml.',
  },
  VERSION_SUBMITTED: {
    exit: 1,
    message: ({ plugin, version, branch, pullRequest }) =>
      `${plugin}@${version} was submitted before with other content, ${pullRequest === undefined ? `on branch ${branch}` : `by ${pullRequest}`}.`,
    remedy: ({ branch, pullRequest }) =>
      pullRequest === undefined
        ? `Raise the version, or delete the branch ${branch} to submit this one anew.`
        : 'Raise the version, or close that pull request to submit this one anew.',
  },
  PUSH_REJECTED: {
    exit: 1,
    message: ({ remote, branch, reason }) => `${remote} refused the branch ${branch}: ${reason}`,
    remedy: () => 'Check that you may push there, then run the command again: it goes on where it stopped.',
  },
  GIT_FAILED: {
    exit: 4,
    message: ({ doing, reason }) => `git failed while ${doing}: ${reason}`,
    remedy: () => 'Check the address, your access and the network.',
  },
  DEPENDENCY_LOCK_FAILED: {
    exit: 4,
    message: ({ plugin, reason }) => `The npm dependencies of ${plugin} could not be locked: ${reason}`,
    remedy: () => 'Check the dependencies in ar-plugin.yaml, and that npm reaches its registry.',
  },
};
