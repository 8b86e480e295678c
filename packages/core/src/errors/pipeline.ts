import type { ErrorEntries } from './entry.ts';

export interface PipelineFacts {
  INDEX_UNREADABLE: { index: string; problem: string };
  REVISION_UNKNOWN: { repository: string; revision: string };
  /** `awaits`: what it takes, where it is not the branch that must be mended. */
  MERGE_REFUSED: { branch: string; reason: string; awaits?: 'review' | 'submitter' | 'remote' };
  BASE_MOVED: { branch: string; base: string };
  OUTPUT_FOLDER_FOREIGN: { folder: string };
  /** `holder`: the number of a process and its machine. */
  OUTPUT_IN_USE: { folder: string; file: string; holder: string };
  /** `reason` is what Astro or Pagefind said. */
  SITE_FAILED: { reason: string };
  SITE_NOT_INSTALLED: Record<string, never>;
  PORT_IN_USE: { port: number };
  ADDRESS_UNUSABLE: { host: string; port: number; reason: string };
  /** An address that somebody else wrote, and that leads into this machine's own network. */
  ADDRESS_NOT_PUBLIC: { url: string; problem: string };
  DOWNLOAD_FAILED: { url: string; problem: string };
  GITHUB_TOKEN_MISSING: Record<string, never>;
  /** `problem` completes “the report …”. */
  REPORT_NOT_BELIEVED: { file: string; problem: string };
  MIRROR_UNSIGNED: { url: string };
  MIRROR_OF_ANOTHER: { folder: string; origin: string };
  MIRROR_SHRINKS: { lost: number; of: number };
  /** `path` is as the registry signed it. */
  MIRROR_PATH_REFUSED: { path: string };
  /** `problem` is what the place answered. */
  DEPLOY_FAILED: { place: string; problem: string };
  DEPLOY_FOREIGN: { place: string; path: string };
  DEPLOY_SHRINKS: { place: string; lost: number; of: number };
  DEPLOY_MOVING: { site: string; path: string };
  DEPLOY_UNFINISHED: { site: string };
  DEPLOY_IN_USE: { place: string };
  /** `next` completes “Serve it from …”. */
  HOST_LIMIT_PASSED: { host: string; what: string; found: number; limit: number; next: string };
  /** `problem` is what the place answered. */
  DEPLOY_CREDENTIALS: { place: string; problem: string };
  PLAN_OUTDATED: { branch: string; planned: string; found: string };
}

