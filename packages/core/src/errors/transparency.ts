import type { ErrorEntries } from './entry.ts';

/** Of the log of a registry's decisions. Sizes are numbers of entries. */
export interface TransparencyFacts {
  /** `problem` completes “it …”. */
  LOG_CHECKPOINT_INVALID: { problem: string };
  LOG_MISSING: { registry: string };
  LOG_SHRUNK: { registry: string; seen: number; offered: number };
  LOG_FORKED: { registry: string; seen: number; offered: number };
  LOG_FILE_MISSING: { file: string };
  LOG_FILE_INVALID: { file: string };
  LOG_ENTRY_MISSING: { plugin: string; version: string };
  LOG_ENTRY_DIFFERENT: { plugin: string; version: string; logged: string; installed: string };
  LOG_PROOF_INVALID: { plugin: string; version: string };
  /** Of whoever keeps the log. `problem` completes “the log …”. */
  LOG_REWRITTEN: { problem: string };
  SITE_COMMIT_UNKNOWN: { site: string };
}

const TELL = 'Install nothing from it, and show this to whoever runs the registry and to others who use it.';

export const TRANSPARENCY_ERRORS: ErrorEntries<TransparencyFacts> = {
  LOG_CHECKPOINT_INVALID: {
    exit: 3,
    message: ({ problem }) => `The checkpoint of the registry’s log is not believed: it ${problem}.`,
    remedy: () => TELL,
  },
  LOG_MISSING: {
    exit: 3,
    message: ({ registry }) => `${registry} no longer shows the log of its decisions.`,
    remedy: () => TELL,
  },
  LOG_SHRUNK: {
    exit: 3,
    message: ({ registry, seen, offered }) =>
      `The log of ${registry} has ${offered} entries, and had ${seen} when it was last seen: it only ever grows.`,
    remedy: () => TELL,
  },
  LOG_FORKED: {
    exit: 3,
    message: ({ registry, seen, offered }) =>
      `The log of ${registry} with ${offered} entries does not begin with the ${seen} that were seen before: its past was changed.`,
    remedy: () => TELL,
  },
  LOG_FILE_MISSING: {
    exit: 3,
    message: ({ file }) => `The registry’s log lacks ${file}, which its size needs.`,
    remedy: () => 'Try again in a few minutes; if it stays, tell whoever runs the registry.',
  },
  LOG_FILE_INVALID: {
    exit: 3,
    message: ({ file }) => `${file} of the registry’s log is not what it should be.`,
    remedy: () => TELL,
  },
  LOG_ENTRY_MISSING: {
    exit: 3,
    message: ({ plugin, version }) => `The registry’s log does not say that ${plugin}@${version} was published.`,
    remedy: ({ plugin }) => `Remove it until the registry explains: ar plugin remove ${plugin}`,
  },
  LOG_ENTRY_DIFFERENT: {
    exit: 3,
    message: ({ plugin, version, logged, installed }) =>
      `The registry’s log has ${plugin}@${version} as ${logged}, and ${installed} is installed.`,
    remedy: ({ plugin }) => `Remove it until the registry explains: ar plugin remove ${plugin}`,
  },
  LOG_PROOF_INVALID: {
    exit: 3,
    message: ({ plugin, version }) =>
      `The registry cannot prove that the entry for ${plugin}@${version} is in its log.`,
    remedy: () => TELL,
  },
  LOG_REWRITTEN: {
    exit: 1,
    message: ({ problem }) => `The log cannot go on: it ${problem}.`,
    remedy: () => 'Restore the history of the index: what was logged once is never changed.',
  },
  SITE_COMMIT_UNKNOWN: {
    exit: 1,
    message: ({ site }) => `${site} does not say in its status.json which commit it was built from.`,
    remedy: () => 'Build it from a revision, as with `--index .@main`, and not from a folder.',
  },
};
