/** Errors of the commands by which an owner changes what is published. */
import type { ErrorEntries } from './entry.ts';

export interface StatusFacts {
  REASON_INVALID: { what: 'message' | 'reason'; problem: string };
  DIST_TAG_INVALID: { tag: string };
  DIST_TAG_REQUIRED: { plugin: string; tag: string };
  LAST_OWNER: { plugin: string; owner: string };
  TRANSFER_TO_SELF: { account: string };
  ACCOUNT_UNKNOWN: { account: string; problem: string };
}

export const STATUS_ERRORS: ErrorEntries<StatusFacts> = {
  REASON_INVALID: {
    exit: 2,
    message: ({ what, problem }) => `The ${what} ${problem}.`,
    remedy: () => 'Say in one or two sentences what is wrong, and what to use instead.',
  },
  DIST_TAG_INVALID: {
    exit: 2,
    message: ({ tag }) => `“${tag}” cannot be a dist-tag.`,
    remedy: () => 'Use a word of a-z, 0-9 and hyphens that starts with a letter, such as beta.',
  },
  DIST_TAG_REQUIRED: {
    exit: 1,
    message: ({ plugin, tag }) => `The dist-tag ${tag} of ${plugin} cannot be removed: it is what people install.`,
    remedy: ({ plugin, tag }) => `Move it instead: ar plugin dist-tag add ${plugin}@<version> ${tag}`,
  },
  LAST_OWNER: {
    exit: 1,
    message: ({ plugin, owner }) => `${owner} is the only owner of ${plugin}.`,
    remedy: ({ plugin }) => `Hand it over instead: ar plugin transfer ${plugin} <login>`,
  },
  TRANSFER_TO_SELF: {
    exit: 2,
    message: ({ account }) => `${account} is who you are: there is nobody to transfer it to.`,
    remedy: () => 'Name the account that takes over.',
  },
  ACCOUNT_UNKNOWN: {
    exit: 2,
    message: ({ account, problem }) => `It is not known who ${account} is: ${problem}.`,
    remedy: () => 'Give the login and the numeric id of the GitHub account: <login>:<id>.',
  },
};
