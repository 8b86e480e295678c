import type { FindingEntries } from './entry.ts';

/** Findings in the records of an index, and in a change to it. */
export interface IndexFacts {
  RECORD_MISSING: { record: string; why: string };
  RECORD_MISPLACED: { expected: string; found: string };
  RECORD_NOT_NORMALIZED: { key: string };
  PATH_NOT_ALLOWED: { path: string };
  PATH_CASE_COLLISION: { path: string; other: string };
  FILE_KIND_NOT_ALLOWED: { path: string; kind: string };
  CHANGE_TOO_LARGE: { paths: number; limit: number };
  OTHER_PLUGIN_CHANGED: { path: string; plugin: string };
  VERSION_FILE_CHANGED: { version: string };
  VERSION_FILE_DELETED: { version: string };
  VERSION_NOT_HIGHER: { version: string; highest: string };
  VERSION_TIME_INVALID: { problem: string };
  NOT_OWNER: { account: string; of: string };
  SUBMITTER_MISMATCH: { submitter: string; publishedBy: string };
  SUBMITTER_UNVERIFIED: { account?: string };
  SCOPE_UNKNOWN: { scope: string };
  /** `topic`: what reviewers sort by, where it is one of these. */
  REVIEW_REQUIRED: { what: string; topic?: 'new-plugin' | 'new-scope' };
  NAME_LOOKALIKE: { name: string; existing: string };
  ALIAS_TAKEN: { alias: string; by: string };
  RENAME_TARGET_INVALID: { target: string; problem: string };
  DIST_TAG_UNKNOWN_VERSION: { tag: string; version: string };
  STATUS_UNKNOWN_VERSION: { version: string };
  DIST_TAG_LATEST_MISSING: { plugin: string };
  DIST_TAG_YANKED: { tag: string; version: string };
  TRUST_NOT_ALLOWED: { trust: string; level: string };
  SCOPE_LEVEL_NOT_ALLOWED: { scope: string; level: string };
  DIST_OVER_LIMIT: { what: string; found: number; limit: number };
  ADVISORY_AFFECTS_NOTHING: { plugin: string; affected: string };
  ADVISORY_DELETED: {};
  ADVISORY_DRAFT: { id: string };
  ADVISORY_PLUGIN_UNKNOWN: { plugin: string };
  ADVISORY_REPLACEMENT_UNFIT: { replacement: string };
  ARCHIVE_MISSING: { integrity: string };
  ARCHIVE_NOT_AS_RECORDED: { what: string; recorded: string; found: string };
  ARCHIVE_CHANGED: { path: string };
  ARCHIVE_UNREFERENCED: { path: string };
  ARCHIVE_REFUSED: { problem: string };
  ARCHIVE_MANIFEST_DIFFERS: { key: string };
  ARCHIVE_REMOTE: { url: string };
  README_TOO_LARGE: { sizeBytes: number; limitBytes: number };
  README_NOT_RENDERED: {};
}

