import type { ErrorEntries } from './entry.ts';

/** `doing` completes “while …”. `reason` is GitHub's own word, cleaned. */
export interface GitHubFacts {
  GITHUB_LOGIN_NEEDED: { remote: string };
  GITHUB_UNAUTHORIZED: { doing: string };
  GITHUB_FORBIDDEN: { doing: string; reason: string };
  GITHUB_NOT_FOUND: { doing: string };
  GITHUB_REJECTED: { doing: string; reason: string };
  GITHUB_RATE_LIMITED: { doing: string; waitSeconds: number };
  GITHUB_UNAVAILABLE: { doing: string; reason: string };
  GITHUB_ANSWER_INVALID: { doing: string };
  GITHUB_TOO_LARGE: { what: string; limit: string };
  LOGIN_UNAVAILABLE: { registry: string };
  LOGIN_DENIED: Record<string, never>;
  LOGIN_EXPIRED: Record<string, never>;
  TOKEN_INVALID: { source: string };
  PROPOSAL_DIFFERS: { branch: string; pullRequest?: string };
  RELEASE_REPOSITORY_UNKNOWN: { repository: string };
  RELEASE_ASSET_DIFFERS: { plugin: string; version: string; asset: string };
}

export const GITHUB_ERRORS: ErrorEntries<GitHubFacts> = {
  GITHUB_LOGIN_NEEDED: {
    exit: 1,
    message: ({ remote }) => `Submissions to ${remote} are pull requests, and nobody is logged in to GitHub.`,
    remedy: () => 'Log in with ar plugin login, or set GITHUB_TOKEN.',
  },
  GITHUB_UNAUTHORIZED: {
    exit: 1,
    message: ({ doing }) => `GitHub did not accept the token while ${doing}.`,
    remedy: () => 'Log in again with ar plugin login, or set GITHUB_TOKEN to a token that is valid.',
  },
  GITHUB_FORBIDDEN: {
    exit: 1,
    message: ({ doing, reason }) => `GitHub does not allow this token to go on while ${doing}: ${reason}`,
    remedy: () => 'Use a token with the scope public_repo (repo for a private repository), and access to it.',
  },
  GITHUB_NOT_FOUND: {
    exit: 1,
    message: ({ doing }) => `GitHub knows no such thing while ${doing}.`,
    remedy: () => 'Check the name; a private repository looks like a missing one to a token without access.',
  },
  GITHUB_REJECTED: {
    exit: 1,
    message: ({ doing, reason }) => `GitHub refused while ${doing}: ${reason}`,
    remedy: () => 'Mend what GitHub names, then run the command again: it goes on where it stopped.',
  },
  GITHUB_RATE_LIMITED: {
    exit: 4,
    message: ({ doing, waitSeconds }) =>
      `GitHub's limit of requests was reached while ${doing}; it asks to wait ${waitSeconds} s.`,
    remedy: () => 'Wait that long, then run the command again: it goes on where it stopped.',
  },
  GITHUB_UNAVAILABLE: {
    exit: 4,
    message: ({ doing, reason }) => `GitHub could not be used while ${doing}: ${reason}`,
    remedy: () => 'Check the network and https://www.githubstatus.com, then run the command again: it goes on.',
  },
  GITHUB_ANSWER_INVALID: {
    exit: 4,
    message: ({ doing }) => `The answer of GitHub was not understood while ${doing}.`,
    remedy: () => 'Check that AR_GITHUB_API names the API of GitHub, and use the newest version of this program.',
  },
  GITHUB_TOO_LARGE: {
    exit: 1,
    message: ({ what, limit }) => `${what} is larger than can be read from GitHub: ${limit}.`,
    remedy: () => 'Make it smaller, or split it.',
  },
  LOGIN_UNAVAILABLE: {
    exit: 1,
    message: ({ registry }) => `${registry} names no GitHub app to log in with.`,
    remedy: () => 'Give a token instead: ar plugin login --with-token, or set GITHUB_TOKEN.',
  },
  LOGIN_DENIED: {
    exit: 1,
    message: () => 'The login was denied at GitHub.',
    remedy: () => 'Run ar plugin login again and allow it.',
  },
  LOGIN_EXPIRED: {
    exit: 1,
    message: () => 'The code was not entered at GitHub in time.',
    remedy: () => 'Run ar plugin login again.',
  },
  TOKEN_INVALID: {
    exit: 2,
    message: ({ source }) => `${source} holds no token: one line of letters, digits and underscores.`,
    remedy: () => 'Give the token as GitHub shows it.',
  },
  PROPOSAL_DIFFERS: {
    exit: 1,
    message: ({ branch, pullRequest }) =>
      `Another change was proposed before on branch ${branch}${pullRequest === undefined ? '' : `, by ${pullRequest}`}.`,
    remedy: ({ branch, pullRequest }) =>
      pullRequest === undefined
        ? `Wait until it is merged, or delete the branch ${branch}.`
        : 'Wait until it is merged, or close that pull request.',
  },
  RELEASE_REPOSITORY_UNKNOWN: {
    exit: 1,
    message: ({ repository }) =>
      `This registry takes archives from GitHub releases, and ${repository} is no repository there.`,
    remedy: () => 'Set `repository` in ar-plugin.yaml to the address of the plugin on GitHub.',
  },
  RELEASE_ASSET_DIFFERS: {
    exit: 1,
    message: ({ plugin, version, asset }) =>
      `The release of ${plugin}@${version} has another archive already: ${asset}`,
    remedy: () => 'Raise the version; or, if nobody uses it yet, delete that asset and run the command again.',
  },
};
