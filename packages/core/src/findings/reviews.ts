import type { FindingEntries } from './entry.ts';

/** Findings in ratings of plugins, and in reviews of their code. */
export interface ReviewFacts {
  REVIEW_NOT_ALONE: { path: string };
  REVIEW_NOT_YOURS: { account: string; author: string };
  REVIEW_MISPLACED: { login: string; expected: string };
  REVIEW_TWICE: { account: string; other: string };
  REVIEW_BY_OWNER: { account: string; plugin: string };
  REVIEW_PLUGIN_UNKNOWN: { plugin: string };
  REVIEW_VERSION_UNKNOWN: { plugin: string; version: string };
  REVIEW_TEXT_REFUSED: { problem: string };
  /** `problem` is a sentence. */
  VERIFICATION_INVALID: { problem: string };
  TRUST_UNEARNED: { plugin: string };
}

export const REVIEW_FINDINGS: FindingEntries<ReviewFacts> = {
  REVIEW_NOT_ALONE: {
    severity: 'error',
    message: ({ path }) => `A review is submitted together with ${path}.`,
    remedy: () => 'Submit one review at a time, and nothing else with it; `ar plugin rate` does so.',
  },
  REVIEW_NOT_YOURS: {
    severity: 'error',
    message: ({ account, author }) => `${account} submits a review of ${author}.`,
    remedy: () => 'Write a review of your own: `ar plugin rate`.',
  },
  REVIEW_MISPLACED: {
    severity: 'error',
    message: ({ login, expected }) => `The file is called ${login}, but its author ${expected}.`,
    remedy: ({ expected }) => `Call it ${expected}.yaml; \`ar plugin rate\` does so.`,
  },
  REVIEW_TWICE: {
    severity: 'error',
    message: ({ account, other }) => `${account} has a review of this plugin already, in ${other}.`,
    remedy: ({ other }) => `Change ${other} instead.`,
  },
  REVIEW_BY_OWNER: {
    severity: 'error',
    message: ({ account, plugin }) => `${account} is an owner of ${plugin}.`,
    remedy: () => 'Let others rate it.',
  },
  REVIEW_PLUGIN_UNKNOWN: {
    severity: 'error',
    message: ({ plugin }) => `${plugin} is not in this registry.`,
    remedy: () => 'Rate a plugin that is published here.',
  },
  REVIEW_VERSION_UNKNOWN: {
    severity: 'error',
    message: ({ plugin, version }) => `${plugin} has no published version ${version}.`,
    remedy: () => 'Name a version that is published.',
  },
  REVIEW_TEXT_REFUSED: {
    severity: 'error',
    message: ({ problem }) => `The text of the review is not taken: ${problem}.`,
    remedy: () => 'Write plain text of at most 2,000 characters, or none.',
  },
  VERIFICATION_INVALID: {
    severity: 'error',
    message: ({ problem }) => `The review of the code does not count: ${problem}`,
    remedy: () =>
      'Let a reviewer whom registry.yaml names, and who is none of the authors, submit one of this archive.',
  },
  TRUST_UNEARNED: {
    severity: 'error',
    message: ({ plugin }) => `${plugin} is called verified, and no review of its code counts.`,
    remedy: ({ plugin }) => `Submit one below verifications/${plugin}/, or set trust to community.`,
  },
};