export const INDEX_FINDINGS: FindingEntries<IndexFacts> = {
  RECORD_MISSING: {
    severity: 'error',
    message: ({ record, why }) => `${record} is missing: ${why}.`,
    remedy: ({ record }) => `Add ${record}; \`ar plugin publish\` writes it.`,
  },
  RECORD_MISPLACED: {
    severity: 'error',
    message: ({ expected, found }) => `The record says ${found}, but its path says ${expected}.`,
    remedy: () => 'Correct the record, or move it to the path of its name.',
  },
  RECORD_NOT_NORMALIZED: {
    severity: 'error',
    message: ({ key }) => `The manifest in the record is not in its normal form at ${key}.`,
    remedy: () => 'Let `ar plugin publish` write the record.',
  },
  PATH_NOT_ALLOWED: {
    severity: 'error',
    message: ({ path }) => `${path} is no record of the registry.`,
    remedy: () => 'Submit only the files that `ar plugin publish` writes.',
  },
  PATH_CASE_COLLISION: {
    severity: 'error',
    message: ({ path, other }) => `${path} and ${other} are one file where letter case does not count.`,
    remedy: () => 'Choose a version or name that differs in more than capitals.',
  },
  FILE_KIND_NOT_ALLOWED: {
    severity: 'error',
    message: ({ path, kind }) => `${path} is ${kind}; an index holds plain files only.`,
    remedy: () => 'Remove it, or put a plain file in its place.',
  },
  CHANGE_TOO_LARGE: {
    severity: 'error',
    message: ({ paths, limit }) => `It changes ${paths} files; ${limit} are looked at.`,
    remedy: () => 'Submit less at a time, or ask the operators of the registry to take it over.',
  },
  OTHER_PLUGIN_CHANGED: {
    severity: 'error',
    message: ({ path, plugin }) => `The submission of ${plugin} changes ${path} as well.`,
    remedy: () => 'Submit one plugin at a time.',
  },
  VERSION_FILE_CHANGED: {
    severity: 'error',
    message: ({ version }) => `The published version ${version} is changed; published versions never change.`,
    remedy: () => 'Restore the file and publish a higher version.',
  },
  VERSION_FILE_DELETED: {
    severity: 'error',
    message: ({ version }) => `The published version ${version} is deleted; published versions stay.`,
    remedy: () => 'Restore the file; to withdraw the version, yank it in status.yaml.',
  },
  VERSION_NOT_HIGHER: {
    severity: 'error',
    message: ({ version, highest }) => `${version} is not higher than ${highest}, which is published in the same line.`,
    remedy: ({ highest }) => `Choose a version above ${highest}.`,
  },
  VERSION_TIME_INVALID: {
    severity: 'error',
    message: ({ problem }) => `publishedAt is not possible: ${problem}.`,
    remedy: () => 'Let `ar plugin publish` write the record, and check this machine’s clock.',
  },
  NOT_OWNER: {
    severity: 'error',
    message: ({ account, of }) => `${account} is not an owner of ${of}.`,
    remedy: () => 'Ask an owner to publish, or to add you.',
  },
  SUBMITTER_MISMATCH: {
    severity: 'error',
    message: ({ submitter, publishedBy }) =>
      `The record says it is published by ${publishedBy}, but ${submitter} submits it.`,
    remedy: () => 'Publish with your own account.',
  },
  SUBMITTER_UNVERIFIED: {
    severity: 'warning',
    message: ({ account }) =>
      account === undefined
        ? 'Who submits is not known: only the right to push guards this change.'
        : `Who submits is not verified: the record claims ${account}, and only the right to push guards that.`,
    remedy: () =>
      'Pass --submitter <login>:<id> where the host of the repository knows who pushes; else a person must look at it.',
  },
  SCOPE_UNKNOWN: {
    severity: 'error',
    message: ({ scope }) => `The scope @${scope} is not registered.`,
    remedy: ({ scope }) => `Submit scopes/${scope}.yaml with its owners; \`ar plugin publish\` writes it.`,
  },
  REVIEW_REQUIRED: {
    severity: 'warning',
    message: ({ what }) => `A reviewer must look at this: ${what}.`,
    remedy: () => 'Wait for a reviewer.',
  },
  NAME_LOOKALIKE: {
    severity: 'error',
    message: ({ name, existing }) => `${name} can be mistaken for ${existing}.`,
    remedy: () => 'Choose a name that stands apart, or ask a reviewer to waive this check.',
  },
  ALIAS_TAKEN: {
    severity: 'error',
    message: ({ alias, by }) => `${alias} is taken by ${by}.`,
    remedy: () => 'Choose another name.',
  },
  RENAME_TARGET_INVALID: {
    severity: 'error',
    message: ({ target, problem }) => `The plugin cannot be renamed to ${target}: ${problem}.`,
    remedy: () => 'Publish the plugin under its new name first, then name that here.',
  },
  DIST_TAG_UNKNOWN_VERSION: {
    severity: 'error',
    message: ({ tag, version }) => `The dist-tag ${tag} points to ${version}, which is not published.`,
    remedy: () => 'Point it to a published version.',
  },
  STATUS_UNKNOWN_VERSION: {
    severity: 'error',
    message: ({ version }) => `status.yaml speaks of ${version}, which is not published.`,
    remedy: () => 'Remove the entry, or correct the version.',
  },
  DIST_TAG_LATEST_MISSING: {
    severity: 'error',
    message: ({ plugin }) => `${plugin} would have no \`latest\` any more: nobody could install it by its name.`,
    remedy: () => 'Keep `latest` in `distTags`, on a version that is not yanked.',
  },
  DIST_TAG_YANKED: {
    severity: 'error',
    message: ({ tag, version }) => `The dist-tag ${tag} leads to ${version}, which is yanked.`,
    remedy: ({ tag }) => `Move ${tag} to another version, or remove it; \`ar plugin yank\` does so.`,
  },
  TRUST_NOT_ALLOWED: {
    severity: 'error',
    message: ({ trust, level }) => `A plugin of a scope with level ${level} cannot have trust ${trust}.`,
    remedy: () => 'Set trust to community; a reviewer raises it.',
  },
  SCOPE_LEVEL_NOT_ALLOWED: {
    severity: 'error',
    message: ({ scope, level }) => `The new scope @${scope} cannot give itself the level ${level}.`,
    remedy: () => 'Set level to community; a reviewer raises it.',
  },
  DIST_OVER_LIMIT: {
    severity: 'error',
    message: ({ what, found, limit }) => `${what} is ${found}; this registry allows ${limit}.`,
    remedy: () => 'Leave out what the plugin does not need at run time (see `files` in ar-plugin.yaml).',
  },
  ADVISORY_AFFECTS_NOTHING: {
    severity: 'warning',
    message: ({ plugin, affected }) => `The advisory affects no version of ${plugin} that is published: ${affected}.`,
    remedy: () => 'Correct the range; if the versions were removed, leave it: the advisory still reaches who has them.',
  },
  ADVISORY_DELETED: {
    severity: 'error',
    message: () => 'A published advisory is deleted; advisories stay.',
    remedy: () => 'Restore the file; if it was published in error, add `withdrawn` with the time.',
  },
  ADVISORY_DRAFT: {
    severity: 'error',
    message: ({ id }) => `${id} is a draft that a program wrote; it is of no effect.`,
    remedy: () =>
      'Read it, correct what it says, and delete `draft: true`; or delete the file and write into dismissed.yaml why.',
  },
  ADVISORY_PLUGIN_UNKNOWN: {
    severity: 'warning',
    message: ({ plugin }) => `The advisory is about ${plugin}, which is not in the index.`,
    remedy: () => 'Correct the name; if the plugin was removed, leave it: the advisory still reaches who has it.',
  },
  ADVISORY_REPLACEMENT_UNFIT: {
    severity: 'warning',
    message: ({ replacement }) =>
      `The replacement ${replacement} cannot be installed: it is unknown, yanked or revoked.`,
    remedy: () => 'Name a version that can be installed, or leave `replacement` out until there is one.',
  },
  ARCHIVE_MISSING: {
    severity: 'error',
    message: ({ integrity }) => `The archive ${integrity} is not in the store.`,
    remedy: () => 'Publish again: `ar plugin publish` adds the archive.',
  },
  ARCHIVE_NOT_AS_RECORDED: {
    severity: 'error',
    message: ({ what, recorded, found }) =>
      `The archive is not as recorded: ${what} is ${found}, the record says ${recorded}.`,
    remedy: () => 'Let `ar plugin publish` write the record.',
  },
  ARCHIVE_CHANGED: {
    severity: 'error',
    message: ({ path }) => `${path} is changed or deleted; stored archives stay as they are.`,
    remedy: () => 'Restore the file.',
  },
  ARCHIVE_UNREFERENCED: {
    severity: 'error',
    message: ({ path }) => `${path} belongs to no version in this submission.`,
    remedy: () => 'Remove it, or submit the version that it is the archive of.',
  },
  ARCHIVE_REFUSED: {
    severity: 'error',
    message: ({ problem }) => `The archive is refused: ${problem}`,
    remedy: () => 'Pack the plugin with `ar plugin pack`.',
  },
  ARCHIVE_MANIFEST_DIFFERS: {
    severity: 'error',
    message: ({ key }) => `ar-plugin.yaml in the archive differs from the record at ${key}.`,
    remedy: () => 'Let `ar plugin publish` write the record.',
  },
  ARCHIVE_REMOTE: {
    severity: 'warning',
    message: ({ url }) => `The archive is at ${url} and was not looked at here.`,
    remedy: () => 'Put the archive into the store of the registry, under its hash.',
  },
  README_TOO_LARGE: {
    severity: 'warning',
    message: ({ sizeBytes, limitBytes }) =>
      `README.md has ${sizeBytes} bytes and is not published; at most ${limitBytes} bytes are.`,
    remedy: () => 'Move long text to a website, and link to it.',
  },
  README_NOT_RENDERED: {
    severity: 'warning',
    message: () => 'README.md could not be rendered in time and is shown as plain text.',
    remedy: () => 'Make it simpler: fewer nested lists, quotes and tags.',
  },
};