export const PIPELINE_ERRORS: ErrorEntries<PipelineFacts> = {
  INDEX_UNREADABLE: {
    exit: 1,
    message: ({ index, problem }) => `${index} is not a registry index: ${problem}.`,
    remedy: () => 'Give the folder or git repository that holds registry.yaml.',
  },
  REVISION_UNKNOWN: {
    exit: 1,
    message: ({ repository, revision }) => `${repository} has no branch or commit ${revision}.`,
    remedy: () => 'Check the name, and fetch it first if it is on another machine.',
  },
  MERGE_REFUSED: {
    exit: 1,
    message: ({ branch, reason }) => `${branch} is not merged: ${reason}.`,
    remedy: ({ awaits }) => {
      if (awaits === 'review') return 'Look at the branch, then merge it with --reviewed.';
      if (awaits === 'submitter')
        return 'Say with --submitter <login>:<id> who submits, or look at the branch and merge it with --reviewed.';
      if (awaits === 'remote') return 'Do what the remote asks for, then run the command again.';
      return 'Mend the branch and push it again.';
    },
  },
  BASE_MOVED: {
    exit: 1,
    message: ({ branch, base }) =>
      branch === base
        ? `${branch} moved while it was being added to.`
        : `${base} moved while ${branch} was being merged.`,
    remedy: () => 'Run the command again: it goes by the new state.',
  },
  OUTPUT_FOLDER_FOREIGN: {
    exit: 1,
    message: ({ folder }) => `${folder} holds files that no build of this registry wrote.`,
    remedy: () => 'Give an empty folder, or one that an earlier build wrote.',
  },
  OUTPUT_IN_USE: {
    exit: 4,
    message: ({ folder, holder }) => `Another build is writing into ${folder} (process ${holder}).`,
    remedy: ({ file }) => `Run the command again when it has ended; if there is none any more, delete ${file} there.`,
  },
  SITE_FAILED: {
    exit: 1,
    message: ({ reason }) => `The pages could not be built: ${reason}.`,
    remedy: () => 'Build the API again with the same version of this program, then run the command again.',
  },
  SITE_NOT_INSTALLED: {
    exit: 1,
    message: () => 'This installation has no program for pages: they are made by a clone of the tools’ repository.',
    remedy: () => 'Run `ar-registry site` of such a clone over the same folder, after `npm ci` in it.',
  },
  PORT_IN_USE: {
    exit: 4,
    message: ({ port }) => `Port ${port} of 127.0.0.1 is in use.`,
    remedy: () => 'Choose another port with --port, or 0 for any free one.',
  },
  ADDRESS_UNUSABLE: {
    exit: 4,
    message: ({ host, port, reason }) => `Nothing can listen on ${host}:${port}: ${reason}.`,
    remedy: () => 'Choose another address with --host, or a port above 1023 with --port.',
  },
  ADDRESS_NOT_PUBLIC: {
    exit: 1,
    message: ({ url, problem }) => `${url} is not fetched: ${problem}.`,
    remedy: () => 'Give an https address that everybody on the internet can reach.',
  },
  DOWNLOAD_FAILED: {
    exit: 4,
    message: ({ url, problem }) => `${url} could not be fetched: ${problem}.`,
    remedy: () => 'Check the address and the network, then run the command again.',
  },
  GITHUB_TOKEN_MISSING: {
    exit: 2,
    message: () => 'There is no token for GitHub.',
    remedy: () => 'Set GITHUB_TOKEN to a token that may write to the pull requests of the repository.',
  },
  REPORT_NOT_BELIEVED: {
    exit: 1,
    message: ({ file, problem }) => `${file} is not believed: ${problem}.`,
    remedy: () => 'Have the checks of the pull request run again.',
  },
  MIRROR_UNSIGNED: {
    exit: 3,
    message: ({ url }) =>
      `${url} is not signed: what came from it could not be told from what others put in its place.`,
    remedy: () => 'Ask its operators to sign it: `ar-registry keys init`, `ar-registry sign`.',
  },
  MIRROR_OF_ANOTHER: {
    exit: 1,
    message: ({ folder, origin }) => `${folder} is a mirror of ${origin}.`,
    remedy: () => 'Give another folder with --out.',
  },
  DEPLOY_FAILED: {
    exit: 4,
    message: ({ place, problem }) => `${place} could not be brought up to date: ${problem}.`,
    remedy: () => 'Check its name, the credentials and what they may do, then run the command again: it goes on.',
  },
  DEPLOY_FOREIGN: {
    exit: 1,
    message: ({ place, path }) => `${place} holds other things than a registry, such as ${path}.`,
    remedy: () => 'Give the place that serves the registry, or one that is empty.',
  },
  DEPLOY_SHRINKS: {
    exit: 1,
    message: ({ place, lost, of }) =>
      `${lost} of the ${of} files of ${place} would be deleted, so nothing was changed.`,
    remedy: () => 'If the registry really has lost that many, run the command again with --allow-deletions.',
  },
  DEPLOY_MOVING: {
    exit: 1,
    message: ({ site, path }) =>
      `${site} changed while it was deployed (${path}), so nothing that leads to it was put.`,
    remedy: () => 'Run the command again when nothing writes into the site: it goes on.',
  },
  DEPLOY_UNFINISHED: {
    exit: 1,
    message: ({ site }) => `A build is writing into ${site}, or was stopped while it did, so nothing was put.`,
    remedy: () => 'Wait for the build, or run it again if it was stopped, then run the command again.',
  },
  DEPLOY_IN_USE: {
    exit: 4,
    message: ({ place }) => `Somebody else is deploying to ${place}.`,
    remedy: () => 'Run the command again when they have ended: it finds what is left to do.',
  },
  HOST_LIMIT_PASSED: {
    exit: 1,
    message: ({ host, what, found, limit }) => `The site has ${found} ${what}; ${host} takes at most ${limit}.`,
    remedy: ({ next }) => `Serve it from ${next}.`,
  },
  DEPLOY_CREDENTIALS: {
    exit: 4,
    message: ({ place, problem }) => `${place} does not accept the credentials: ${problem}.`,
    remedy: () =>
      'Give AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN for a session) that count, and look at the clock of this machine.',
  },
  MIRROR_SHRINKS: {
    exit: 1,
    message: ({ lost, of }) => `${lost} of the ${of} versions of the mirror would be deleted, so nothing was changed.`,
    remedy: () =>
      'If the registry, or your policy, really dropped that many, run the command again with --allow-deletions.',
  },
  MIRROR_PATH_REFUSED: {
    exit: 3,
    message: ({ path }) => `The registry signed for a file that no mirror writes: ${path}.`,
    remedy: () => 'Tell whoever runs the registry; nothing was changed.',
  },
  PLAN_OUTDATED: {
    exit: 1,
    message: ({ branch, planned, found }) => `The plan is for ${branch} at ${planned}, and it is at ${found} now.`,
    remedy: () => 'Make the plan anew: `ar-registry automerge --out`.',
  },
};
